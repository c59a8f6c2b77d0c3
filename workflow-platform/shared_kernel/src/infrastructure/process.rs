//! What the operating system says of this process. Linux alone; elsewhere there is nothing to read.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;

use crate::application::{Reading, Readings};

/// Fields of `/proc/self/stat` behind the name of the program, which may hold spaces
/// (`proc_pid_stat(5)`, counted from `state`).
const USER_TICKS: usize = 11;
const SYSTEM_TICKS: usize = 12;
const THREADS: usize = 17;
const STARTED_TICKS: usize = 19;
const RESIDENT_PAGES: usize = 21;

struct ProcessReadings;

/// The names are those that Prometheus' own clients use.
pub fn process_readings() -> Arc<dyn Readings> {
    Arc::new(ProcessReadings)
}

#[async_trait]
impl Readings for ProcessReadings {
    fn name(&self) -> &'static str {
        "the process"
    }

    fn every(&self) -> Duration {
        Duration::from_secs(5)
    }

    async fn read(&self) -> Result<Vec<Reading>, Box<dyn std::error::Error + Send + Sync>> {
        Ok(tokio::task::spawn_blocking(look).await?)
    }
}

fn look() -> Vec<Reading> {
    let mut readings = Vec::new();
    if let Ok(stat) = std::fs::read_to_string("/proc/self/stat") {
        readings.extend(of_stat(&stat, boot_seconds()));
    }
    if let Ok(files) = std::fs::read_dir("/proc/self/fd") {
        // The look itself has one of them open.
        let open = number(files.count().saturating_sub(1));
        readings.push(Reading::new("process_open_fds", open));
    }
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    readings.extend(most_files(&limits).map(|most| Reading::new("process_max_fds", most)));
    readings
}

fn of_stat(stat: &str, boot: Option<f64>) -> Vec<Reading> {
    let Some((_, fields)) = stat.rsplit_once(')') else { return Vec::new() };
    let fields: Vec<f64> =
        fields.split_whitespace().map(|field| field.parse().unwrap_or(0.0)).collect();
    let Some(resident) = fields.get(RESIDENT_PAGES) else { return Vec::new() };
    let tick = number(usize::try_from(rustix::param::clock_ticks_per_second()).unwrap_or(100));
    let cpu = (fields[USER_TICKS] + fields[SYSTEM_TICKS]) / tick;
    let mut readings = vec![
        Reading::new("process_cpu_seconds_total", cpu),
        Reading::new("process_threads", fields[THREADS]),
        Reading::new(
            "process_resident_memory_bytes",
            resident * number(rustix::param::page_size()),
        ),
    ];
    let started = boot.map(|boot| boot + fields[STARTED_TICKS] / tick);
    readings.extend(started.map(|at| Reading::new("process_start_time_seconds", at)));
    readings
}

/// When the machine started, in seconds since 1970.
fn boot_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/stat").ok()?;
    stat.lines().find_map(|line| line.strip_prefix("btime "))?.trim().parse().ok()
}

/// The soft limit; none when it is unlimited.
fn most_files(limits: &str) -> Option<f64> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[expect(clippy::cast_precision_loss, reason = "counts of files, ticks and bytes of a page")]
fn number(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(readings: &[Reading], metric: &str) -> f64 {
        readings.iter().find(|reading| reading.metric == metric).unwrap().value
    }

    #[test]
    fn a_program_with_a_strange_name_is_read_like_any_other() {
        let fields = (0..30).map(|n| n.to_string()).collect::<Vec<_>>().join(" ");
        let plain = of_stat(&format!("7 (wfp) {fields}"), Some(1000.0));
        let strange = of_stat(&format!("7 (w ) (p) {fields}"), Some(1000.0));
        assert_eq!(plain, strange);
        assert!((value(&plain, "process_threads") - 17.0).abs() < f64::EPSILON);
        assert_eq!(of_stat("", None), []);
        assert_eq!(of_stat("7 (wfp) S 1", None), []);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_has_memory_files_and_a_past() {
        let readings = look();
        assert!(value(&readings, "process_resident_memory_bytes") > 1_000_000.0);
        assert!(value(&readings, "process_open_fds") >= 3.0);
        assert!(value(&readings, "process_start_time_seconds") > 1.7e9);
        assert!(value(&readings, "process_cpu_seconds_total") >= 0.0);
    }

    #[test]
    fn an_unlimited_number_of_files_is_no_number() {
        let line = |soft: &str| format!("Max open files            {soft}   4096   files\n");
        assert_eq!(most_files(&line("1024")), Some(1024.0));
        assert_eq!(most_files(&line("unlimited")), None);
    }
}
