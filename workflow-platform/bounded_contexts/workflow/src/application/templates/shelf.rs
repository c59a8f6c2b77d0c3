//! All templates of this process, read once.

use std::collections::BTreeSet;

use serde_json::Value;
use shared_kernel::application::Template;
use tracing::error;

use crate::domain::definition::{Catalog, Definition, parse_source};

/// A template as it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Workpiece {
    /// Names it in addresses.
    pub name: &'static str,
    pub description: Option<String>,
    /// JSON Schema of what a run is given.
    pub params: Value,
    /// Actions that it uses, each once.
    pub actions: Vec<String>,
    /// YAML.
    pub source: &'static str,
    /// The same as a model.
    pub model: Value,
}

/// Templates in the order in which they were handed in.
#[derive(Debug, Clone, Default)]
pub struct TemplateShelf {
    pub(super) pieces: Vec<Workpiece>,
}

impl TemplateShelf {
    /// A template that is no workflow of this platform is left out, and told of in the log.
    pub fn new(templates: &[Template], catalog: &Catalog) -> Self {
        let piece = |template: &Template| match parse_source(template.source, catalog) {
            Ok(definition) => Some(workpiece(template, &definition)),
            Err(problems) => {
                let name = template.name;
                error!(?problems, "template {name} is no workflow");
                None
            }
        };
        Self { pieces: templates.iter().filter_map(piece).collect() }
    }
}

fn workpiece(template: &Template, definition: &Definition) -> Workpiece {
    let lists = [&definition.steps, &definition.on_failure, &definition.finally];
    let actions: BTreeSet<String> =
        lists.into_iter().flatten().map(|step| step.uses.clone()).collect();
    Workpiece {
        name: template.name,
        description: definition.description.clone(),
        params: definition.params.schema().clone(),
        actions: actions.into_iter().collect(),
        source: template.source,
        model: definition.model.clone(),
    }
}
