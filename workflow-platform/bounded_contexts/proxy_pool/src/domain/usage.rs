//! What was seen of a proxy since it was last written down.

use std::time::Duration;

use super::Verdict;

/// Counts to be added to the stored ones.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct UsageDelta {
    pub requests: u64,
    pub successes: u64,
    pub failures: u64,
    pub bytes: u64,
}

/// Weight of the newest answer time in the mean.
const NEWEST: f64 = 0.2;

impl UsageDelta {
    /// Counts one ended request. One that was never sent is not counted.
    pub fn count(&mut self, verdict: Verdict, bytes: u64) {
        match verdict {
            Verdict::NotUsed => return,
            Verdict::Failed => self.failures += 1,
            Verdict::Worked | Verdict::SiteSpoke => self.successes += 1,
        }
        self.requests += 1;
        self.bytes = self.bytes.saturating_add(bytes);
    }

    /// Takes back what could not be written.
    pub fn add(&mut self, other: &Self) {
        self.requests += other.requests;
        self.successes += other.successes;
        self.failures += other.failures;
        self.bytes = self.bytes.saturating_add(other.bytes);
    }

    /// The exponentially weighted mean after one more answer time, milliseconds.
    pub fn latency(mean_ms: Option<f64>, elapsed: Duration) -> f64 {
        let newest = elapsed.as_secs_f64() * 1000.0;
        mean_ms.map_or(newest, |mean| mean + NEWEST * (newest - mean))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_moves_a_fifth_of_the_way() {
        let first = UsageDelta::latency(None, Duration::from_millis(100));
        assert!((first - 100.0).abs() < 1e-9);
        let next = UsageDelta::latency(Some(first), Duration::from_millis(200));
        assert!((next - 120.0).abs() < 1e-9);
    }
}
