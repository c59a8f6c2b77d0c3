//! What automations ask of the other contexts.

use std::sync::Arc;

use async_trait::async_trait;
use automations::{
    application::{
        AutomationService, BadTimetable, Contact, Deed, Expressions, Facts, People, Refusal,
        Schedules, Workflows,
    },
    domain::Timetable,
};
use data_collection::Collection;
use serde_json::Value;
use shared_kernel::{
    application::Entitlements,
    domain::{ErrorKind, Execution, Fault, Id, Locale, Owner, Timestamp, User},
    infrastructure::seal::Sealer,
};
use user_management::UserModule;
use uuid::Uuid;
use workflow::{
    ExecutionsError, StartExecution, WorkflowModule,
    application::executions::Initiator,
    domain::{
        definition::{BadSchedule, Schedule},
        execution::DEEPEST,
        expression::{Scope, SyntaxError, Template, evaluate},
    },
};

use super::{Foundation, event_catalog, foundation, webhook_sender::GuardedSender};
use crate::config::Config;

/// Automations with what they ask of the others.
pub fn module(
    config: &Config,
    foundation: &Foundation,
    sealer: &Sealer,
    collection: &Collection,
    workflow: &Arc<WorkflowModule>,
    users: &Arc<UserModule>,
    entitlements: Arc<dyn Entitlements>,
) -> anyhow::Result<Arc<AutomationService>> {
    Ok(automations::module(automations::Surroundings {
        database: foundation.database.clone(),
        expressions: Arc::new(WorkflowExpressions),
        schedules: Arc::new(WorkflowSchedules),
        workflows: Arc::new(OwnWorkflows(Arc::clone(workflow))),
        entitlements,
        people: Arc::new(Addresses(Arc::clone(users))),
        mailer: foundation::mailer(config, &foundation.ambient)?,
        bus: Arc::clone(&foundation.bus),
        sender: Arc::new(GuardedSender(Arc::clone(&collection.polite))),
        sealer: sealer.clone(),
        catalog: Arc::new(event_catalog()),
        ambient: foundation.ambient.clone(),
    }))
}

/// What expressions of automations may name.
const VARIABLES: [&str; 2] = ["trigger", "now"];

/// The expressions of workflows.
struct WorkflowExpressions;

/// Names nothing that is not there.
fn checked(template: Result<Template, SyntaxError>) -> Result<Template, String> {
    let template = template.map_err(|error| error.to_string())?;
    for expression in template.expressions() {
        let others = Scope::VARIABLES.iter().filter(|name| !VARIABLES.contains(name));
        if let Some(name) = others.into_iter().find(|name| expression.uses(name)) {
            return Err(format!("there is no {name} here; there are trigger and now"));
        }
    }
    Ok(template)
}

fn scope(facts: &Facts) -> Scope {
    Scope { trigger: facts.trigger.clone(), now: facts.now, ..Scope::default() }
}

/// Calls `text` for every text inside, with its path below `path`.
fn each_text(value: &Value, path: &str, text: &mut impl FnMut(&str, &str)) {
    match value {
        Value::String(inner) => text(path, inner),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                each_text(item, &format!("{path}[{index}]"), text);
            }
        }
        Value::Object(entries) => {
            for (key, inner) in entries {
                each_text(inner, &format!("{path}.{key}"), text);
            }
        }
        _ => {}
    }
}

fn filled(value: &Value, scope: &Scope) -> Result<Value, String> {
    Ok(match value {
        Value::String(text) => evaluate(&checked(Template::of_text(text))?, scope)
            .map_err(|error| error.to_string())?,
        Value::Array(items) => {
            let items = items.iter().map(|item| filled(item, scope));
            Value::Array(items.collect::<Result<_, _>>()?)
        }
        Value::Object(entries) => {
            let fill = |(key, inner): (&String, &Value)| Ok((key.clone(), filled(inner, scope)?));
            Value::Object(entries.iter().map(fill).collect::<Result<_, String>>()?)
        }
        other => other.clone(),
    })
}

