//! Starts workflows because something happened.

use std::collections::HashSet;

use async_trait::async_trait;
use serde_json::json;
use shared_kernel::{
    application::{EffectHandler, HandlerError},
    domain::{DomainEvent, Execution, Id, Owner, is_public, patterns_of},
};

use super::{
    FireError, Outcome, Tick, TriggerRow, TriggerService,
    fire::{News, Permit},
};
use crate::{
    application::executions::{Initiator, NewExecution},
    domain::{
        definition::Overlap,
        execution::DEEPEST,
        expression::{Scope, Template, evaluate_condition},
    },
};

/// Hears of what happened. An event that comes twice is in the ledgers once.
pub struct StartOnEvent {
    pub triggers: TriggerService,
}

#[async_trait]
impl EffectHandler for StartOnEvent {
    fn name(&self) -> &'static str {
        "workflow.start_on_event"
    }

    fn wants(&self, kind: &str) -> bool {
        is_public(kind)
    }

    async fn concerned(&self, events: &[DomainEvent]) -> Result<Vec<bool>, HandlerError> {
        let owners: HashSet<Owner> = events.iter().filter_map(DomainEvent::owner).collect();
        let listeners = &self.triggers.ports.listeners;
        let among = listeners.among(&owners).await.map_err(HandlerError::new)?;
        let listens = |event: &DomainEvent| event.owner().is_some_and(|one| among.contains(&one));
        Ok(events.iter().map(listens).collect())
    }

    async fn perform(&self, event: &DomainEvent) -> Result<(), HandlerError> {
        self.triggers.hear(event).await.map_err(HandlerError::new)
    }
}

impl TriggerService {
    /// Starts what its owner wants to have started by such an event.
    async fn hear(&self, event: &DomainEvent) -> Result<(), FireError> {
        let Some(owner) = event.owner() else { return Ok(()) };
        let listening = self.ports.listeners.listening(owner, &patterns_of(&event.kind)).await?;
        for trigger in listening.iter().filter(|row| row.spec.concerns(&event.payload)) {
            self.answer(trigger, event).await?;
        }
        Ok(())
    }

    /// One transaction writes the event into the ledger and starts the execution.
    async fn answer(&self, trigger: &TriggerRow, event: &DomainEvent) -> Result<(), FireError> {
        let now = self.ports.ambient.now();
        let told = told(trigger, event);
        let met = is_met(trigger, &told, now);
        if met == Ok(false) {
            return Ok(());
        }
        let depth = self.depth_of(trigger.owner, event).await?;
        let permit = match met {
            Err(reason) => Err(reason),
            Ok(_) if depth > DEEPEST => {
                Err(format!("runs set each other off more than {DEEPEST} deep"))
            }
            Ok(_) => self.permit(trigger, 1).await?,
        };
        let planned = self.wanted_by(trigger, told, depth, &permit);
        let mut work = self.ports.database.begin().await?;
        if !self.ports.listeners.hold(&work, trigger.id, event.id).await? {
            return Ok(work.roll_back().await?);
        }
        let mut news = News::default();
        let mut tick = Tick {
            due_at: event.occurred_at,
            outcome: Outcome::Ran,
            detail: None,
            execution: None,
            event: Some(event.id),
        };
        let new = self.settle(&work, trigger, &mut tick, planned, now, &mut news).await?;
        self.ports.listeners.note_event(&work, trigger.id, tick, now).await?;
        if let Some(new) = new {
            self.ports.executions.insert(&mut work, &new).await.map_err(FireError::Start)?;
            news.started.push(new.id);
        }
        work.commit().await?;
        if let Ok(permitted) = permit {
            permitted.keep(news.started.len());
        }
        self.tell(news).await;
        Ok(())
    }

    fn wanted_by(
        &self,
        trigger: &TriggerRow,
        told: serde_json::Value,
        depth: u32,
        permit: &Permit,
    ) -> Result<NewExecution, String> {
        let runnable = permit.as_ref().map_err(Clone::clone)?.after(0)?;
        let queues = trigger.spec.overlap == Overlap::Queue;
        let initiator = Initiator {
            trigger: told,
            concurrency: queues.then(|| (format!("trigger/{}", trigger.id), 1)),
            depth,
        };
        let planned =
            self.ports.executions.plan(trigger.owner, runnable, trigger.wanted(), initiator);
        planned.map_err(|error| error.to_string())
    }

    /// One more than that of the execution which the event comes from.
    async fn depth_of(&self, owner: Owner, event: &DomainEvent) -> Result<u32, FireError> {
        let cause = event.payload["execution_id"].as_str();
        let cause: Option<Id<Execution>> = cause.and_then(|id| id.parse().ok());
        let Some(cause) = cause else { return Ok(0) };
        let depth = self.ports.executions.depth_of(owner, cause).await;
        Ok(depth.map_err(FireError::Start)?.map_or(0, |depth| depth + 1))
    }
}

/// `trigger` in expressions.
fn told(trigger: &TriggerRow, event: &DomainEvent) -> serde_json::Value {
    json!({
        "kind": "event",
        "trigger_id": trigger.id,
        "event": {
            "id": event.id,
            "kind": event.kind,
            "at": event.occurred_at,
            "payload": event.payload,
        },
    })
}

fn is_met(
    trigger: &TriggerRow,
    told: &serde_json::Value,
    now: shared_kernel::domain::Timestamp,
) -> Result<bool, String> {
    let Some(text) = trigger.spec.condition.as_deref() else { return Ok(true) };
    let condition = Template::of_condition(text).map_err(|error| format!("if: {error}"))?;
    let scope = Scope { trigger: told.clone(), now, ..Scope::default() };
    evaluate_condition(&condition, &scope).map_err(|error| format!("if: {error}"))
}
