//! Whether a rule can be kept: every fault with its path.

use std::{collections::BTreeMap, time::Duration};

use garde::Validate as _;
use serde_json::{Value, json};
use shared_kernel::{
    application::{EntitlementsError, Principal},
    domain::{Owner, PageRequest, Permission, check_pattern, shortest_gap},
};

use super::{
    AutomationError, AutomationPorts, AutomationService, BadTimetable, Expressions,
    MOST_AUTOMATIONS,
};
use crate::domain::{Action, Rule, SCHEDULED, Timetable};

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

pub(super) fn check_rule(rule: &Rule, ports: &AutomationPorts) -> Result<(), AutomationError> {
    let expressions = ports.expressions.as_ref();
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
        check_times(rule, ports, &mut faults);
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
    match (&trigger.schedule, trigger.event == SCHEDULED) {
        (Some(_), true) => {}
        (Some(_), false) => {
            faults.add("trigger.event", format!("must be {SCHEDULED} with a schedule"));
        }
        (None, true) => faults.add("trigger.schedule", "must say when"),
        (None, false) => {
            if let Err(error) = check_pattern(&trigger.event) {
                faults.add("trigger.event", error.to_string());
            }
        }
    }
    let by = trigger.threshold.as_ref().and_then(|threshold| threshold.by.as_deref());
    let whole = [("trigger.if", trigger.condition.as_deref()), ("trigger.threshold.by", by)];
    for (path, expression) in whole {
        if let Some(Err(message)) = expression.map(|text| expressions.check(text)) {
            faults.add(path, message);
        }
    }
}

/// Shortest time between two.
const APART: Duration = Duration::from_mins(1);

fn check_times(rule: &Rule, ports: &AutomationPorts, faults: &mut Faults) {
    let trigger = &rule.trigger;
    if let Some(timetable) = &trigger.schedule {
        let others = [
            ("trigger.if", trigger.condition.is_some()),
            ("trigger.threshold", trigger.threshold.is_some()),
            ("trigger.absence", trigger.absence.is_some()),
        ];
        for (path, _) in others.into_iter().filter(|(_, given)| *given) {
            faults.add(path, "means nothing with a schedule");
        }
        check_timetable(timetable, ports, faults);
    } else if trigger.absence.is_some() && trigger.threshold.is_some() {
        faults.add("trigger.threshold", "means nothing with an absence");
    }
}

fn check_timetable(timetable: &Timetable, ports: &AutomationPorts, faults: &mut Faults) {
    let now = ports.ambient.now();
    match ports.schedules.next_after(timetable, now) {
        Ok(Some(_)) => {}
        Ok(None) => return faults.add("trigger.schedule.cron", "is never due"),
        Err(error @ BadTimetable::Cron(_)) => {
            return faults.add("trigger.schedule.cron", error.to_string());
        }
        Err(error @ BadTimetable::Timezone) => {
            return faults.add("trigger.schedule.timezone", error.to_string());
        }
    }
    if shortest(timetable, ports).is_some_and(|gap| gap < APART) {
        faults.add("trigger.schedule.cron", "must not be due twice in a minute");
    }
}

/// The shortest time between two times of a timetable.
pub(super) fn shortest(timetable: &Timetable, ports: &AutomationPorts) -> Option<Duration> {
    let next = |after| ports.schedules.next_after(timetable, after).ok().flatten();
    shortest_gap(ports.ambient.now(), next)
}

impl AutomationService {
    /// Whether the plan includes the rule's timetable. One that went on before stays, whatever the
    /// plan has come to be since: it is due as often as it includes.
    pub(super) async fn check_interval(
        &self,
        owner: Owner,
        rule: &Rule,
        before: Option<&Rule>,
    ) -> Result<(), EntitlementsError> {
        let Some(timetable) = &rule.trigger.schedule else { return Ok(()) };
        let goes_on = |before: &Rule| {
            before.trigger.schedule.as_ref() == Some(timetable) && (before.enabled || !rule.enabled)
        };
        if before.is_some_and(goes_on) {
            return Ok(());
        }
        let Some(gap) = shortest(timetable, &self.ports) else { return Ok(()) };
        let path = "trigger.schedule.cron";
        self.ports.entitlements.check_interval(owner, gap, path).await
    }

    /// How many timetables of an owner are due more often than so far apart.
    pub async fn timetables_held_to(
        &self,
        owner: Owner,
        least: Duration,
    ) -> Result<u64, AutomationError> {
        let page = PageRequest::first(MOST_AUTOMATIONS);
        let found = self.ports.automations.list(owner, page).await?;
        let enabled = found.items.iter().filter(|row| row.rule.enabled);
        let timetables = enabled.filter_map(|row| row.rule.trigger.schedule.as_ref());
        let gaps = timetables.filter_map(|timetable| shortest(timetable, &self.ports));
        Ok(u64::try_from(gaps.filter(|gap| *gap < least).count()).unwrap_or(u64::MAX))
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
