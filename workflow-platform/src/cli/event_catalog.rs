//! The catalogue of events as documents: a page for people, and `AsyncAPI` for programs.

use std::{fmt::Write as _, path::Path};

use anyhow::Context as _;
use clap::ValueEnum;
use serde_json::{Map, Value, json};
use shared_kernel::domain::{EventCatalog, EventField, EventType, FieldForm};

use crate::container::event_catalog;

/// What the catalogue is written as.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum CatalogForm {
    /// A page for people.
    Markdown,
    /// `AsyncAPI` 3.0 as JSON: the kinds that people may listen to.
    Asyncapi,
}

/// Prints the catalogue, or writes it to `output`.
pub fn print(form: CatalogForm, output: Option<&Path>) -> anyhow::Result<()> {
    let text = document(form)?;
    match output {
        Some(path) => {
            std::fs::write(path, text).with_context(|| format!("writing {}", path.display()))?;
        }
        None => print!("{text}"),
    }
    Ok(())
}

/// The catalogue in a form, with a line break at its end.
pub fn document(form: CatalogForm) -> anyhow::Result<String> {
    let catalog = event_catalog();
    Ok(match form {
        CatalogForm::Markdown => markdown(&catalog),
        CatalogForm::Asyncapi => {
            serde_json::to_string_pretty(&asyncapi(&catalog, env!("CARGO_PKG_VERSION")))? + "\n"
        }
    })
}

/// A table for each family of kinds.
fn markdown(catalog: &EventCatalog) -> String {
    let mut page = String::from(
        "# Catalogue of events\n\n\
         Written by `make openapi` from the descriptions in the code; \
         [how events are used](../events.md) is told elsewhere. Fields marked `?` may be null or \
         absent. Workflows, automations and webhooks can listen to the kinds marked *public*; the \
         others are for the platform itself.\n",
    );
    let mut family = "";
    for one in catalog.types() {
        let its = one.kind.split('.').next().unwrap_or_default();
        if its != family {
            family = its;
            let _ = write!(page, "\n## {family}\n");
        }
        page.push_str(&section(one));
    }
    page
}

fn section(one: &EventType) -> String {
    let public = if one.is_public() { " · *public*" } else { "" };
    let (_, title) = one.title;
    let mut text = format!(
        "\n### `{}`\n\n{title}. Of `{}` · version {}{public}\n",
        one.kind,
        one.aggregate,
        one.version()
    );
    if one.fields.is_empty() {
        text.push_str("\nNo fields.\n");
        return text;
    }
    text.push_str("\n| Field | Form | Meaning |\n|---|---|---|\n");
    for EventField { name, form, is_optional, meaning } in one.fields {
        let mark = if *is_optional { "?" } else { "" };
        let _ = writeln!(text, "| `{name}`{mark} | {} | {meaning} |", form_name(*form));
    }
    text
}

fn form_name(form: FieldForm) -> String {
    match form {
        FieldForm::Text => "text".to_owned(),
        FieldForm::Number => "whole number".to_owned(),
        FieldForm::Decimal => "number".to_owned(),
        FieldForm::Flag => "true or false".to_owned(),
        FieldForm::Time => "time".to_owned(),
        FieldForm::Id => "UUID".to_owned(),
        FieldForm::Object => "object".to_owned(),
        FieldForm::List => "list".to_owned(),
        FieldForm::OneOf(words) => {
            words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
        }
    }
}

/// An `AsyncAPI` 3.0 document of the public kinds: what triggers, automations and webhooks are given.
fn asyncapi(catalog: &EventCatalog, version: &str) -> Value {
    let public: Vec<&EventType> = catalog.types().filter(|one| one.is_public()).collect();
    let message = |one: &&EventType| (one.kind.to_owned(), self::message(one));
    let reference = |one: &&EventType| {
        (one.kind.to_owned(), json!({ "$ref": format!("#/components/messages/{}", one.kind) }))
    };
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "Workflow Platform events",
            "version": version,
            "description": "Events as `trigger.event` of workflows and automations has them.",
            "license": { "name": "Apache-2.0" },
        },
        "defaultContentType": "application/json",
        "channels": {
            "events": {
                "description": "Delivered at least once, in order for each aggregate; `id` tells \
                    repeated ones.",
                "messages": public.iter().map(reference).collect::<Map<_, _>>(),
            },
        },
        "operations": {
            "tell": { "action": "send", "channel": { "$ref": "#/channels/events" } },
        },
        "components": { "messages": public.iter().map(message).collect::<Map<_, _>>() },
    })
}

fn message(one: &EventType) -> Value {
    let (_, title) = one.title;
    let payload = object(one.fields.iter().map(|field| {
        let mut schema = schema(field.form);
        if field.is_optional {
            schema = json!({ "oneOf": [schema, { "type": "null" }] });
        }
        schema["description"] = field.meaning.into();
        (field.name, schema, !field.is_optional)
    }));
    let event = object([
        ("id", schema(FieldForm::Id), true),
        ("kind", json!({ "const": one.kind }), true),
        ("at", schema(FieldForm::Time), true),
        ("payload", payload, true),
    ]);
    json!({ "name": one.kind, "title": title, "payload": event })
}

fn object(fields: impl IntoIterator<Item = (&'static str, Value, bool)>) -> Value {
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for (name, schema, is_required) in fields {
        properties.insert(name.to_owned(), schema);
        if is_required {
            required.push(name);
        }
    }
    json!({ "type": "object", "properties": properties, "required": required })
}

fn schema(form: FieldForm) -> Value {
    match form {
        FieldForm::Text => json!({ "type": "string" }),
        FieldForm::Number => json!({ "type": "integer" }),
        FieldForm::Decimal => json!({ "type": "number" }),
        FieldForm::Flag => json!({ "type": "boolean" }),
        FieldForm::Time => json!({ "type": "string", "format": "date-time" }),
        FieldForm::Id => json!({ "type": "string", "format": "uuid" }),
        FieldForm::Object => json!({ "type": "object" }),
        FieldForm::List => json!({ "type": "array" }),
        FieldForm::OneOf(words) => json!({ "type": "string", "enum": words }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/api");

    #[test]
    fn the_documents_are_those_of_the_code() {
        for (file, form) in
            [("events.md", CatalogForm::Markdown), ("asyncapi.json", CatalogForm::Asyncapi)]
        {
            let kept = std::fs::read_to_string(format!("{DOCS}/{file}")).unwrap_or_default();
            assert!(
                kept == document(form).unwrap(),
                "docs/api/{file} is stale: run `make openapi`"
            );
        }
    }
}
