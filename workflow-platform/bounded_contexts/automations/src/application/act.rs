//! Does what a rule that fired says.

use async_trait::async_trait;
use serde_json::{Value, json};
use shared_kernel::{
    application::{EffectHandler, HandlerError, Mail, MailError},
    domain::{DomainEvent, Id, IdempotencyKey},
};
use tracing::warn;
use uuid::Uuid;

use super::{AutomationService, Deed, Refusal, StoreError, webhooks::Said};
use crate::domain::{Action, ActionOutcome, Firing, FiringState, Notification};

/// After so many attempts, what could not be done is given up.
const ATTEMPTS: u32 = 8;

/// Does the actions of a firing in their order. One that fails keeps nothing from the others; one
/// that was done is not done again.
pub struct PerformActions(pub AutomationService);

/// Some actions could not be done now.
#[derive(Debug, thiserror::Error)]
enum ActError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("action {0} could not be done now")]
    Action(usize, #[source] Refusal),
    #[error("event names no firing")]
    Payload,
}

#[async_trait]
impl EffectHandler for PerformActions {
    fn name(&self) -> &'static str {
        "automations.perform"
    }

    fn wants(&self, kind: &str) -> bool {
        kind == "automation.fired"
    }

    async fn perform(&self, event: &DomainEvent) -> Result<(), HandlerError> {
        let id = event.payload["firing_id"].as_str().and_then(|id| id.parse().ok());
        let id = id.ok_or(ActError::Payload).map_err(HandlerError::lasting)?;
        self.0.act(id).await.map_err(HandlerError::new)
    }
}

impl AutomationService {
    async fn act(&self, id: Id<Firing>) -> Result<(), ActError> {
        let Some(mut firing) = self.ports.firings.find(id).await? else { return Ok(()) };
        if firing.state != FiringState::Pending {
            return Ok(());
        }
        firing.attempts = firing.attempts.saturating_add(1);
        let mut waits = None;
        for index in 0..firing.actions.len() {
            if firing.outcomes.get(index).is_some_and(Option::is_some) {
                continue;
            }
            match self.act_once(&firing, index).await {
                Some(Err(refusal)) => {
                    waits.get_or_insert(ActError::Action(index, refusal));
                }
                Some(Ok(outcome)) => {
                    if let Some(place) = firing.outcomes.get_mut(index) {
                        *place = Some(outcome);
                    }
                    self.ports.firings.save(&firing).await?;
                }
                None => {}
            }
        }
        match waits {
            Some(error) if firing.attempts < ATTEMPTS => {
                self.ports.firings.save(&firing).await?;
                Err(error)
            }
            waits => {
                if let Some(error) = waits {
                    let error = &error as &dyn std::error::Error;
                    warn!(firing.id = %firing.id, error, "firing {} was given up", firing.id);
                }
                self.end(firing).await
            }
        }
    }

    /// What has no outcome by now was given up.
    async fn end(&self, mut firing: Firing) -> Result<(), ActError> {
        for (action, outcome) in firing.actions.iter().zip(&mut firing.outcomes) {
            let gave_up = || failed(action, format!("given up after {ATTEMPTS} attempts"));
            outcome.get_or_insert_with(gave_up);
        }
        let all_done = firing.outcomes.iter().flatten().all(|outcome| outcome.done);
        firing.state = if all_done { FiringState::Done } else { FiringState::Failed };
        firing.ended_at = Some(self.ports.ambient.now());
        Ok(self.ports.firings.save(&firing).await?)
    }

    /// An outcome, or an error when another attempt may help.
    async fn act_once(
        &self,
        firing: &Firing,
        index: usize,
    ) -> Option<Result<ActionOutcome, Refusal>> {
        let action = firing.actions.get(index)?;
        Some(match Box::pin(self.do_action(firing, index, action)).await {
            Ok(result) => {
                Ok(ActionOutcome { kind: action.kind().into(), done: true, result, error: None })
            }
            Err(Refusal::Lasting(message)) => Ok(failed(action, message)),
            Err(passing) => Err(passing),
        })
    }

