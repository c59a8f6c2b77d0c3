//! Sends a signal to a step that waits for one, or will.

use serde_json::Value;
use shared_kernel::{
    application::Principal,
    domain::{Execution, Id, Permission},
};

use super::{ExecutionDetails, ExecutionService, ExecutionsError, Letter};
use crate::domain::{
    definition::{Definition, Step},
    execution::{Signal, Verdict, WAIT_SIGNAL},
};

/// Largest data of a signal, bytes of JSON.
const LARGEST: usize = 64 * 1024;

/// What is told to whom.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SendSignal {
    /// The only step that waits unless given.
    pub step: Option<String>,
    /// Of a step with `for_each`.
    pub item: Option<u32>,
    pub decision: Option<Verdict>,
    pub data: Value,
}

impl ExecutionService {
    /// Durable when this returns. A signal that comes before its step waits is kept for it.
    pub async fn signal(
        &self,
        who: &Principal,
        id: Id<Execution>,
        wanted: SendSignal,
    ) -> Result<String, ExecutionsError> {
        who.require(Permission::WorkflowRun)?;
        let details = self.show_for(who.owner(), id).await?;
        if details.row.status.is_final() {
            return Err(ExecutionsError::Ended);
        }
        let version = details.row.version;
        let found = self.ports.definitions.version(details.row.definition_id, version).await?;
        let definition = found.ok_or(ExecutionsError::NoDefinition)?;
        let step = addressed(&definition, &details, &wanted)?;
        if wanted.data.to_string().len() > LARGEST {
            return Err(ExecutionsError::field("data", "must not be larger than 64 KiB"));
        }
        let at = self.ports.ambient.now();
        let signal = Signal { decision: wanted.decision, data: wanted.data, by: who.user, at };
        let step = step.id.to_string();
        let letter =
            Letter { id: self.ports.ambient.uuid(), step: step.clone(), item: wanted.item, signal };
        let mut work = self.ports.database.begin().await?;
        if !self.ports.store.send(&mut work, who.owner(), id, &letter).await? {
            work.roll_back().await?;
            return Err(ExecutionsError::Ended);
        }
        work.commit().await?;
        self.ports.doorbell.letter_sent(id).await;
        Ok(step)
    }
}

fn addressed<'a>(
    definition: &'a Definition,
    details: &ExecutionDetails,
    wanted: &SendSignal,
) -> Result<&'a Step, ExecutionsError> {
    let lists = [&definition.steps, &definition.on_failure, &definition.finally];
    let waits: Vec<&Step> =
        lists.into_iter().flatten().filter(|step| step.uses == WAIT_SIGNAL).collect();
    let waiting: Vec<&str> = details.view.awaiting().collect();
    let named = |name: &str| waits.iter().find(|step| step.id.as_str() == name).copied();
    let step = match (&wanted.step, waiting.as_slice()) {
        (Some(name), _) => named(name).ok_or_else(|| {
            ExecutionsError::field("step", format!("{name} is no step that waits for a signal"))
        })?,
        (None, [one]) => {
            named(one).ok_or_else(|| ExecutionsError::field("step", "name the step"))?
        }
        (None, []) => match waits.as_slice() {
            [one] => one,
            [] => {
                return Err(ExecutionsError::field(
                    "step",
                    "no step of this workflow waits for a signal",
                ));
            }
            _ => {
                return Err(ExecutionsError::field(
                    "step",
                    "no step waits yet; name the one that will",
                ));
            }
        },
        (None, several) => {
            return Err(ExecutionsError::field(
                "step",
                format!("several steps wait: {}", several.join(", ")),
            ));
        }
    };
    match (step.for_each.is_some(), wanted.item) {
        (true, None) => {
            Err(ExecutionsError::field("item", "the step waits once for each item: name one"))
        }
        (false, Some(_)) => Err(ExecutionsError::field("item", "the step has no items")),
        _ => Ok(step),
    }
}
