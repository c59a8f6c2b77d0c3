//! Takes secrets out of what somebody may read.

use serde_json::Value;
use shared_kernel::application::ActionError;

use crate::domain::expression::MASK;

/// What is shorter is not looked for: it would be found by chance all over.
const SHORTEST: usize = 4;

/// The texts that must not be seen, the longest first.
#[derive(Default)]
pub struct Mask(Vec<String>);

impl Mask {
    /// Hides these values, also within JSON texts and addresses, and whatever an input has in the
    /// places where `shown` has a mask: what was made of a secret is as good as the secret.
    pub fn new<'a>(values: impl Iterator<Item = &'a str>, shown: &Value, input: &Value) -> Self {
        let mut texts: Vec<String> = values.flat_map(forms).collect();
        made_of_secrets(shown, input, &mut texts);
        texts.retain(|text| text.len() >= SHORTEST && text != MASK);
        texts.sort_by(|one, other| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
        texts.dedup();
        Self(texts)
    }

    pub fn text(&self, text: &str) -> String {
        let mut masked = text.to_owned();
        for secret in &self.0 {
            if masked.contains(secret) {
                masked = masked.replace(secret, MASK);
            }
        }
        masked
    }

    /// Every text and every key inside.
    pub fn value(&self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(&text)),
            Value::Array(items) => items.into_iter().map(|item| self.value(item)).collect(),
            Value::Object(fields) => fields
                .into_iter()
                .map(|(key, field)| (self.text(&key), self.value(field)))
                .collect(),
            other => other,
        }
    }

    pub fn error(&self, error: ActionError) -> ActionError {
        ActionError {
            message: self.text(&error.message),
            details: self.value(error.details),
            ..error
        }
    }
}

/// As it is, as it stands in a JSON text, and as it stands in an address.
fn forms(value: &str) -> [String; 3] {
    let json = Value::from(value).to_string();
    let json = json.trim_matches('"').to_owned();
    let address = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
    [value.to_owned(), json, address]
}

fn made_of_secrets(shown: &Value, input: &Value, texts: &mut Vec<String>) {
    match (shown, input) {
        (Value::String(shown), input) if shown.contains(MASK) => all_texts(input, texts),
        (Value::Array(shown), Value::Array(input)) => {
            for (shown, input) in shown.iter().zip(input) {
                made_of_secrets(shown, input, texts);
            }
        }
        (Value::Object(shown), Value::Object(input)) => {
            for (key, shown) in shown {
                made_of_secrets(shown, input.get(key).unwrap_or(&Value::Null), texts);
            }
        }
        _ => {}
    }
}

fn all_texts(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::String(text) => texts.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| all_texts(item, texts)),
        Value::Object(fields) => fields.values().for_each(|field| all_texts(field, texts)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn mask() -> Mask {
        let shown = json!({ "auth": "***", "plain": "***", "list": ["a", "x ***"], "map": "***" });
        let input = json!({
            "auth": "Basic aHVzaA==",
            "plain": "hush\"9",
            "list": ["a", "x hush\"9"],
            "map": { "inner": ["deep secret"] },
        });
        Mask::new(["hush\"9", "abc"].into_iter(), &shown, &input)
    }

    #[test]
    fn a_secret_and_what_was_made_of_it_are_hidden_in_all_forms() {
        let masked = mask().value(json!({
            "echo": "say hush\"9 and Basic aHVzaA==!",
            "json": "{\"key\":\"hush\\\"9\"}",
            "address": "/?q=hush%229",
            "hush\"9": 7,
            "deep": ["deep secret", true],
        }));
        let expected = json!({
            "echo": "say *** and ***!",
            "json": "{\"key\":\"***\"}",
            "address": "/?q=***",
            "***": 7,
            "deep": ["***", true],
        });
        assert_eq!(masked, expected);
    }

    #[test]
    fn short_values_and_plain_parts_are_left_alone() {
        assert_eq!(mask().text("abc a x"), "abc a x");
        assert_eq!(Mask::default().text("hush"), "hush");
    }

    #[test]
    fn an_error_is_masked_in_message_and_details() {
        let error = ActionError::permanent("X", "no hush\"9").with_details(json!(["hush\"9"]));
        let masked = mask().error(error);
        assert_eq!((masked.message.as_str(), masked.details), ("no ***", json!(["***"])));
    }
}