    async fn do_action(
        &self,
        firing: &Firing,
        index: usize,
        action: &Action,
    ) -> Result<Value, Refusal> {
        let workflows = &self.ports.workflows;
        match action {
            Action::Notify { title, body } => self.notify(firing, index, title, body).await,
            Action::Email { subject, body } => self.mail(firing, index, subject, body).await,
            Action::RunWorkflow { definition_id, params } => {
                let definition = id("definition_id", definition_id)?;
                let deed = Deed {
                    definition,
                    params: if params.is_null() { json!({}) } else { params.clone() },
                    key: key(firing, index)?,
                    trigger: firing.told.clone(),
                    depth: firing.depth,
                };
                let execution = workflows.start(firing.owner, deed).await?;
                Ok(json!({ "execution_id": execution }))
            }
            Action::CancelExecution { execution_id } => {
                let execution = id("execution_id", execution_id)?;
                workflows.cancel(firing.owner, execution.into()).await?;
                Ok(json!({ "execution_id": execution }))
            }
            Action::Webhook { endpoint_id, data } => {
                let said = Said {
                    id: nth(firing, index),
                    owner: firing.owner,
                    automation: firing.automation,
                    endpoint: id("endpoint_id", endpoint_id)?,
                    event: &firing.told["event"],
                    data,
                };
                self.say(said).await
            }
            Action::PauseSchedule { trigger_id } => {
                let trigger = id("trigger_id", trigger_id)?;
                workflows.pause(firing.owner, trigger).await?;
                Ok(json!({ "trigger_id": trigger }))
            }
        }
    }

    async fn notify(
        &self,
        firing: &Firing,
        index: usize,
        title: &str,
        body: &str,
    ) -> Result<Value, Refusal> {
        let notification = Notification {
            id: nth(firing, index).into(),
            title: title.chars().take(500).collect(),
            body: body.chars().take(10_000).collect(),
            automation: Some(firing.automation),
            created_at: self.ports.ambient.now(),
            read_at: None,
        };
        let put = self.ports.notifications.put(firing.owner, &notification).await;
        put.map_err(|error| Refusal::Passing(Box::new(error)))?;
        self.ring(firing.owner).await;
        Ok(json!({ "notification_id": notification.id }))
    }

    async fn mail(
        &self,
        firing: &Firing,
        index: usize,
        subject: &str,
        body: &str,
    ) -> Result<Value, Refusal> {
        let contact = self.ports.people.contact(firing.owner.user()).await?;
        let contact = contact.ok_or_else(|| Refusal::Lasting("the owner is gone".to_owned()))?;
        let body: String = body.chars().take(20_000).collect();
        let mail = Mail {
            to: contact.email,
            // A subject is one line.
            subject: subject.split_whitespace().collect::<Vec<_>>().join(" "),
            html: html(&body),
            text: body,
            message_id: format!("automation-{}-{index}", firing.id),
        };
        match self.ports.mailer.send(mail).await {
            Ok(()) => Ok(Value::Null),
            Err(MailError::Refused(reason)) => {
                Err(Refusal::Lasting(format!("the mail was refused: {reason}")))
            }
            Err(error) => Err(Refusal::Passing(Box::new(error))),
        }
    }
}

fn failed(action: &Action, message: String) -> ActionOutcome {
    let kind = action.kind().into();
    ActionOutcome { kind, done: false, result: Value::Null, error: Some(message) }
}

fn id(name: &str, text: &str) -> Result<Uuid, Refusal> {
    text.trim().parse().map_err(|_| Refusal::Lasting(format!("{name}: {text:?} is no id")))
}

/// The same for every attempt.
fn key(firing: &Firing, index: usize) -> Result<IdempotencyKey, Refusal> {
    let key = format!("automation-{}-{index}", firing.id);
    key.parse().map_err(|error| Refusal::Passing(Box::new(error)))
}

/// An id of the firing's own for each of its actions, the same for every attempt.
fn nth(firing: &Firing, index: usize) -> Uuid {
    let number = u128::try_from(index).unwrap_or_default();
    Uuid::from_u128(firing.id.uuid().as_u128() ^ (number + 1))
}

fn html(text: &str) -> String {
    let mut body = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => body.push_str("&amp;"),
            '<' => body.push_str("&lt;"),
            '>' => body.push_str("&gt;"),
            '"' => body.push_str("&quot;"),
            other => body.push(other),
        }
    }
    format!("<!doctype html><html><body><p style=\"white-space:pre-wrap\">{body}</p></body></html>")
}
