//! `transform.template`: a text from a Jinja template.

use minijinja::{Environment, ErrorKind, UndefinedBehavior, value::Serde};
use serde_json::Value;
use shared_kernel::application::ActionError;

/// Steps of the template's machine; a loop over a hundred thousand rows takes about a million.
const FUEL: u64 = 5_000_000;
/// Largest text, bytes.
const LARGEST: usize = 16 * 1024 * 1024;

/// Writes the data into the template. What the data lacks is an error rather than empty.
pub fn render(template: &str, data: &Value) -> Result<String, ActionError> {
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    environment.set_recursion_limit(50);
    for (name, filter) in
        [("upper", upper as fn(String) -> String), ("lower", lower), ("trim", trim)]
    {
        environment.add_filter(name, filter);
    }
    environment.add_filter("join", minijinja::filters::join);
    environment.add_filter("length", minijinja::filters::length);
    environment.add_filter("default", minijinja::filters::default);
    let text = environment.render_str(template, Serde(data)).map_err(|error| failed(&error))?;
    if text.len() > LARGEST {
        return Err(ActionError::permanent("TOO_LARGE", "the text is larger than 16 MiB"));
    }
    Ok(text)
}

#[expect(clippy::needless_pass_by_value, reason = "the shape of a filter")]
fn upper(text: String) -> String {
    text.to_uppercase()
}

#[expect(clippy::needless_pass_by_value, reason = "the shape of a filter")]
fn lower(text: String) -> String {
    text.to_lowercase()
}

#[expect(clippy::needless_pass_by_value, reason = "the shape of a filter")]
fn trim(text: String) -> String {
    text.trim().to_owned()
}

fn failed(error: &minijinja::Error) -> ActionError {
    if error.kind() == ErrorKind::OutOfFuel {
        return ActionError::permanent("TOO_MUCH_WORK", "the template needs too much work");
    }
    let line = error.line().map(|line| format!("line {line}: ")).unwrap_or_default();
    let detail = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
    ActionError::invalid_input("template", format!("{line}{detail}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn data_is_written_into_the_text() {
        let data = json!({ "rows": [{"n": "a"}, {"n": "b"}], "title": "书" });
        let text =
            "{{ title }}:{% for row in rows %} {{ row.n | upper }}{% endfor %} {{ rows | length }}";
        assert_eq!(render(text, &data).unwrap(), "书: A B 2");
    }

    #[test]
    fn what_is_missing_or_endless_is_an_error() {
        assert!(render("{{ nothing }}", &json!({})).is_err());
        assert!(render("{% for", &json!({})).is_err());
        let many: Vec<u8> = vec![0; 3000];
        let nested =
            "{% for a in m %}{% for b in m %}{% for c in m %}.{% endfor %}{% endfor %}{% endfor %}";
        assert_eq!(render(nested, &json!({ "m": many })).unwrap_err().code, "TOO_MUCH_WORK");
    }
}
