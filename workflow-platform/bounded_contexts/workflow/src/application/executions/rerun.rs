//! Runs a workflow again with the results that another execution recorded.

use std::collections::HashSet;

use serde_json::{Value, json};
use shared_kernel::{
    application::Principal,
    domain::{Execution, Id, Permission},
};

use super::{
    ExecutionRow, ExecutionService, ExecutionsError, Initiator, Runnable, StartExecution, Started,
    show::CHUNK,
};
use crate::domain::{
    definition::Definition,
    execution::{ExecutionView, JournalEvent, Status, StepStatus},
};

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub struct Rerun {
    /// The first step to run; what it does not wait for keeps its results. All steps unless given.
    pub from_step: Option<String>,
    /// Those of the execution unless given.
    pub params: Option<Value>,
    /// That of the execution unless given.
    pub version: Option<u32>,
}

impl ExecutionService {
    /// A new execution. It has the results of all steps but `from_step` and those that wait for
    /// it, as far as they settled.
    pub async fn rerun(
        &self,
        who: &Principal,
        id: Id<Execution>,
        wanted: Rerun,
        request_id: Option<String>,
    ) -> Result<Started, ExecutionsError> {
        who.require(Permission::WorkflowRun)?;
        let details = self.show_for(who.owner(), id).await?;
        let (row, view) = (details.row, details.view);
        let runnable = self.version_to_run(&row, wanted.version).await?;
        let kept = match &wanted.from_step {
            Some(step) => kept(&runnable.definition, step, &view)?,
            None => HashSet::new(),
        };
        let start = StartExecution {
            id: None,
            definition_id: row.definition_id,
            params: wanted.params.unwrap_or(view.params),
            labels: row.labels.clone(),
            priority: Some(row.priority),
            request_id,
        };
        let initiator = Initiator {
            trigger: json!({ "kind": "rerun", "execution_id": id, "from_step": wanted.from_step }),
            concurrency: None,
            depth: 0,
        };
        let new = self.plan(row.owner, &runnable, start, initiator)?;
        let results = self.results(id, &kept).await?;
        let unit = self.reserve(row.owner, 1).await?;
        let mut work = self.ports.database.begin().await?;
        self.insert(&mut work, &new).await?;
        self.ports.store.hand_down(&mut work, &new, &results).await?;
        work.commit().await?;
        unit.keep();
        self.announce(new.id).await;
        Ok(Started { id: new.id, status: Status::Pending })
    }

    /// A deleted workflow is not run again.
    async fn version_to_run(
        &self,
        row: &ExecutionRow,
        version: Option<u32>,
    ) -> Result<Runnable, ExecutionsError> {
        let source = &self.ports.definitions;
        let newest = source.newest(row.owner, row.definition_id).await?;
        let newest = newest.ok_or(ExecutionsError::NoDefinition)?;
        let version = version.unwrap_or(row.version);
        let found = source.version(row.definition_id, version).await?;
        let definition =
            found.ok_or_else(|| ExecutionsError::field("version", "there is no such version"))?;
        let vars = source.vars(row.owner, &definition).await?;
        Ok(Runnable { version, definition, vars, ..newest })
    }

    async fn results(
        &self,
        id: Id<Execution>,
        kept: &HashSet<String>,
    ) -> Result<Vec<JournalEvent>, ExecutionsError> {
        let (mut results, mut after) = (Vec::new(), 0);
        while !kept.is_empty() {
            let events = self.ports.store.visible_events(id, after, CHUNK).await?;
            let Some(last) = events.last() else { break };
            after = last.seq;
            let wanted = events.into_iter().map(|stored| stored.event).filter(|event| {
                is_result(event) && event.step().is_some_and(|step| kept.contains(step))
            });
            results.extend(wanted);
        }
        Ok(results)
    }
}

fn is_result(event: &JournalEvent) -> bool {
    match event {
        JournalEvent::StepExpanded(_)
        | JournalEvent::StepSkipped(_)
        | JournalEvent::StepSucceeded(_) => true,
        JournalEvent::StepFailed(failed) => failed.retry_at.is_none(),
        _ => false,
    }
}

/// Steps whose results stay: those that neither are `from` nor wait for it, and that settled.
fn kept(
    definition: &Definition,
    from: &str,
    view: &ExecutionView,
) -> Result<HashSet<String>, ExecutionsError> {
    if !definition.steps.iter().any(|step| step.id.as_str() == from) {
        return Err(ExecutionsError::field("from_step", "there is no such step"));
    }
    let mut anew = HashSet::from([from]);
    loop {
        let before = anew.len();
        for step in &definition.steps {
            if step.needs.iter().any(|need| anew.contains(need.as_str())) {
                anew.insert(step.id.as_str());
            }
        }
        if anew.len() == before {
            break;
        }
    }
    let settled = |id: &str| {
        let step = view.steps.iter().find(|step| step.id == id);
        step.is_some_and(|step| match step.status {
            StepStatus::Succeeded | StepStatus::Skipped => !step.is_left(),
            StepStatus::Failed => step.is_forgiven() && !step.is_left(),
            _ => false,
        })
    };
    let ids = definition.steps.iter().map(|step| step.id.as_str());
    Ok(ids.filter(|id| !anew.contains(id) && settled(id)).map(str::to_owned).collect())
}
