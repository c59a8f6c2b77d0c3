//! The action around the sandbox.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use serde_json::{Value, json};
use shared_kernel::{
    application::{Action, ActionContext, ActionDescriptor, ActionError, LogLevel},
    infrastructure::cpu::CpuPool,
};

use super::sandbox::{Script, ScriptError, run};

/// Seconds that a script may run unless it asks for more.
const SECONDS: u64 = 10;
/// Most seconds it may ask for.
const MOST_SECONDS: u64 = 60;

/// Runs JavaScript off the async threads.
#[derive(Debug, Clone)]
pub struct ScriptAction {
    cpu: CpuPool,
}

impl ScriptAction {
    pub fn new(cpu: CpuPool) -> Self {
        Self { cpu }
    }
}

#[async_trait]
impl Action for ScriptAction {
    fn describe(&self) -> ActionDescriptor {
        ActionDescriptor {
            name: "script.javascript".to_owned(),
            title: "JavaScript".to_owned(),
            description: "Runs a function body that takes `input` and returns a JSON value. There \
                          is no network, file or timer; memory, stack and time are limited, \
                          and its clock and random numbers are the same should it run again."
                .to_owned(),
            input_schema: json!({
                "type": "object",
                "additionalProperties": false,
                "required": ["code"],
                "properties": {
                    "code": { "type": "string", "maxLength": 200_000, "description": "Body of a function of `input`." },
                    "input": { "description": "Any value; the function's argument." },
                    "timeout_seconds": { "type": "integer", "minimum": 1, "maximum": MOST_SECONDS, "default": SECONDS },
                },
            }),
            output_schema: json!({ "description": "What the function returned." }),
        }
    }

    async fn run(&self, ctx: &ActionContext, input: Value) -> Result<Value, ActionError> {
        let mut script = script(ctx, input)?;
        script.at = clock(ctx, &script.code).await?;
        let result = self.cpu.run(move || run(&script)).await;
        let result = result
            .map_err(|_| ActionError::retryable("SCRIPT_STOPPED", "the script did not finish"))?;
        result.map_err(|error| failure(&error))
    }
}

fn script(ctx: &ActionContext, mut input: Value) -> Result<Script, ActionError> {
    let code = input.get("code").and_then(Value::as_str).map(str::to_owned);
    let code = code.ok_or_else(|| ActionError::invalid_input("code", "must be a text"))?;
    let seconds = match input.get("timeout_seconds") {
        None => SECONDS,
        Some(value) => {
            value.as_u64().filter(|seconds| (1..=MOST_SECONDS).contains(seconds)).ok_or_else(
                || ActionError::invalid_input("timeout_seconds", "must be between 1 and 60"),
            )?
        }
    };
    let channel = Arc::clone(&ctx.channel);
    Ok(Script {
        code,
        input: input.get_mut("input").map(Value::take).unwrap_or_default(),
        time_limit: Duration::from_secs(seconds),
        at: ctx.ambient.now().millis(),
        seed: seed(&ctx.idempotency_key),
        cancel: ctx.cancel.clone(),
        log: Arc::new(move |line| channel.log(LogLevel::Info, line, Value::Null)),
    })
}

/// The time of the first attempt to run it: should it run again, it sees the same. Who never asks
/// for the time is spared the record.
async fn clock(ctx: &ActionContext, code: &str) -> Result<i64, ActionError> {
    const KEY: &str = "clock";
    let now = ctx.ambient.now().millis();
    if let Some(record) = ctx.records.iter().find(|record| record.key == KEY) {
        return Ok(record.value.as_i64().unwrap_or(now));
    }
    if code.contains("Date") {
        ctx.record(KEY, json!(now)).await?;
    }
    Ok(now)
}

/// The same for every attempt of the step.
fn seed(idempotency_key: &str) -> u64 {
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&blake3::hash(idempotency_key.as_bytes()).as_bytes()[..8]);
    u64::from_le_bytes(bytes)
}

fn failure(error: &ScriptError) -> ActionError {
    let code = match error {
        ScriptError::Cancelled => return ActionError::cancelled(),
        ScriptError::Thrown { .. } => "SCRIPT_FAILED",
        ScriptError::TooLong(_) => "SCRIPT_TOO_LONG",
        ScriptError::OutOfMemory => "SCRIPT_OUT_OF_MEMORY",
        ScriptError::ResultTooLarge => "SCRIPT_RESULT_TOO_LARGE",
        ScriptError::NeverResolves => "SCRIPT_NEVER_RESOLVES",
        ScriptError::NotJson => "SCRIPT_RESULT_NOT_JSON",
        ScriptError::Interpreter(_) => "SCRIPT_INTERPRETER_FAILED",
    };
    let ScriptError::Thrown { message, stack } = error else {
        return ActionError::permanent(code, error.to_string());
    };
    let line = line_of(stack);
    let message = line.map_or_else(|| message.clone(), |line| format!("line {line}: {message}"));
    ActionError::permanent(code, message)
        .with_details(json!({ "line": line, "stack": stack.trim() }))
}

/// The line of the user's code that threw, from `at name (file:line:column)`.
fn line_of(stack: &str) -> Option<u32> {
    let mut from_end = stack.lines().next()?.trim_end_matches(')').rsplit(':');
    let _column = from_end.next()?;
    from_end.next()?.parse().ok()
}
