//! Whether a rule can be kept: every fault with its path.

use std::collections::BTreeMap;

use garde::Validate as _;
use serde_json::{Value, json};
use shared_kernel::{
    application::Principal,
    domain::{Permission, check_pattern},
};

use super::{AutomationError, Expressions};
use crate::domain::{Action, Rule};

/// Largest rule, bytes of JSON.
const LARGEST: usize = 64 * 1024;

/// Who may not run workflows cannot have a rule do it.
pub(super) fn check_rights(who: &Principal, rule: &Rule) -> Result<(), AutomationError> {
    for action in &rule.actions {
        match action {
            Action::Notify { .. } | Action::Email { .. } | Action::Webhook { .. } => {}
            Action::RunWorkflow { .. } | Action::CancelExecution { .. } => {
                who.require(Permission::WorkflowRun)?;
            }
            Action::PauseSchedule { .. } => who.require(Permission::WorkflowWrite)?,
        }
    }
    Ok(())
}

pub(super) fn check_rule(
    rule: &Rule,
    expressions: &dyn Expressions,
) -> Result<(), AutomationError> {
    let mut faults = Faults::default();
    if let Err(report) = rule.validate() {
        for (path, error) in report.iter() {
            faults.add(path.to_string(), error.message());
        }
    }
    let text = json!(rule).to_string();
    if text.len() > LARGEST {
        faults.add("body", "must not be longer than 64 KiB");
    }
    if text.contains("\\u0000") {
        faults.add("body", "must not contain zero characters");
    }
    if faults.0.is_empty() {
        check_trigger(rule, expressions, &mut faults);
        for (index, action) in rule.actions.iter().enumerate() {
            check_action(action, &format!("actions[{index}]"), expressions, &mut faults);
        }
    }
    if faults.0.is_empty() { Ok(()) } else { Err(AutomationError::Fields(faults.0)) }
}

#[derive(Default)]
struct Faults(BTreeMap<String, Vec<String>>);

impl Faults {
    fn add(&mut self, path: impl Into<String>, message: impl Into<String>) {
        self.0.entry(path.into()).or_default().push(message.into());
    }
}

fn check_trigger(rule: &Rule, expressions: &dyn Expressions, faults: &mut Faults) {
    let trigger = &rule.trigger;
    if let Err(error) = check_pattern(&trigger.event) {
        faults.add("trigger.event", error.to_string());
    }
    let by = trigger.threshold.as_ref().and_then(|threshold| threshold.by.as_deref());
    let whole = [("trigger.if", trigger.condition.as_deref()), ("trigger.threshold.by", by)];
    for (path, expression) in whole {
        if let Some(Err(message)) = expression.map(|text| expressions.check(text)) {
            faults.add(path, message);
        }
    }
}

fn check_action(action: &Action, at: &str, expressions: &dyn Expressions, faults: &mut Faults) {
    for (name, value) in action.fields() {
        for (path, message) in expressions.check_template(&value) {
            faults.add(format!("{at}.{name}{path}"), message);
        }
        let is_plain = value.as_str().is_some_and(|text| !text.contains("${{"));
        if name.ends_with("_id") && is_plain && !is_id(&value) {
            faults.add(format!("{at}.{name}"), "must be an id, or an expression that gives one");
        }
    }
    if let Action::RunWorkflow { params, .. } = action
        && !(params.is_null() || params.is_object() || params.is_string())
    {
        faults.add(format!("{at}.params"), "must be an object");
    }
}

fn is_id(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.parse::<uuid::Uuid>().is_ok())
}
