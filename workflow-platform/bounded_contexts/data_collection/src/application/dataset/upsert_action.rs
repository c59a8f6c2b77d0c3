//! `dataset.upsert`.

use std::sync::Arc;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Value, json};
use shared_kernel::{
    application::{Action, ActionContext, ActionDescriptor, ActionError},
    domain::Fault as _,
};

use super::{super::input_of, Author, Cause, DatasetsError, DatasetsModule, Mode, Write};
use crate::domain::dataset::DatasetName;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    dataset: String,
    key: Option<KeyFields>,
    #[serde(default)]
    mode: Mode,
    records: Vec<Value>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum KeyFields {
    One(String),
    Several(Vec<String>),
}

/// The action.
#[derive(Clone)]
pub struct DatasetUpsert {
    module: Arc<DatasetsModule>,
}

impl DatasetUpsert {
    pub fn new(module: Arc<DatasetsModule>) -> Self {
        Self { module }
    }
}

#[async_trait]
impl Action for DatasetUpsert {
    fn describe(&self) -> ActionDescriptor {
        ActionDescriptor {
            name: "dataset.upsert".to_owned(),
            title: "Save to dataset".to_owned(),
            description:
                "Adds new records, rewrites changed ones and leaves the others alone, all \
                          or none. Of several records with one key the last counts. A batch that \
                          breaks the dataset's contract is held back, and the output says so."
                    .to_owned(),
            input_schema: json!({
                "type": "object",
                "additionalProperties": false,
                "required": ["dataset", "records"],
                "properties": {
                    "dataset": { "type": "string", "minLength": 1, "maxLength": 100 },
                    "key": {
                        "description": "Field, or fields, that tell records apart; those of the dataset when left out.",
                        "oneOf": [
                            { "type": "string" },
                            { "type": "array", "minItems": 1, "maxItems": 10, "items": { "type": "string" } },
                        ],
                    },
                    "mode": {
                        "description": "insert: all records are new, or the step fails. append: records have no key and are all added.",
                        "enum": ["upsert", "insert", "append"],
                        "default": "upsert",
                    },
                    "records": { "type": "array", "items": { "type": "object" } },
                },
            }),
            output_schema: json!({
                "type": "object",
                "properties": {
                    "dataset": { "type": "string" },
                    "added": { "type": "integer" },
                    "changed": { "type": "array", "items": { "type": "string" }, "description": "Keys of changed records; the first thousand." },
                    "changed_count": { "type": "integer" },
                    "unchanged": { "type": "integer" },
                    "total": { "type": "integer" },
                    "version": { "type": "integer" },
                    "held": { "type": "boolean", "description": "The batch breaks the contract and waits to be looked at; nothing was published." },
                    "batch_id": { "type": "string", "description": "Of the held batch." },
                    "breaches": { "type": "array", "items": { "type": "object" } },
                },
            }),
        }
    }

    async fn run(&self, ctx: &ActionContext, input: Value) -> Result<Value, ActionError> {
        let input: Input = input_of(input)?;
        let dataset: DatasetName = input
            .dataset
            .parse()
            .map_err(|error| ActionError::invalid_input("dataset", format!("{error}")))?;
        let key = input.key.map(|key| match key {
            KeyFields::One(name) => vec![name],
            KeyFields::Several(names) => names,
        });
        let wanted = Write {
            owner: ctx.owner,
            dataset,
            key,
            records: input.records,
            mode: input.mode,
            idempotency_key: ctx.idempotency_key.clone(),
            author: Author { user: None, execution: Some(ctx.execution) },
            cause: Cause::Batch,
        };
        let written = self.module.write(wanted).await.map_err(|error| failure(&error))?;
        Ok(json!(written))
    }
}

/// A database that is away may be back at the next attempt.
pub(in crate::application) fn failure(error: &DatasetsError) -> ActionError {
    match error {
        DatasetsError::Input { path, message } => ActionError::invalid_input(path, message.clone()),
        DatasetsError::Store(_) => {
            ActionError::retryable(error.code(), "the dataset could not be read or written")
        }
        DatasetsError::IndexBuilding(_) => ActionError::retryable(error.code(), error.to_string()),
        other => ActionError::from_fault(other),
    }
}
