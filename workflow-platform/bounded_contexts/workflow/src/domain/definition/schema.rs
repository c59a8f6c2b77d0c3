//! The format as a JSON Schema, for editors.

use serde_json::{Value, json};

/// JSON Schema (2020-12) of a definition. Checks beyond it: see the module's other parts.
pub fn json_schema(actions: &[&str]) -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Workflow",
        "type": "object",
        "additionalProperties": false,
        "required": ["name", "steps"],
        "properties": {
            "name": { "type": "string", "minLength": 1, "maxLength": 200 },
            "description": { "type": "string" },
            "params": { "type": "object", "description": "JSON Schema of the run's parameters." },
            "triggers": { "type": "array", "maxItems": 20, "items": { "$ref": "#/$defs/trigger" } },
            "concurrency": {
                "type": "object",
                "additionalProperties": false,
                "properties": {
                    "key": { "type": "string" },
                    "limit": { "type": "integer", "minimum": 1 },
                },
            },
            "priority": { "type": "integer", "minimum": -100, "maximum": 100, "default": 0 },
            "timeout": { "$ref": "#/$defs/duration" },
            "steps": { "$ref": "#/$defs/steps" },
            "on_failure": { "$ref": "#/$defs/steps" },
            "finally": { "$ref": "#/$defs/steps" },
            "outputs": { "type": "object" },
        },
        "$defs": { "duration": duration(), "trigger": trigger(), "steps": steps(actions) },
    })
}

fn duration() -> Value {
    json!({ "type": "string", "pattern": "^([0-9]+(ms|s|m|h|d|w))+$", "examples": ["90s", "1h30m"] })
}

fn trigger() -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "oneOf": [{ "required": ["cron"] }, { "required": ["interval"] }, { "required": ["at"] },
            { "required": ["webhook"] }, { "required": ["event"] }, { "required": ["dataset"] }],
        "properties": {
            "cron": { "type": "string", "examples": ["0 8 * * *"] },
            "timezone": { "type": "string", "default": "UTC", "examples": ["Asia/Shanghai"] },
            "interval": { "$ref": "#/$defs/duration" },
            "at": { "type": "string", "format": "date-time" },
            "webhook": {
                "type": ["boolean", "object"],
                "additionalProperties": false,
                "properties": {
                    "signed": { "type": "boolean", "default": false },
                    "reply": { "enum": ["started", "finished"], "default": "started" },
                },
            },
            "event": {
                "type": "string",
                "pattern": "^(dataset|execution|proxy|subscription|workflow)(\\.[a-z_]+)*\\.([a-z_]+|\\*)$",
                "examples": ["execution.finished", "dataset.*"],
                "description": "A kind of event, or the beginning of several and `.*`.",
            },
            "dataset": { "type": "string", "description": "After it gained or changed records." },
            "if": {
                "type": "string",
                "description": "For event and dataset: an expression on `trigger`.",
                "examples": ["${{ trigger.event.payload.added > 0 }}"],
            },
            "misfire": { "enum": ["skip", "once", "all"], "default": "once" },
            "overlap": { "enum": ["queue", "skip", "cancel_running"], "default": "queue" },
            "params": { "type": "object" },
        },
    })
}

fn steps(actions: &[&str]) -> Value {
    json!({
        "type": "array",
        "maxItems": 500,
        "items": {
            "type": "object",
            "additionalProperties": false,
            "required": ["id", "uses"],
            "properties": {
                "id": { "type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_]{0,63}$" },
                "name": { "type": "string" },
                "uses": { "type": "string", "enum": actions },
                "with": { "type": "object" },
                "needs": { "type": ["array", "string"], "items": { "type": "string" } },
                "if": { "type": ["string", "boolean"] },
                "for_each": { "type": ["string", "array"] },
                "max_parallel": { "type": "integer", "minimum": 1, "maximum": 1000, "default": 1 },
                "spread": {
                    "type": "boolean",
                    "default": false,
                    "description": "Each item runs on whatever worker has room.",
                },
                "cache": {
                    "type": "object",
                    "additionalProperties": false,
                    "required": ["key", "ttl"],
                    "properties": {
                        "key": { "description": "Runs with the same key have the same result." },
                        "ttl": { "$ref": "#/$defs/duration" },
                    },
                },
                "retry": retry(),
                "timeout": { "$ref": "#/$defs/duration" },
                "on_error": { "enum": ["fail", "continue"], "default": "fail" },
            },
        },
    })
}

fn retry() -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "max_attempts": { "type": "integer", "minimum": 1, "maximum": 100, "default": 3 },
            "backoff": { "enum": ["fixed", "linear", "exponential"], "default": "exponential" },
            "initial": { "$ref": "#/$defs/duration" },
            "max": { "$ref": "#/$defs/duration" },
            "jitter": { "type": "boolean", "default": true },
        },
    })
}
