//! Runs a step whose input has secrets in it.

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use shared_kernel::application::{ActionContext, ActionError, LogLevel, StepChannel, StepRecord};

use crate::{
    application::vault::VaultService,
    domain::{
        execution::Hidden,
        expression::{Scope, evaluate},
        vault::Mask,
    },
};

/// Works the input out with the secrets, lets `run` do its work, and masks whatever it says, so
/// that nothing of them comes into journal, logs and progress.
pub(super) async fn run_hidden<R>(
    vault: &VaultService,
    hidden: Hidden,
    shown: Value,
    mut ctx: ActionContext,
    run: impl FnOnce(ActionContext, Value) -> R,
) -> Result<Value, ActionError>
where
    R: Future<Output = Result<Value, ActionError>>,
{
    let secrets = vault.reveal(ctx.owner, &hidden.secrets).await;
    let secrets = secrets.map_err(|error| ActionError::from_fault(&error))?;
    let Hidden { template, scope, .. } = hidden;
    let scope = Scope { secrets: Some(exposed(&secrets)), ..scope };
    let evaluated = evaluate(&template, &scope);
    let input = evaluated.map_err(|error| {
        let plain = Mask::new(values(&secrets), &Value::Null, &Value::Null);
        let message = plain.text(&format!("with: {error}"));
        ActionError::permanent("EXPRESSION_FAILED", message)
    })?;
    let mask = Arc::new(Mask::new(values(&secrets), &shown, &input));
    ctx.channel = Arc::new(Masked { channel: ctx.channel, mask: Arc::clone(&mask) });
    ctx.secrets = Arc::new(secrets);
    match run(ctx, input).await {
        Ok(output) => Ok(mask.value(output)),
        Err(error) => Err(mask.error(error)),
    }
}

fn values(secrets: &BTreeMap<String, SecretString>) -> impl Iterator<Item = &str> {
    secrets.values().map(ExposeSecret::expose_secret)
}

fn exposed(secrets: &BTreeMap<String, SecretString>) -> Value {
    let field = |(name, secret): (&String, &SecretString)| {
        (name.clone(), Value::from(secret.expose_secret()))
    };
    Value::Object(secrets.iter().map(field).collect())
}

/// Says only what may be read.
struct Masked {
    channel: Arc<dyn StepChannel>,
    mask: Arc<Mask>,
}

#[async_trait]
impl StepChannel for Masked {
    async fn record(&self, records: Vec<StepRecord>) -> Result<(), ActionError> {
        let masked = |record: StepRecord| StepRecord {
            key: self.mask.text(&record.key),
            value: self.mask.value(record.value),
        };
        self.channel.record(records.into_iter().map(masked).collect()).await
    }

    fn progress(&self, done: u64, total: Option<u64>, message: &str) {
        self.channel.progress(done, total, &self.mask.text(message));
    }

    fn log(&self, level: LogLevel, message: &str, fields: Value) {
        self.channel.log(level, &self.mask.text(message), self.mask.value(fields));
    }
}
