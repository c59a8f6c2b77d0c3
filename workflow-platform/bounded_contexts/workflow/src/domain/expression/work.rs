//! How much work an evaluation may cost.
//!
//! Loops over long lists, and sums of long texts inside them, would keep a thread busy for
//! minutes. CEL has no limit of its own, so `analyse` puts calls of the functions below into the
//! compiled tree. They share one [`Meter`]; once it is used up each of them fails, so that an
//! evaluation ends soon even where CEL swallows errors (`||`, `exists`).

use std::sync::{
    Arc, LazyLock,
    atomic::{AtomicU64, Ordering},
};

use cel::{
    Env, ExecutionError,
    common::{
        functions::Function,
        types::{BOOL_TYPE, CelBool, CelBytes, CelList, CelMap, CelString, DYN_TYPE, Type},
        value::{CowVal, StaticVal, Val},
    },
};

use super::functions;

/// Work of one evaluation: a million turns of simple loops, or some 64 MiB of values made.
const MOST_WORK: u64 = 100_000_000;
/// One turn of a loop.
const TURN: u64 = 100;
/// One value that is kept, beside the bytes of its texts.
const VALUE: u64 = 16;
/// One value looked at by `in`.
const LOOK: u64 = 20;
/// A pattern is compiled each time it is used.
const PATTERN: u64 = 5000;

/// The variable that names the meter; no expression can spell it.
pub(super) const METER: &str = "@meter";
/// `@turn(meter)`: true, once per turn of a loop.
pub(super) const TAKE_TURN: &str = "@turn";
/// `@keep(meter, value)`: the value, paid for as a whole.
pub(super) const KEEP: &str = "@keep";
/// `@touch(meter, value)`: the value, paid for as far as reading it costs.
pub(super) const TOUCH: &str = "@touch";
/// `@search(meter, list)`: the list or map, paid for as far as searching it costs.
pub(super) const SEARCH: &str = "@search";
/// `@pattern(meter, text)`: the pattern, paid for.
pub(super) const COMPILE: &str = "@pattern";

/// The standard environment of CEL and our own functions, made once.
pub(super) static ENV: LazyLock<Arc<Env>> = LazyLock::new(|| {
    let mut env = Env::stdlib();
    let two = [(KEEP, keep as Function), (TOUCH, touch), (SEARCH, search), (COMPILE, pattern)];
    for (name, function) in two {
        let declared = env.add_overload(name, name, vec![DYN_TYPE, DYN_TYPE], function);
        debug_assert!(declared.is_ok(), "{name} is declared twice");
    }
    functions::declare(&mut env);
    let declared = env.add_overload(TAKE_TURN, TAKE_TURN, vec![DYN_TYPE], turn);
    debug_assert!(declared.is_ok(), "{TAKE_TURN} is declared twice");
    Arc::new(env)
});

/// Counts down the work of one evaluation.
#[derive(Debug, Clone)]
pub(super) struct Meter {
    left: Arc<AtomicU64>,
}

impl Default for Meter {
    fn default() -> Self {
        Self { left: Arc::new(AtomicU64::new(MOST_WORK)) }
    }
}

impl Meter {
    pub fn is_used_up(&self) -> bool {
        self.left.load(Ordering::Relaxed) == 0
    }

    /// Pays, or uses up what is left.
    fn pay(&self, work: u64) -> Result<(), ExecutionError> {
        let left = self.left.load(Ordering::Relaxed);
        self.left.store(left.saturating_sub(work), Ordering::Relaxed);
        if work < left { Ok(()) } else { Err(used_up()) }
    }

    /// Pays for a value and all within it.
    fn pay_whole(&self, value: &dyn Val) -> Result<(), ExecutionError> {
        self.pay(VALUE + text_bytes(value))?;
        if let Some(list) = value.downcast_ref::<CelList>() {
            return list.inner().iter().try_for_each(|item| self.pay_whole(item.as_ref()));
        }
        if let Some(map) = value.downcast_ref::<CelMap>() {
            let mut entries = map.inner().iter();
            return entries.try_for_each(|(key, value)| {
                self.pay_whole(key.inner())?;
                self.pay_whole(value.as_ref())
            });
        }
        Ok(())
    }
}

fn used_up() -> ExecutionError {
    ExecutionError::function_error("expression", "needs too much work")
}

fn text_bytes(value: &dyn Val) -> u64 {
    let text = value.downcast_ref::<CelString>().map(|text| text.inner().len());
    let bytes = || value.downcast_ref::<CelBytes>().map(|bytes| bytes.inner().len());
    u64::try_from(text.or_else(bytes).unwrap_or(0)).unwrap_or(u64::MAX)
}

impl Val for Meter {
    fn get_type(&self) -> &Type {
        &BOOL_TYPE
    }

    fn cel_type() -> &'static Type {
        &BOOL_TYPE
    }

    fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v> {
        Box::new(self.clone())
    }

    fn as_any(&self) -> Option<&dyn std::any::Any> {
        Some(self)
    }
}

impl StaticVal for Meter {}

/// The meter, which is always the first argument.
fn meter<'a>(arguments: &'a [CowVal<'_, '_>]) -> Result<&'a Meter, ExecutionError> {
    arguments
        .first()
        .and_then(|first| first.downcast_ref::<Meter>())
        .ok_or_else(ExecutionError::missing_argument_or_target)
}

/// The value, which is always the last argument.
fn value<'b, 'v>(mut arguments: Vec<CowVal<'b, 'v>>) -> Result<CowVal<'b, 'v>, ExecutionError> {
    arguments.pop().ok_or_else(ExecutionError::missing_argument_or_target)
}

#[expect(clippy::needless_pass_by_value, reason = "the signature that CEL calls")]
fn turn<'b, 'v>(arguments: Vec<CowVal<'b, 'v>>) -> Result<CowVal<'b, 'v>, ExecutionError> {
    meter(&arguments)?.pay(TURN)?;
    Ok(CowVal::owned(CelBool::from(true)))
}

fn keep<'b, 'v>(arguments: Vec<CowVal<'b, 'v>>) -> Result<CowVal<'b, 'v>, ExecutionError> {
    if let Some(value) = arguments.last() {
        meter(&arguments)?.pay_whole(value.as_ref())?;
    }
    value(arguments)
}

fn touch<'b, 'v>(arguments: Vec<CowVal<'b, 'v>>) -> Result<CowVal<'b, 'v>, ExecutionError> {
    if let Some(value) = arguments.last() {
        meter(&arguments)?.pay(text_bytes(value.as_ref()) / 8)?;
    }
    value(arguments)
}

fn search<'b, 'v>(arguments: Vec<CowVal<'b, 'v>>) -> Result<CowVal<'b, 'v>, ExecutionError> {
    let list = arguments.last().and_then(|list| list.downcast_ref::<CelList>());
    let length = list.map_or(1, |list| u64::try_from(list.inner().len()).unwrap_or(u64::MAX));
    meter(&arguments)?.pay(LOOK.saturating_mul(length))?;
    value(arguments)
}

fn pattern<'b, 'v>(arguments: Vec<CowVal<'b, 'v>>) -> Result<CowVal<'b, 'v>, ExecutionError> {
    if let Some(pattern) = arguments.last() {
        meter(&arguments)?.pay(PATTERN + 10 * text_bytes(pattern.as_ref()))?;
    }
    value(arguments)
}
