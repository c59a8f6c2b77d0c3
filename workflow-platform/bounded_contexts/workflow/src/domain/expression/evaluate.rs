//! From a template and a scope to a value.

use cel::{Context, Value as Cel};
use serde_json::Value;

use super::{
    Compiled, ExpressionError, Scope, Template,
    compile::{Kind, Part},
    convert::{map, step_to_cel, to_cel, to_json},
};

/// The template's value in this scope.
pub fn evaluate(template: &Template, scope: &Scope) -> Result<Value, ExpressionError> {
    match template {
        Template::Literal(value) => Ok(value.clone()),
        Template::Whole(expression) => value_of(expression, scope),
        Template::Text(parts) => text_of(parts, scope),
        Template::List(items) => {
            items.iter().map(|item| evaluate(item, scope)).collect::<Result<_, _>>().map(Value::Array)
        }
        Template::Map(entries) => entries
            .iter()
            .map(|(key, value)| Ok((key.clone(), evaluate(value, scope)?)))
            .collect::<Result<_, _>>()
            .map(Value::Object),
    }
}

/// A condition must be true or false.
pub fn evaluate_condition(template: &Template, scope: &Scope) -> Result<bool, ExpressionError> {
    match evaluate(template, scope)? {
        Value::Bool(value) => Ok(value),
        other => Err(ExpressionError {
            expression: format!("{template:?}"),
            message: format!("must give true or false, gave {}", short(&other)),
        }),
    }
}

fn short(value: &Value) -> String {
    value.to_string().chars().take(60).collect()
}

fn text_of(parts: &[Part], scope: &Scope) -> Result<Value, ExpressionError> {
    let mut text = String::new();
    for part in parts {
        match part {
            Part::Plain(plain) => text.push_str(plain),
            Part::Expression(expression) => match value_of(expression, scope)? {
                Value::Null => {}
                Value::String(value) => text.push_str(&value),
                other => text.push_str(&other.to_string()),
            },
        }
    }
    Ok(Value::String(text))
}

fn value_of(expression: &Compiled, scope: &Scope) -> Result<Value, ExpressionError> {
    let result = match &expression.kind {
        Kind::Path(path) => path.find(scope),
        Kind::Program(program) => program
            .execute(&context(expression, scope))
            .map_err(|error| error.to_string().chars().take(500).collect())
            .and_then(|value| to_json(&value)),
    };
    result.map_err(|message| ExpressionError { expression: expression.source.clone(), message })
}

/// Only the variables that the expression names.
fn context(expression: &Compiled, scope: &Scope) -> Context<'static, 'static> {
    let mut context = Context::default();
    for name in &expression.variables {
        if name == "steps" {
            context.add_variable_from_value("steps", steps(expression, scope));
        } else if let Some(value) = scope.variable(name) {
            context.add_variable_from_value(name.as_str(), to_cel(&value));
        }
    }
    context
}

fn steps(expression: &Compiled, scope: &Scope) -> Cel {
    let named = expression.steps.iter().filter_map(|id| {
        let view = scope.steps.get(id)?;
        Some((id.clone(), step_to_cel(view)))
    });
    map(named)
}
