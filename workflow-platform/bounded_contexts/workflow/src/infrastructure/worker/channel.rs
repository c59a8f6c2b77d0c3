//! The engine's end of a running step.

use async_trait::async_trait;
use serde_json::Value;
use shared_kernel::{
    application::{ActionError, LogLevel, StepChannel, StepRecord},
    domain::{Ambient, Execution, Id},
};
use tokio::sync::{mpsc, oneshot};

use super::logs::{LogWriter, NewLine};
use crate::{
    application::executions::Progress, domain::execution::RunKey,
    infrastructure::announce::Announcer,
};

/// Checkpoints on their way to the driver, which answers once they are durable.
pub(super) struct RecordRequest {
    pub key: RunKey,
    pub records: Vec<StepRecord>,
    pub answer: oneshot::Sender<()>,
}

/// One attempt's channel.
pub(super) struct DriverChannel {
    pub execution: Id<Execution>,
    pub key: RunKey,
    pub step: String,
    pub item: Option<u32>,
    pub ambient: Ambient,
    pub records: mpsc::Sender<RecordRequest>,
    pub logs: LogWriter,
    pub announcer: Announcer,
}

#[async_trait]
impl StepChannel for DriverChannel {
    async fn record(&self, records: Vec<StepRecord>) -> Result<(), ActionError> {
        let (answer, answered) = oneshot::channel();
        let request = RecordRequest { key: self.key, records, answer };
        // The driver is gone when the lease is: the step goes on elsewhere.
        self.records.send(request).await.map_err(|_| ActionError::cancelled())?;
        answered.await.map_err(|_| ActionError::cancelled())
    }

    fn progress(&self, done: u64, total: Option<u64>, message: &str) {
        let (step, item) = (self.step.clone(), self.item);
        let progress = Progress { step, item, done, total, message: message.to_owned() };
        self.announcer.progress(self.execution, progress);
    }

    fn log(&self, level: LogLevel, message: &str, fields: Value) {
        self.logs.write(NewLine {
            execution: self.execution,
            at: self.ambient.now(),
            level,
            step: self.step.clone(),
            item: self.item,
            message: message.to_owned(),
            fields,
        });
    }
}
