//! All templates of this process, read once.

use std::collections::BTreeSet;

use serde_json::Value;
use shared_kernel::{application::Template, domain::Locale};
use tracing::error;

use crate::domain::definition::{Catalog, Definition, parse_source};

/// A template as it was read, in one language.
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
    pub source: String,
    /// The same as a model.
    pub model: Value,
}

/// Templates in the order in which they were handed in, by language.
#[derive(Debug, Clone, Default)]
pub struct TemplateShelf {
    english: Vec<Workpiece>,
    chinese: Vec<Workpiece>,
}

impl TemplateShelf {
    /// A template that is no workflow of this platform is left out, and told of in the log.
    pub fn new(templates: &[Template], catalog: &Catalog) -> Self {
        let pieces = |locale| {
            templates.iter().filter_map(|template| workpiece(template, locale, catalog)).collect()
        };
        Self { english: pieces(Locale::En), chinese: pieces(Locale::ZhCn) }
    }

    pub(super) fn pieces(&self, locale: Locale) -> &[Workpiece] {
        match locale {
            Locale::En => &self.english,
            Locale::ZhCn => &self.chinese,
        }
    }
}

fn workpiece(template: &Template, locale: Locale, catalog: &Catalog) -> Option<Workpiece> {
    let name = template.name;
    let source = template
        .source_in(locale)
        .inspect_err(|problem| error!(%problem, "texts of template {name} cannot be read"))
        .ok()?;
    let definition = parse_source(&source, catalog)
        .inspect_err(|problems| error!(?problems, "template {name} is no workflow"))
        .ok()?;
    Some(Workpiece {
        name,
        description: definition.description.clone(),
        params: definition.params.schema().clone(),
        actions: actions_of(&definition),
        source,
        model: definition.model.clone(),
    })
}

fn actions_of(definition: &Definition) -> Vec<String> {
    let lists = [&definition.steps, &definition.on_failure, &definition.finally];
    let used: BTreeSet<String> =
        lists.into_iter().flatten().map(|step| step.uses.clone()).collect();
    used.into_iter().collect()
}
