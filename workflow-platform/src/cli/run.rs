//! `run FILE`: a definition here and now, on an engine of its own.

use std::{path::Path, process::ExitCode};

use anyhow::{Context as _, bail};
use futures::StreamExt as _;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Map, Value, json};
use shared_kernel::{
    domain::{Execution, Id, Owner},
    infrastructure::{
        system,
        telemetry::{self, LogForm, LogSettings, LogStream},
    },
};
use tokio_util::sync::CancellationToken;
use workflow::{
    DefinitionsError, StartExecution, Update, WorkflowModule,
    domain::execution::{JournalEvent, Status},
};

use super::document::{print_problems, read};
use crate::container::Platform;

/// Records of a dataset that are printed.
const ROWS: usize = 5;

/// Runs the definition to its end and prints its outputs and datasets as JSON.
pub async fn run(file: &Path, params: &[String]) -> anyhow::Result<ExitCode> {
    let _logs = telemetry::start(&LogSettings {
        form: LogForm::Plain,
        filter: "warn".to_owned(),
        stream: LogStream::Error,
        files: None,
    })?;
    let text = read(file)?;
    let params = parameters(params)?;
    let scratch = Platform::scratch().await?;
    let workflow = &scratch.platform.workflow;
    let owner = Owner::new(system::ambient().id());
    let definition = match workflow.define(owner, text).await {
        Ok(row) => row,
        Err(DefinitionsError::Invalid(problems)) => {
            print_problems(file, &problems);
            return Ok(ExitCode::FAILURE);
        }
        Err(error) => return Err(error.into()),
    };
    let stop = CancellationToken::new();
    let (worker, token) = (workflow.clone(), stop.clone());
    let working = tokio::spawn(async move { worker.run_worker(token).await });
    let wanted =
        StartExecution { definition_id: definition.id, params, ..StartExecution::default() };
    let started = workflow.start(owner, wanted).await?;
    let status = follow(workflow, owner, started.id).await?;
    let result = result(&scratch.platform, owner, started.id).await?;
    stop.cancel();
    working.await?;
    println!("{result:#}");
    scratch.close().await?;
    Ok(if status == Status::Succeeded { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// `name=value` each; a value that is no JSON is a text.
fn parameters(given: &[String]) -> anyhow::Result<Value> {
    let mut params = Map::new();
    for text in given {
        let Some((name, value)) = text.split_once('=') else {
            bail!("--param {text:?} is not NAME=VALUE");
        };
        let value = serde_json::from_str(value).unwrap_or_else(|_| Value::String(value.to_owned()));
        params.insert(name.to_owned(), value);
    }
    Ok(Value::Object(params))
}

async fn follow(
    workflow: &WorkflowModule,
    owner: Owner,
    id: Id<Execution>,
) -> anyhow::Result<Status> {
    let bar = ProgressBar::new_spinner();
    bar.set_style(ProgressStyle::with_template("{spinner} [{elapsed}] {msg}")?);
    bar.enable_steady_tick(std::time::Duration::from_millis(120));
    let mut updates = workflow.watch(owner, id).await?;
    while let Some(update) = updates.next().await {
        match update {
            Update::End(status) => {
                bar.finish_and_clear();
                eprintln!("{} in {:.1} s", status.as_str(), bar.elapsed().as_secs_f64());
                return Ok(status);
            }
            Update::Progress(progress) => {
                let total = progress.total.map_or_else(String::new, |total| format!("/{total}"));
                bar.set_message(format!(
                    "{} {}{total} {}",
                    progress.step, progress.done, progress.message
                ));
            }
            Update::Event(event) => say(&bar, &event.event),
        }
    }
    bail!("the execution could not be followed to its end")
}

fn say(bar: &ProgressBar, event: &JournalEvent) {
    let item = |item: Option<u32>| item.map_or_else(String::new, |item| format!("[{item}]"));
    match event {
        JournalEvent::StepFailed(failed) => {
            let again = if failed.retry_at.is_some() { ", will be tried again" } else { "" };
            bar.suspend(|| {
                eprintln!("✗ {}{}: {}{again}", failed.step, item(failed.item), failed.error);
            });
        }
        JournalEvent::StepSucceeded(done) if done.item.is_none() => {
            bar.suspend(|| eprintln!("✓ {}", done.step));
        }
        JournalEvent::StepSkipped(skipped) => {
            bar.suspend(|| eprintln!("- {} skipped", skipped.step));
        }
        other => bar.set_message(other.step().unwrap_or("starting").to_owned()),
    }
}

async fn result(platform: &Platform, owner: Owner, id: Id<Execution>) -> anyhow::Result<Value> {
    let details = platform.workflow.show(owner, id).await?;
    let mut datasets = Map::new();
    for step in details.view.steps.iter().filter(|step| step.uses == "dataset.upsert") {
        let name = step.output.as_ref().and_then(|output| output["dataset"].as_str());
        let Some(name) = name else { continue };
        let records =
            platform.datasets.all_records(owner, name).await.context("reading the dataset")?;
        let first: Vec<_> = records.iter().take(ROWS).map(|record| &record.data).collect();
        datasets.insert(name.to_owned(), json!({ "records": records.len(), "first": first }));
    }
    Ok(json!({
        "status": details.view.status,
        "outputs": details.view.outputs,
        "error": details.view.error,
        "datasets": datasets,
    }))
}
