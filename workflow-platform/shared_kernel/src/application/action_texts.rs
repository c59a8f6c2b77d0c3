//! What actions say of themselves, in another language than that of their code.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::ActionDescriptor;

/// Values within a schema that are data: what stands in them is not told to anybody.
const DATA: [&str; 5] = ["const", "default", "enum", "example", "examples"];

/// Texts of actions in one language. Each context keeps a file of its own beside its actions.
///
/// Texts are found by what they are in the code, so that one that was changed there has none until
/// somebody looks at it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActionTexts {
    /// From a title or description in English to the same in this language.
    texts: BTreeMap<String, String>,
    /// What the inputs are called: by `input`, or by `action.input` where one word is not enough.
    inputs: BTreeMap<String, String>,
}

impl ActionTexts {
    /// Of several files, the last that knows a text says it.
    pub fn read<'a>(files: impl IntoIterator<Item = &'a str>) -> Result<Self, serde_json::Error> {
        let mut all = Self::default();
        for file in files {
            let Self { texts, inputs } = serde_json::from_str(file)?;
            all.texts.extend(texts);
            all.inputs.extend(inputs);
        }
        Ok(all)
    }

    /// The action in this language; what has no text stays as it is.
    pub fn tell(&self, action: &ActionDescriptor) -> ActionDescriptor {
        let mut told = action.clone();
        for text in texts_of(&mut told) {
            if let Some(said) = self.texts.get(text.as_str()) {
                said.clone_into(text);
            }
        }
        for (input, schema) in inputs_of(&mut told.input_schema) {
            if let (Some(title), Value::Object(schema)) = (self.title(&action.name, input), schema)
            {
                schema.insert("title".to_owned(), title.into());
            }
        }
        told
    }

    /// Texts and inputs of an action that have nothing in this language.
    pub fn missing(&self, action: &ActionDescriptor) -> Vec<String> {
        let mut action = action.clone();
        let texts = texts_of(&mut action)
            .into_iter()
            .filter(|text| !self.texts.contains_key(text.as_str()))
            .map(|text| text.clone())
            .collect::<Vec<_>>();
        let name = action.name.clone();
        let inputs = inputs_of(&mut action.input_schema)
            .filter(|(input, _)| self.title(&name, input).is_none())
            .map(|(input, _)| format!("{name}.{input}"));
        texts.into_iter().chain(inputs).collect()
    }

    /// All texts in the code's language that have one here.
    pub fn known(&self) -> impl Iterator<Item = &str> {
        self.texts.keys().map(String::as_str)
    }

    fn title(&self, action: &str, input: &str) -> Option<&str> {
        let own = self.inputs.get(&format!("{action}.{input}"));
        own.or_else(|| self.inputs.get(input)).map(String::as_str)
    }
}

fn texts_of(action: &mut ActionDescriptor) -> Vec<&mut String> {
    let mut found = vec![&mut action.title, &mut action.description];
    collect(&mut action.input_schema, &mut found);
    collect(&mut action.output_schema, &mut found);
    found
}

fn collect<'a>(schema: &'a mut Value, found: &mut Vec<&'a mut String>) {
    match schema {
        Value::Object(fields) => {
            for (key, value) in fields {
                let tells = key == "title" || key == "description";
                if DATA.contains(&key.as_str()) {
                    continue;
                }
                match value {
                    Value::String(text) => {
                        if tells {
                            found.push(text);
                        }
                    }
                    value => collect(value, found),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| collect(item, found)),
        _ => {}
    }
}

fn inputs_of(schema: &mut Value) -> impl Iterator<Item = (&String, &mut Value)> {
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    properties.into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fetch() -> ActionDescriptor {
        ActionDescriptor {
            name: "page.fetch".to_owned(),
            title: "Fetch".to_owned(),
            description: "Fetches a page.".to_owned(),
            input_schema: json!({
                "properties": {
                    "title": { "description": "Its title.", "default": { "title": "Fetch" } },
                    "url": {}
                }
            }),
            output_schema: json!({ "oneOf": [{ "description": "Fetches a page." }] }),
        }
    }

    #[test]
    fn everything_that_is_told_is_told_in_the_language() {
        let file = r#"{
            "texts": { "Fetch": "获取", "Fetches a page.": "获取一个页面。", "Its title.": "标题。" },
            "inputs": { "title": "标题", "url": "地址", "page.fetch.url": "页面地址" }
        }"#;
        let texts = ActionTexts::read([file]).unwrap();
        let told = texts.tell(&fetch());
        assert_eq!((told.title.as_str(), told.description.as_str()), ("获取", "获取一个页面。"));
        assert_eq!(
            told.input_schema["properties"],
            json!({
                "title": { "title": "标题", "description": "标题。", "default": { "title": "Fetch" } },
                "url": { "title": "页面地址" }
            })
        );
        assert_eq!(told.output_schema["oneOf"][0]["description"], json!("获取一个页面。"));
        assert_eq!(texts.missing(&fetch()), Vec::<String>::new());
    }

    #[test]
    fn what_has_no_text_is_named_and_stays() {
        let texts = ActionTexts::default();
        let told = texts.tell(&fetch());
        assert_eq!(told.title, "Fetch");
        let missing = texts.missing(&fetch());
        for text in ["Fetch", "Its title.", "page.fetch.title", "page.fetch.url"] {
            assert!(missing.contains(&text.to_owned()), "{text}");
        }
    }
}
