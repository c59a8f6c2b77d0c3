//! What the expressions of a tried step see.

use std::sync::Arc;

use serde_json::{Value, json};
use shared_kernel::{
    application::ActionError,
    domain::{Execution, Id, Owner},
};

use super::{StepData, TestStep, TrialError, TrialService};
use crate::{
    application::executions::{ExecutionsError, user_of},
    domain::{
        definition::{Definition, Step},
        expression::{ExpressionError, Scope, StepView, evaluate, evaluate_condition},
    },
};

/// An item of a step with `for_each`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TriedItem {
    pub index: u32,
    /// Of all items.
    pub total: usize,
}

impl TrialService {
    /// What was given, above what the recorded execution had, above what holds now.
    pub(super) async fn scope(
        &self,
        owner: Owner,
        id: Id<Execution>,
        definition: &Definition,
        wanted: &TestStep,
    ) -> Result<Scope, TrialError> {
        let ports = &self.ports;
        let user = user_of(ports.users.as_ref(), owner).await?;
        let recorded = match wanted.execution {
            Some(execution) => Some(ports.executions.recorded(owner, execution, &user).await?),
            None => None,
        };
        let has_params = recorded.is_some() && wanted.params.is_none();
        let mut scope = recorded
            .unwrap_or_else(|| Scope { trigger: json!({ "kind": "test" }), ..Scope::default() });
        if !has_params {
            let given = wanted.params.clone().unwrap_or_default();
            scope.params = definition.params.bind(given).map_err(ExecutionsError::from)?;
        }
        scope.vars = ports.definitions.vars_of(owner, definition).await?;
        scope.user = user;
        scope.execution = json!({ "id": id, "definition_name": definition.name, "version": 0 });
        scope.now = ports.ambient.now();
        for (step, data) in &wanted.steps {
            scope.steps.insert(step.clone(), Arc::new(view(data)));
        }
        Ok(scope)
    }
}

fn view(data: &StepData) -> StepView {
    StepView {
        status: data.status.clone(),
        output: data.output.clone(),
        outputs: data.outputs.clone(),
        error: data.error.clone(),
        ..StepView::default()
    }
}

/// Whether the step would run.
pub(super) fn condition(step: &Step, scope: &Scope) -> Result<Option<bool>, ActionError> {
    let condition = step.condition.as_deref();
    condition
        .map(|condition| evaluate_condition(condition, scope))
        .transpose()
        .map_err(|error| failed("if", &error))
}

/// Puts the item of the number into the scope, of a step that has items.
pub(super) fn choose_item(
    step: &Step,
    wanted: u32,
    scope: &mut Scope,
) -> Result<Option<TriedItem>, ActionError> {
    let Some(list) = &step.for_each else { return Ok(None) };
    let given = evaluate(list, scope).map_err(|error| failed("for_each", &error))?;
    let Value::Array(items) = given else {
        return Err(ActionError::permanent("FOR_EACH_NOT_A_LIST", "for_each gave no list"));
    };
    let total = items.len();
    let at = usize::try_from(wanted).unwrap_or(usize::MAX);
    let Some(item) = items.into_iter().nth(at) else {
        let message = format!("for_each gave {total} items, there is none at {wanted}");
        return Err(ActionError::permanent("NO_SUCH_ITEM", message));
    };
    (scope.item, scope.index) = (Some(item), Some(wanted));
    Ok(Some(TriedItem { index: wanted, total }))
}

/// As in an execution.
pub(super) fn failed(place: &str, error: &ExpressionError) -> ActionError {
    ActionError::permanent("EXPRESSION_FAILED", format!("{place}: {error}"))
}
