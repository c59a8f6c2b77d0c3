//! From a template and a scope to a value.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use cel::{Context, IdedExpr};
use serde_json::Value;

use super::{
    Compiled, ExpressionError, MASK, Part, Scope, Template, compile::Kind, convert::to_json,
    variables::Variables, work::ENV,
};

/// The template's value in this scope.
pub fn evaluate(template: &Template, scope: &Scope) -> Result<Value, ExpressionError> {
    match template {
        Template::Literal(value) => Ok(value.clone()),
        Template::Whole(expression) => value_of(expression, scope),
        Template::Text(parts) => text_of(parts, scope),
        Template::List(items) => items
            .iter()
            .map(|item| evaluate(item, scope))
            .collect::<Result<_, _>>()
            .map(Value::Array),
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
            expression: short_of(&format!("{template:?}")),
            message: format!("must give true or false, gave {}", short(&other)),
        }),
    }
}

fn short(value: &Value) -> String {
    short_of(&value.to_string())
}

fn short_of(text: &str) -> String {
    text.chars().take(200).collect()
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
    if expression.is_secret() && scope.secrets.is_none() {
        return Ok(Value::String(MASK.to_owned()));
    }
    let result = match &expression.kind {
        Kind::Path(path) => path.find(scope),
        Kind::Program(program) => run(program, scope),
    };
    result.map_err(|message| ExpressionError { expression: expression.source.clone(), message })
}

/// A panic of the interpreter is an error of the expression.
fn run(program: &IdedExpr, scope: &Scope) -> Result<Value, String> {
    let variables = Variables::new(scope);
    let mut context = Context::with_env(Arc::clone(&ENV));
    context.set_variable_resolver(&variables);
    let result = catch_unwind(AssertUnwindSafe(|| context.resolve(program)));
    match result {
        Err(_) => Err("the expression cannot be evaluated".to_owned()),
        Ok(_) if variables.meter.is_used_up() => {
            Err("the expression needs too much work; let a script do it".to_owned())
        }
        Ok(Err(error)) => Err(error.to_string().chars().take(500).collect()),
        Ok(Ok(value)) => to_json(&value),
    }
}
