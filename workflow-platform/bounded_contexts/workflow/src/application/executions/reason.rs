//! Why an execution is not running, in a sentence.

use std::{fmt, time::Duration};

use shared_kernel::domain::{Text, Timestamp};

use super::ExecutionRow;
use crate::domain::execution::{ExecutionView, Status};

/// A worker that was silent for so long does not count.
pub(super) const SILENCE: Duration = Duration::from_secs(20);

/// `running` is how many executions hold the concurrency key; `workers` whether any is alive.
pub(super) fn of(row: &ExecutionRow, view: &ExecutionView, running: u64, workers: bool) -> Text {
    if !workers {
        return Text::new(
            "没有在线的执行进程，等待其启动",
            "No worker is running; it starts as soon as one does",
        );
    }
    if row.cancel_requested {
        return Text::new("正在取消", "It is being cancelled");
    }
    match (row.status, &row.concurrency) {
        (Status::Waiting, _) => timer(row, view),
        (Status::Pending, Some((_, limit))) if running >= u64::from(*limit) => Text::new(
            format!("同一并发键下已有 {running} 个执行在运行（上限 {limit}），等待其结束"),
            format!("It waits for {running} running with the same concurrency key (limit {limit})"),
        ),
        (Status::Pending, _) => Text::new("正在排队等待执行进程", "It is queued for a worker"),
        _ => Text::new("正在等待执行进程接手", "It waits for a worker to take it over"),
    }
}

fn timer(row: &ExecutionRow, view: &ExecutionView) -> Text {
    if let Some(step) = view.awaiting().next() {
        return Text::new(
            format!("步骤 {step} 等待审批或信号"),
            format!("Step {step} waits for somebody's signal"),
        );
    }
    match (view.waits_for(), row.wake_at) {
        (Some((step, until)), _) => {
            let until = to_the_second(until);
            Text::new(
                format!("步骤 {step} 等待至 {until}"),
                format!("Step {step} waits until {until}"),
            )
        }
        (None, Some(at)) => {
            let at = to_the_second(at);
            Text::new(format!("等待至 {at}"), format!("It waits until {at}"))
        }
        (None, None) => Text::new("等待计时器", "It waits for a timer"),
    }
}

fn to_the_second(at: Timestamp) -> impl fmt::Display {
    at.to_chrono().format("%Y-%m-%d %H:%M:%S UTC")
}
