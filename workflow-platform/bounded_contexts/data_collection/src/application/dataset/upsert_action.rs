//! `dataset.upsert`.

use std::sync::Arc;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Value, json};
use shared_kernel::{
    application::{Action, ActionContext, ActionDescriptor, ActionError},
    domain::Fault as _,
};

use super::{super::input_of, DatasetsError, DatasetsModule, Upsert};
use crate::domain::dataset::{Batch, DatasetName};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    dataset: String,
    key: KeyFields,
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
                          or none. Of several records with one key the last counts."
                    .to_owned(),
            input_schema: json!({
                "type": "object",
                "additionalProperties": false,
                "required": ["dataset", "key", "records"],
                "properties": {
                    "dataset": { "type": "string", "minLength": 1, "maxLength": 100 },
                    "key": {
                        "description": "Field, or fields, that tell records apart.",
                        "oneOf": [
                            { "type": "string" },
                            { "type": "array", "minItems": 1, "maxItems": 10, "items": { "type": "string" } },
                        ],
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
        let key = match input.key {
            KeyFields::One(name) => vec![name],
            KeyFields::Several(names) => names,
        };
        let batch = Batch::new(&key, input.records).map_err(|error| failure(&error.into()))?;
        let wanted = Upsert {
            owner: ctx.owner,
            dataset,
            batch,
            idempotency_key: ctx.idempotency_key.clone(),
            execution: Some(ctx.execution),
        };
        let upserted = self.module.upsert(&wanted).await.map_err(|error| failure(&error))?;
        Ok(json!(upserted))
    }
}

/// A database that is away may be back at the next attempt.
pub(in crate::application) fn failure(error: &DatasetsError) -> ActionError {
    match error {
        DatasetsError::Batch(fault) => {
            ActionError::invalid_input(&fault.path, fault.message.clone())
        }
        DatasetsError::Store(_) => {
            ActionError::retryable(error.code(), "the dataset could not be written")
        }
        other => ActionError::from_fault(other),
    }
}
