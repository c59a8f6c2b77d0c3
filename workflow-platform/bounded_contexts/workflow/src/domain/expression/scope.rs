//! What expressions can see.

use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};

use cel::common::value::Val;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared_kernel::domain::Timestamp;

use super::convert::step_to_cel;

/// A settled step as expressions see it.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct StepView {
    /// `succeeded`, `failed`, `skipped` or `cancelled`.
    pub status: String,
    /// Of a step that ran once.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub output: Value,
    /// Of the items that succeeded, in order, for a step with `for_each`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outputs: Vec<Value>,
    /// `{code, message, …}` of the first failure, or null.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub error: Value,
    /// The same for CEL, made when first asked for.
    #[serde(skip)]
    pub(crate) cel: OnceLock<Box<dyn Val>>,
}

impl StepView {
    pub(super) fn as_cel(&self) -> &dyn Val {
        self.cel.get_or_init(|| step_to_cel(self)).as_ref()
    }
}

/// The variables of expressions: `params`, `vars`, `trigger`, `user`, `execution`, `now`, `item`,
/// `index`, `steps` and `secrets`.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    pub params: Value,
    /// The owner's variables, as they were at the start.
    pub vars: Value,
    pub trigger: Value,
    pub user: Value,
    pub execution: Value,
    pub now: Timestamp,
    /// The value at hand in `for_each`.
    pub item: Option<Value>,
    /// Its position, from 0.
    pub index: Option<u32>,
    pub steps: BTreeMap<String, Arc<StepView>>,
    /// By name. Without them, expressions that use secrets give [`MASK`](super::MASK).
    pub secrets: Option<Value>,
}

impl Scope {
    /// Names of all variables.
    pub const VARIABLES: [&'static str; 10] = [
        "params",
        "vars",
        "trigger",
        "user",
        "execution",
        "now",
        "item",
        "index",
        "steps",
        "secrets",
    ];

    /// A variable other than `steps`; `None` when it is not there now.
    pub(super) fn variable(&self, name: &str) -> Option<std::borrow::Cow<'_, Value>> {
        use std::borrow::Cow::{Borrowed, Owned};
        match name {
            "params" => Some(Borrowed(&self.params)),
            "vars" => Some(Borrowed(&self.vars)),
            "secrets" => self.secrets.as_ref().map(Borrowed),
            "trigger" => Some(Borrowed(&self.trigger)),
            "user" => Some(Borrowed(&self.user)),
            "execution" => Some(Borrowed(&self.execution)),
            "item" => self.item.as_ref().map(Borrowed),
            "index" => self.index.map(|index| Owned(json!(index))),
            "now" => Some(Owned(json!(self.now))),
            _ => None,
        }
    }
}