impl Expressions for WorkflowExpressions {
    fn check(&self, expression: &str) -> Result<(), String> {
        checked(Template::of_condition(expression)).map(drop)
    }

    fn check_template(&self, template: &Value) -> Vec<(String, String)> {
        let mut faults = Vec::new();
        each_text(template, "", &mut |path, text| {
            if let Err(message) = checked(Template::of_text(text)) {
                faults.push((path.to_owned(), message));
            }
        });
        faults
    }

    fn evaluate(&self, expression: &str, facts: &Facts) -> Result<Value, String> {
        let template = checked(Template::of_condition(expression))?;
        evaluate(&template, &scope(facts)).map_err(|error| error.to_string())
    }

    fn fill(&self, template: &Value, facts: &Facts) -> Result<Value, String> {
        filled(template, &scope(facts))
    }
}

/// The timetables of workflows.
struct WorkflowSchedules;

impl Schedules for WorkflowSchedules {
    fn next_after(
        &self,
        timetable: &Timetable,
        after: Timestamp,
    ) -> Result<Option<Timestamp>, BadTimetable> {
        let schedule = Schedule::new(&timetable.cron, &timetable.timezone);
        let schedule = schedule.map_err(|error| match error {
            BadSchedule::Timezone => BadTimetable::Timezone,
            other => BadTimetable::Cron(other.to_string()),
        })?;
        Ok(schedule.next_after(after))
    }
}

/// Runs and triggers of their owner.
struct OwnWorkflows(Arc<WorkflowModule>);

/// What waiting cannot help is said to the owner.
fn refusal(error: ExecutionsError) -> Refusal {
    match error.kind() {
        ErrorKind::Bug | ErrorKind::Unavailable | ErrorKind::Timeout | ErrorKind::RateLimited => {
            Refusal::Passing(Box::new(error))
        }
        _ => Refusal::Lasting(error.to_string()),
    }
}

#[async_trait]
impl Workflows for OwnWorkflows {
    async fn start(&self, owner: Owner, deed: Deed) -> Result<Id<Execution>, Refusal> {
        let Deed { definition, params, key, trigger, depth } = deed;
        if depth > DEEPEST {
            let deep = format!("runs set each other off more than {DEEPEST} deep");
            return Err(Refusal::Lasting(deep));
        }
        let wanted =
            StartExecution { definition_id: definition, params, ..StartExecution::default() };
        let initiator = Initiator { trigger, concurrency: None, depth };
        let started = self.0.executions().start_keyed(owner, &key, wanted, initiator).await;
        Ok(started.map_err(refusal)?.id)
    }

    async fn cancel(&self, owner: Owner, execution: Id<Execution>) -> Result<(), Refusal> {
        match self.0.executions().cancel_for(owner, execution).await {
            Ok(_) | Err(ExecutionsError::Ended) => Ok(()),
            Err(error) => Err(refusal(error)),
        }
    }

    async fn pause(&self, owner: Owner, trigger: Uuid) -> Result<(), Refusal> {
        self.0.triggers().pause_for(owner, trigger).await.map(drop).map_err(refusal)
    }

    async fn depth_of(
        &self,
        owner: Owner,
        execution: Id<Execution>,
    ) -> Result<Option<u32>, Refusal> {
        self.0.executions().depth_of(owner, execution).await.map_err(refusal)
    }
}

/// Addresses of people.
struct Addresses(Arc<UserModule>);

#[async_trait]
impl People for Addresses {
    async fn contact(&self, user: Id<User>) -> Result<Option<Contact>, Refusal> {
        let found = self.0.profile(user).await;
        let found = found.map_err(|error| Refusal::Passing(Box::new(error)))?;
        Ok(found.map(|profile| Contact { email: profile.email, locale: profile.locale }))
    }

    async fn after(
        &self,
        user: Option<Id<User>>,
        most: u32,
    ) -> Result<Vec<(Id<User>, Locale)>, Refusal> {
        let found = self.0.people_after(user, most).await;
        found.map_err(|error| Refusal::Passing(Box::new(error)))
    }
}
