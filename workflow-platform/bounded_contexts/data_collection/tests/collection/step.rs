//! A step without an engine: what it records, logs and gives.

use std::sync::Arc;

use async_trait::async_trait;
use parking_lot::Mutex;
use serde_json::Value;
use shared_kernel::{
    application::{Action, ActionContext, ActionError, LogLevel, StepChannel, StepRecord},
    domain::{Id, Owner},
    infrastructure::blob_folder::BlobFolder,
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Keeps what a step says.
#[derive(Default)]
pub struct Channel {
    pub records: Mutex<Vec<StepRecord>>,
    pub logs: Mutex<Vec<String>>,
}

#[async_trait]
impl StepChannel for Channel {
    async fn record(&self, records: Vec<StepRecord>) -> Result<(), ActionError> {
        self.records.lock().extend(records);
        Ok(())
    }

    fn progress(&self, _: u64, _: Option<u64>, _: &str) {}

    fn log(&self, _: LogLevel, message: &str, _: Value) {
        self.logs.lock().push(message.to_owned());
    }
}

/// A run of a step.
pub struct Step {
    pub ctx: ActionContext,
    pub channel: Arc<Channel>,
}

pub fn owner(number: u128) -> Owner {
    Owner::new(Uuid::from_u128(number).into())
}

impl Step {
    /// Of the first owner.
    pub fn new() -> Self {
        Self::resuming(Vec::new())
    }

    /// After runs that recorded this.
    pub fn resuming(records: Vec<StepRecord>) -> Self {
        let channel = Arc::new(Channel::default());
        let (ambient, _) = testkit::ambient();
        let ctx = ActionContext {
            owner: owner(1),
            execution: Id::from(Uuid::from_u128(7)),
            step: "step".to_owned(),
            item: None,
            attempt: 1,
            idempotency_key: "key".to_owned(),
            cancel: CancellationToken::new(),
            deadline: None,
            ambient,
            blobs: Arc::new(BlobFolder::new("/nowhere")),
            channel: Arc::clone(&channel) as Arc<dyn StepChannel>,
            records: Arc::new(records),
            secrets: Arc::default(),
            trace: None,
        };
        Self { ctx, channel }
    }

    pub async fn run(&self, action: &dyn Action, input: Value) -> Result<Value, ActionError> {
        action.run(&self.ctx, input).await
    }
}
