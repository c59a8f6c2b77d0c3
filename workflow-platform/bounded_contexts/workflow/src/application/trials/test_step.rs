//! Runs one step by itself.

use std::{collections::BTreeMap, time::Duration};

use serde_json::Value;
use shared_kernel::{
    application::{ActionError, Principal},
    domain::{Cost, Execution, Id, Owner, Permission, Text, Timestamp},
};
use uuid::Uuid;

use super::{
    BenchEnd, BenchLine, BenchRun, TrialError, TrialService,
    scope::{TriedItem, choose_item, condition, failed},
    seats::MOST,
};
use crate::{
    application::definitions::{DefinitionsError, Draft},
    domain::{
        definition::{Definition, Step},
        execution::{Hidden, WAIT_FOR, WAIT_SIGNAL, WAIT_UNTIL, WORKFLOW_RUN},
        expression::{Scope, evaluate},
    },
};

/// Of which definition the step is.
#[derive(Debug, Clone, PartialEq)]
pub enum Subject {
    /// As it is being written.
    Draft(Draft),
    /// The newest version of what was saved.
    Saved(Uuid),
}

/// What an earlier step gave.
#[derive(Debug, Clone, PartialEq)]
pub struct StepData {
    pub status: String,
    pub output: Value,
    pub outputs: Vec<Value>,
    pub error: Value,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct TestStep {
    pub subject: Subject,
    /// Its id in the definition.
    pub step: String,
    /// Those of the execution, or the defaults, unless given.
    pub params: Option<Value>,
    /// By the ids of the steps; they stand in for what the execution recorded.
    pub steps: BTreeMap<String, StepData>,
    /// One of the owner's, whose results the step sees.
    pub execution: Option<Id<Execution>>,
    /// Which item of `for_each`, from 0.
    pub item: u32,
}

/// What came of it.
#[derive(Debug)]
pub struct Tried {
    /// What the step's `if` gave; it ran all the same.
    pub condition: Option<bool>,
    pub item: Option<TriedItem>,
    /// What the action was given, secrets masked; absent when it could not be worked out.
    pub input: Option<Value>,
    pub result: Result<Value, ActionError>,
    pub lines: Vec<BenchLine>,
    pub lines_left_out: u64,
    pub started_at: Timestamp,
    pub took: Duration,
    pub cost: Cost,
}

/// The step, with what was worked out before its action runs.
struct Prepared {
    condition: Option<bool>,
    item: Option<TriedItem>,
    input: Value,
}

impl TrialService {
    /// Runs the step once and tells what came of it. An action that fails is an answer; what
    /// cannot be tried at all is an error.
    pub async fn test_step(&self, who: &Principal, wanted: TestStep) -> Result<Tried, TrialError> {
        who.require(Permission::WorkflowRun)?;
        let owner = who.owner();
        let (definition, step) = self.step_of(owner, &wanted).await?;
        self.check_alone(&step.uses)?;
        let _seat = self.seats.take(owner).ok_or(TrialError::Busy(MOST))?;
        // The unit goes back: a trial needs room in the plan, and takes none.
        let _unit = self.ports.executions.reserve(owner, 1).await?;
        let id = self.ports.ambient.id();
        let mut scope = self.scope(owner, id, &definition, &wanted).await?;
        let started_at = self.ports.ambient.now();
        let prepared = match self.prepare(&step, wanted.item, &mut scope) {
            Ok(prepared) => prepared,
            Err(error) => return Ok(refused(error, started_at)),
        };
        let run = self.bench_run(owner, id, step, &prepared, scope);
        let BenchEnd { result, lines, lines_left_out, cost } = self.ports.bench.run(run).await;
        let took = self.ports.ambient.now().since(started_at);
        let Prepared { condition, item, input } = prepared;
        let input = Some(input);
        Ok(Tried { condition, item, input, result, lines, lines_left_out, started_at, took, cost })
    }

    async fn step_of(
        &self,
        owner: Owner,
        wanted: &TestStep,
    ) -> Result<(Definition, Step), TrialError> {
        let definitions = &self.ports.definitions;
        let draft = match &wanted.subject {
            Subject::Draft(draft) => draft.clone(),
            Subject::Saved(id) => {
                let newest = definitions.newest(owner, *id).await?;
                let (_, definition) = newest.ok_or(DefinitionsError::NotFound)?;
                Draft::Model(definition.model.clone())
            }
        };
        let found = definitions.read_step(draft, wanted.step.clone()).await?;
        found.ok_or_else(|| TrialError::NoStep(wanted.step.clone()))
    }

    /// Whether the kind of step means anything without an execution around it.
    fn check_alone(&self, uses: &str) -> Result<(), TrialError> {
        let refuse = |why| Err(TrialError::NotAlone { uses: uses.to_owned(), why });
        match uses {
            WAIT_FOR | WAIT_UNTIL | WAIT_SIGNAL => refuse(Text::new(
                "等待步骤只在执行中有意义，不能单独试运行",
                "A wait means something within an execution alone, so it cannot be tried by itself",
            )),
            WORKFLOW_RUN => refuse(Text::new(
                "该步骤会启动另一个执行并等待其结束，请直接运行那个工作流",
                "This step starts another execution and waits for it; run that workflow instead",
            )),
            _ if self.ports.actions.get(uses).is_some_and(|action| action.needs_journal()) => {
                refuse(Text::new(
                    "该步骤边运行边记录进度，需要在执行中运行",
                    "This step writes down how far it is while it runs, which needs an execution",
                ))
            }
            _ => Ok(()),
        }
    }

    fn prepare(&self, step: &Step, item: u32, scope: &mut Scope) -> Result<Prepared, ActionError> {
        let condition = condition(step, scope)?;
        let item = choose_item(step, item, scope)?;
        let input = evaluate(&step.with, scope).map_err(|error| failed("with", &error))?;
        // Of a masked input the action itself says what does not fit.
        if step.secrets.is_empty() {
            self.ports.definitions.catalog().check_input(&step.uses, &input)?;
        }
        Ok(Prepared { condition, item, input })
    }

    fn bench_run(
        &self,
        owner: Owner,
        id: Id<Execution>,
        step: Step,
        prepared: &Prepared,
        scope: Scope,
    ) -> BenchRun {
        let limit = self.ports.limit;
        let hidden = (!step.secrets.is_empty()).then_some(step.secrets);
        BenchRun {
            owner,
            id,
            step: step.id.to_string(),
            item: prepared.item.map(|item| item.index),
            uses: step.uses,
            input: prepared.input.clone(),
            hidden: hidden.map(|secrets| Hidden { template: step.with, scope, secrets }),
            timeout: step.timeout.map_or(limit, |timeout| timeout.min(limit)),
        }
    }
}

/// It never came to its action.
fn refused(error: ActionError, started_at: Timestamp) -> Tried {
    Tried {
        condition: None,
        item: None,
        input: None,
        result: Err(error),
        lines: Vec::new(),
        lines_left_out: 0,
        started_at,
        took: Duration::ZERO,
        cost: Cost::default(),
    }
}
