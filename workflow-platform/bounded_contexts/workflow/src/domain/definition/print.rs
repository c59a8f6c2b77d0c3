//! A model as YAML text, for people to go on editing.

use serde_json::{Map, Value};

/// Block style with two spaces; reading it gives the same model.
pub fn to_yaml(model: &Value) -> String {
    let mut text = String::new();
    match model {
        Value::Object(fields) if !fields.is_empty() => map(fields, 0, &mut text),
        Value::Array(items) if !items.is_empty() => list(items, 0, &mut text),
        other => {
            scalar(other, 0, &mut text);
            text.push('\n');
        }
    }
    text
}

fn indent(depth: usize, text: &mut String) {
    text.extend(std::iter::repeat_n("  ", depth));
}

fn map(fields: &Map<String, Value>, depth: usize, text: &mut String) {
    for (at, (key, value)) in fields.iter().enumerate() {
        // The first entry of a map in a list stands behind the dash.
        if at > 0 || text.is_empty() || text.ends_with('\n') {
            indent(depth, text);
        }
        plain_or_quoted(key, text);
        text.push(':');
        below(value, depth, text);
    }
}

fn list(items: &[Value], depth: usize, text: &mut String) {
    for (at, item) in items.iter().enumerate() {
        if at > 0 || text.is_empty() || text.ends_with('\n') {
            indent(depth, text);
        }
        text.push('-');
        match item {
            Value::Object(fields) if !fields.is_empty() => {
                text.push(' ');
                map(fields, depth + 1, text);
            }
            Value::Array(items) if !items.is_empty() => {
                text.push(' ');
                list(items, depth + 1, text);
            }
            other => below(other, depth, text),
        }
    }
}

/// A value behind `key:` or `-`.
fn below(value: &Value, depth: usize, text: &mut String) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            text.push('\n');
            map(fields, depth + 1, text);
        }
        Value::Array(items) if !items.is_empty() => {
            text.push('\n');
            list(items, depth + 1, text);
        }
        other => {
            text.push(' ');
            scalar(other, depth, text);
            text.push('\n');
        }
    }
}

fn scalar(value: &Value, depth: usize, text: &mut String) {
    match value {
        Value::String(value) if fits_block(value) => block(value, depth + 1, text),
        Value::String(value) => plain_or_quoted(value, text),
        other => text.push_str(&other.to_string()),
    }
}

/// Scripts and long texts read best as they are; what YAML would fold or trim is quoted.
fn fits_block(value: &str) -> bool {
    let body = value.strip_suffix('\n').unwrap_or(value);
    let is_plain = |letter: char| letter == '\n' || is_printable(letter);
    body.contains('\n')
        && !body.starts_with([' ', '\n'])
        && !body.ends_with('\n')
        && body.chars().all(is_plain)
        && body.lines().all(|line| {
            line.trim() == line.trim_start() && line.trim().is_empty() == line.is_empty()
        })
}

fn block(value: &str, depth: usize, text: &mut String) {
    text.push_str(if value.ends_with('\n') { "|" } else { "|-" });
    for line in value.lines() {
        text.push('\n');
        if !line.is_empty() {
            indent(depth, text);
            text.push_str(line);
        }
    }
}

fn is_printable(letter: char) -> bool {
    !letter.is_control() && !matches!(letter, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{85}')
}

fn plain_or_quoted(value: &str, text: &mut String) {
    if is_plain(value) {
        text.push_str(value);
    } else {
        quoted(value, text);
    }
}

/// Whether the text reads as itself without quotes. Stricter than YAML: in doubt it is quoted.
fn is_plain(value: &str) -> bool {
    let is_word = |letter: char| letter.is_alphanumeric() || "_./-+ ".contains(letter);
    let begins = value.starts_with(|letter: char| letter.is_alphabetic() || letter == '_');
    let means_more = ["true", "false", "null", "yes", "no", "on", "off"];
    begins
        && value.chars().all(is_word)
        && value.trim() == value
        && !means_more.contains(&value.to_ascii_lowercase().as_str())
}

/// JSON's escapes are YAML's; a few letters more must not stand as they are.
fn quoted(value: &str, text: &mut String) {
    text.push('"');
    for letter in value.chars() {
        match letter {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\t' => text.push_str("\\t"),
            letter if is_printable(letter) => text.push(letter),
            letter => text.push_str(&format!("\\u{:04x}", u32::from(letter))),
        }
    }
    text.push('"');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::domain::definition::Document;

    #[test]
    fn it_reads_as_people_write_it() {
        let model = json!({
            "name": "a b",
            "params": {},
            "steps": [
                { "id": "one", "with": { "code": "let a = 1;\n\n  return a;\n", "n": [1, [2.5, true]] } },
                { "id": "two", "needs": [], "if": "${{ true }}" },
            ],
        });
        let expected = "\
name: a b
params: {}
steps:
  - id: one
    with:
      code: |
        let a = 1;

          return a;
      n:
        - 1
        - - 2.5
          - true
  - id: two
    needs: []
    if: \"${{ true }}\"
";
        assert_eq!(to_yaml(&model), expected);
    }

    fn value() -> impl Strategy<Value = Value> {
        let text = prop_oneof![
            "(?s).{0,12}",
            "[a-z :#\\-'\"\n\t|>&*!%@`{}\\[\\],?]{0,12}",
            "([ \t]{0,2}[a-z]{0,3}[ \t]?\n){0,4}",
            Just("~".to_owned()),
            Just("0x1F".to_owned()),
        ];
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            (-1e300..1e300).prop_map(|number: f64| json!(number)),
            text.clone().prop_map(Value::from),
        ];
        leaf.prop_recursive(5, 40, 6, move |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                proptest::collection::vec((text.clone(), inner), 0..6)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_value_reads_as_itself(value in value()) {
            let text = to_yaml(&value);
            let read = Document::of_text(&text).map(|document| document.to_json());
            prop_assert_eq!(read, Ok(value), "{}", text);
        }
    }
}
