//! The scope as CEL asks for it.
//!
//! CEL asks for `steps.rank.output.total` by its longest name first. A plain value at the end of
//! such a name is handed over by itself; only otherwise is the variable converted as a whole,
//! once per evaluation, and a step's result once for all evaluations.

use std::sync::OnceLock;

use cel::{
    common::value::{CowVal, Val},
    context::VariableResolver,
};
use serde_json::Value;

use super::{
    Scope,
    convert::to_cel,
    work::{METER, Meter},
};

/// A scope during one evaluation.
pub(super) struct Variables<'a> {
    scope: &'a Scope,
    pub meter: Meter,
    /// By position in [`Scope::VARIABLES`].
    made: [OnceLock<Box<dyn Val>>; Scope::VARIABLES.len()],
}

impl<'a> Variables<'a> {
    pub fn new(scope: &'a Scope) -> Self {
        Self {
            scope,
            meter: Meter::default(),
            made: [const { OnceLock::new() }; Scope::VARIABLES.len()],
        }
    }

    /// A whole variable.
    fn whole(&self, name: &str) -> Option<&dyn Val> {
        let at = Scope::VARIABLES.iter().position(|known| *known == name)?;
        let value = self.scope.variable(name)?;
        Some(self.made.get(at)?.get_or_init(|| to_cel(&value)).as_ref())
    }

    /// `steps.x` as a whole, and what is plain below it.
    fn in_steps<'b>(&'b self, path: &str) -> Option<CowVal<'b, 'b>> {
        let (id, below) = path.split_once('.').map_or((path, None), |(id, rest)| (id, Some(rest)));
        let view = self.scope.steps.get(id)?;
        match below.map(|below| below.split_once('.').unwrap_or((below, ""))) {
            None => Some(CowVal::Borrowed(view.as_cel())),
            Some(("output", below)) => plain_in(&view.output, below),
            Some(("error", below)) => plain_in(&view.error, below),
            Some(_) => None,
        }
    }
}

/// The text, number, truth value or null at the end of a path.
fn plain_in<'b>(value: &Value, path: &str) -> Option<CowVal<'b, 'b>> {
    let mut keys = path.split('.').filter(|key| !key.is_empty());
    let found = keys.try_fold(value, |value, key| value.as_object()?.get(key))?;
    let is_plain = !found.is_array() && !found.is_object();
    is_plain.then(|| CowVal::Owned(to_cel(found)))
}

impl VariableResolver for Variables<'_> {
    fn resolve<'b>(&'b self, name: &str) -> Option<CowVal<'b, 'b>> {
        if name == METER {
            return Some(CowVal::Borrowed(&self.meter));
        }
        match name.split_once('.') {
            None => self.whole(name).map(CowVal::Borrowed),
            Some(("steps", path)) => self.in_steps(path),
            Some((root, path)) => plain_in(self.scope.variable(root)?.as_ref(), path),
        }
    }
}
