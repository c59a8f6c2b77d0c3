//! One script, one fresh interpreter: nothing is shared between runs.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use rquickjs::{
    CatchResultExt as _, CaughtError, Context, Ctx, Function, Object, Promise, Runtime,
    Value as JsValue,
    prelude::{Func, Rest},
};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

/// Most memory of one interpreter, bytes.
const MEMORY: usize = 128 * 1024 * 1024;
/// Deepest native stack, bytes; blocking threads have 2 MiB.
const STACK: usize = 512 * 1024;
/// Largest result, bytes of JSON.
const RESULT: usize = 16 * 1024 * 1024;
/// Longest line that `console.log` writes, characters.
const LINE: usize = 4000;
/// Most lines of one run.
const LINES: usize = 500;

/// Takes one line of `console.log`.
pub type Log = Arc<dyn Fn(&str) + Send + Sync>;

/// A run that is about to begin.
pub struct Script {
    pub code: String,
    pub input: Value,
    pub time_limit: Duration,
    /// What its clock shows all the while, in milliseconds since the Unix epoch.
    pub at: i64,
    /// What its random numbers come from.
    pub seed: u64,
    pub cancel: CancellationToken,
    pub log: Log,
}

/// Why a script gave no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScriptError {
    #[error("{message}")]
    Thrown { message: String, stack: String },
    #[error("the script ran longer than {0:?}")]
    TooLong(Duration),
    #[error("the script was cancelled")]
    Cancelled,
    #[error("the script used more than {} MiB of memory", MEMORY / 1024 / 1024)]
    OutOfMemory,
    #[error("the result is larger than {} MiB", RESULT / 1024 / 1024)]
    ResultTooLarge,
    #[error("the result cannot be written as JSON")]
    NotJson,
    #[error("the script waits for a promise that nothing resolves")]
    NeverResolves,
    #[error("the interpreter failed: {0}")]
    Interpreter(String),
}

/// Runs the script on this thread, to its end or to its limits.
pub fn run(script: &Script) -> Result<Value, ScriptError> {
    if script.cancel.is_cancelled() {
        return Err(ScriptError::Cancelled);
    }
    let failed = |error: rquickjs::Error| ScriptError::Interpreter(error.to_string());
    let runtime = Runtime::new().map_err(failed)?;
    runtime.set_memory_limit(MEMORY);
    runtime.set_max_stack_size(STACK);
    let deadline = Instant::now() + script.time_limit;
    let cancel = script.cancel.clone();
    let is_over = move || cancel.is_cancelled() || Instant::now() >= deadline;
    runtime.set_interrupt_handler(Some(Box::new(is_over.clone())));
    let context = Context::full(&runtime).map_err(failed)?;
    let result = context.with(|ctx| evaluate(&ctx, script, &is_over));
    match result {
        Err(_) if script.cancel.is_cancelled() => Err(ScriptError::Cancelled),
        Err(_) if Instant::now() >= deadline => Err(ScriptError::TooLong(script.time_limit)),
        other => other,
    }
}

/// The result of a promise. Between two jobs the interpreter does not ask whether time is up, and
/// a chain of promises may go on without end.
fn settle<'js>(
    ctx: &Ctx<'js>,
    promise: &Promise<'js>,
    is_over: &dyn Fn() -> bool,
) -> rquickjs::Result<JsValue<'js>> {
    loop {
        if let Some(result) = promise.result() {
            return result;
        }
        if is_over() || !ctx.execute_pending_job() {
            return Err(rquickjs::Error::WouldBlock);
        }
    }
}

fn evaluate(
    ctx: &Ctx<'_>,
    script: &Script,
    is_over: &dyn Fn() -> bool,
) -> Result<Value, ScriptError> {
    let failed = |error: rquickjs::Error| ScriptError::Interpreter(error.to_string());
    console(ctx, &script.log).map_err(failed)?;
    repeatable(ctx, script.at, script.seed).map_err(failed)?;
    // The head stands on the first line, so that lines in errors are those of the code.
    let source = format!("(function (input) {{ 'use strict'; {}\n}})", script.code);
    let call = || {
        let function: Function = ctx.eval(source)?;
        let input = ctx.json_parse(script.input.to_string())?;
        let result: JsValue = function.call((input,))?;
        let result = match result.as_promise() {
            Some(promise) => settle(ctx, promise, is_over)?,
            None => result,
        };
        match ctx.json_stringify(result)? {
            Some(text) => text.to_string().map(Some),
            None => Ok(None),
        }
    };
    match call().catch(ctx) {
        Ok(None) => Ok(Value::Null),
        Ok(Some(text)) if text.len() > RESULT => Err(ScriptError::ResultTooLarge),
        Ok(Some(text)) => serde_json::from_str(&text).map_err(|_| ScriptError::NotJson),
        Err(error) => Err(thrown(&error)),
    }
}

fn thrown(error: &CaughtError<'_>) -> ScriptError {
    match error {
        CaughtError::Exception(exception) => {
            let message = exception.message().unwrap_or_default();
            if message == "out of memory" {
                return ScriptError::OutOfMemory;
            }
            ScriptError::Thrown { message, stack: exception.stack().unwrap_or_default() }
        }
        CaughtError::Value(value) => {
            let text = value.as_string().and_then(|text| text.to_string().ok());
            let message = text.unwrap_or_else(|| "a value that is no error was thrown".to_owned());
            ScriptError::Thrown { message, stack: String::new() }
        }
        CaughtError::Error(rquickjs::Error::WouldBlock) => ScriptError::NeverResolves,
        CaughtError::Error(error) => ScriptError::Interpreter(error.to_string()),
    }
}

/// A clock that stands still, for `repeatable`.
const CLOCK: &str = "(at) => {
  const Real = Date;
  const Fixed = new Proxy(Real, {
    construct: (target, values, made) => Reflect.construct(target, values.length ? values : [at], made),
    apply: () => new Real(at).toString(),
    get: (target, name) => (name === 'now' ? () => at : Reflect.get(target, name)),
  });
  Real.prototype.constructor = Fixed;
  Object.defineProperty(globalThis, 'Date', { value: Fixed, writable: true, configurable: true });
  delete globalThis.performance;
}";

/// The same script with the same input gives the same result, however often it is run.
fn repeatable(ctx: &Ctx<'_>, at: i64, seed: u64) -> rquickjs::Result<()> {
    let fix: Function = ctx.eval(CLOCK)?;
    #[expect(clippy::cast_precision_loss, reason = "JavaScript's times are doubles")]
    fix.call::<_, ()>((at as f64,))?;
    let state = std::cell::Cell::new(seed);
    let random = move || {
        let (next, number) = split_mix(state.get());
        state.set(next);
        number
    };
    ctx.globals().get::<_, Object>("Math")?.set("random", Func::from(random))
}

/// The next state, and a number in `0.0..1.0` of its upper 53 bits (`SplitMix64`: Steele, Lea,
/// Flood, "Fast splittable pseudorandom number generators", 2014).
fn split_mix(state: u64) -> (u64, f64) {
    let next = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (next ^ (next >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    let bits = (mixed ^ (mixed >> 31)) >> 11;
    #[expect(clippy::cast_precision_loss, reason = "53 bits are what a double holds")]
    let number = bits as f64 / (1_u64 << 53) as f64;
    (next, number)
}

/// `console.log` and its relatives; nothing else of a host exists.
fn console<'js>(ctx: &Ctx<'js>, log: &Log) -> rquickjs::Result<()> {
    let console = Object::new(ctx.clone())?;
    for name in ["log", "info", "warn", "error", "debug"] {
        let log = Arc::clone(log);
        let lines = std::cell::Cell::new(0_usize);
        let write = move |ctx: Ctx<'js>, values: Rest<JsValue<'js>>| -> rquickjs::Result<()> {
            lines.set(lines.get() + 1);
            if lines.get() <= LINES {
                let words = values.iter().map(|value| word(&ctx, value));
                let line = words.collect::<rquickjs::Result<Vec<_>>>()?.join(" ");
                log(&line.chars().take(LINE).collect::<String>());
            }
            Ok(())
        };
        console.set(name, Func::from(write))?;
    }
    ctx.globals().set("console", console)
}

fn word<'js>(ctx: &Ctx<'js>, value: &JsValue<'js>) -> rquickjs::Result<String> {
    if let Some(text) = value.as_string() {
        return text.to_string();
    }
    match ctx.json_stringify(value.clone()) {
        Ok(Some(text)) => text.to_string(),
        Ok(None) => Ok(value.type_name().to_owned()),
        // A circle, for one; a line of the log is no reason to fail.
        Err(_) => {
            drop(ctx.catch());
            Ok(format!("[{}]", value.type_name()))
        }
    }
}

#[cfg(test)]
mod tests {
    use parking_lot::Mutex;
    use serde_json::json;

    use super::*;

    fn script(code: &str) -> Script {
        Script {
            code: code.to_owned(),
            input: json!({ "n": 3, "t": "文" }),
            time_limit: Duration::from_millis(500),
            at: 1_700_000_000_000,
            seed: 7,
            cancel: CancellationToken::new(),
            log: Arc::new(|_| {}),
        }
    }

    #[test]
    fn a_function_body_takes_input_and_gives_json() {
        let result = run(&script("return {twice: input.n * 2, t: input.t}"));
        assert_eq!(result, Ok(json!({ "twice": 6, "t": "文" })));
        assert_eq!(run(&script("input.n + 1")), Ok(Value::Null));
        let later = run(&script("return (async () => input.n)()"));
        assert_eq!(later, Ok(json!(3)));
    }

    #[test]
    fn an_error_has_its_message_and_line() {
        let Err(ScriptError::Thrown { message, stack }) =
            run(&script("\nthrow new Error('no luck')"))
        else {
            panic!("no error")
        };
        assert_eq!(message, "no luck");
        assert!(stack.contains(":2"), "{stack}");
        assert!(matches!(run(&script("return (")), Err(ScriptError::Thrown { .. })));
    }

    #[test]
    fn an_endless_loop_ends() {
        assert_eq!(
            run(&script("for (;;) {}")),
            Err(ScriptError::TooLong(Duration::from_millis(500)))
        );
        let caught = "for (;;) { try { for (;;) {} } catch (e) {} }";
        assert_eq!(run(&script(caught)), Err(ScriptError::TooLong(Duration::from_millis(500))));
    }

    #[test]
    fn cancelling_ends_it_at_once() {
        let script = Script { time_limit: Duration::from_mins(1), ..script("for (;;) {}") };
        let cancel = script.cancel.clone();
        std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(50));
            cancel.cancel();
        });
        assert_eq!(run(&script), Err(ScriptError::Cancelled));
    }

    #[test]
    fn memory_and_stack_are_bounded() {
        let hungry = Script {
            time_limit: Duration::from_secs(30),
            ..script("let a = []; for (;;) a.push('x'.repeat(1e6) + a.length)")
        };
        assert!(run(&hungry).is_err());
        assert!(run(&script("function f() { return f() + 1 } return f()")).is_err());
        assert!(run(&script("return 'x'.repeat(2e7)")).is_err());
    }

    #[test]
    fn what_hardly_looks_up_ends_as_well() {
        for code in [
            "return /^(a+)+$/.test('a'.repeat(40) + '!')",
            "let a = []; a.length = 4e9; return a.map(x => x).length",
            "return Array.from({length: 3e7}, (_, i) => -i).sort().length",
            "let n = 3n; for (;;) n = n * n",
            "return JSON.stringify(Array(1e7).fill({a: 'x'.repeat(100)}))",
            "return 'ab'.repeat(3e7).split('').reverse().join('')",
            "let p = () => Promise.resolve().then(p); return p()",
            "let o = {}; let p = o; for (let i = 0; i < 1e6; i++) { p.a = {}; p = p.a } return o",
            "return new Array(5e6).join('x').replace(/x/g, 'yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy')",
            "new Function('for (;;) {}')()",
            "return eval('(function f() { return [f()] })()')",
        ] {
            let begun = Instant::now();
            let _ = run(&script(code));
            assert!(begun.elapsed() < Duration::from_secs(5), "{code}: {:?}", begun.elapsed());
        }
    }

    #[test]
    fn an_endless_chain_of_promises_ends_in_time_not_by_its_memory() {
        let endless = "let n = 0; const next = () => { n++; return Promise.resolve().then(next) }; \
                       return new Promise(() => next())";
        let short = Script { time_limit: Duration::from_millis(50), ..script(endless) };
        assert_eq!(run(&short), Err(ScriptError::TooLong(Duration::from_millis(50))));
        let cancelled = script(endless);
        cancelled.cancel.cancel();
        assert_eq!(run(&cancelled), Err(ScriptError::Cancelled));
    }

    #[test]
    fn a_promise_that_nothing_resolves_is_an_error() {
        assert_eq!(run(&script("return new Promise(() => {})")), Err(ScriptError::NeverResolves));
        let refused = run(&script("return Promise.reject(new Error('no'))"));
        assert!(matches!(refused, Err(ScriptError::Thrown { message, .. }) if message == "no"));
    }

    #[test]
    fn one_run_leaves_nothing_to_the_next() {
        run(&script("globalThis.kept = 1; Object.prototype.bad = 1; return 1")).unwrap();
        assert_eq!(
            run(&script("return [typeof kept, ({}).bad === undefined]")),
            Ok(json!(["undefined", true]))
        );
    }

    #[test]
    fn clock_and_chance_are_those_of_the_step() {
        let times = "return [Date.now(), new Date().getTime(), +new Date(5), Date().slice(0, 15), \
                     new Date(0).constructor.now(), new Date() instanceof Date, \
                     new Date(2020, 0, 1).getFullYear(), Date.UTC(1970, 0, 2)]";
        let at = 1_700_000_000_000_i64;
        assert_eq!(
            run(&script(times)),
            Ok(json!([at, at, 5, "Tue Nov 14 2023", at, true, 2020, 86_400_000]))
        );
        let chance = "return Array.from({length: 1000}, Math.random)";
        let first = run(&script(chance)).unwrap();
        assert_eq!(run(&script(chance)), Ok(first.clone()));
        let other = Script { seed: 8, ..script(chance) };
        assert_ne!(run(&other).unwrap(), first);
        let numbers: Vec<f64> = serde_json::from_value(first).unwrap();
        assert!(numbers.iter().all(|number| (0.0..1.0).contains(number)));
        let mean = numbers.iter().sum::<f64>() / 1000.0;
        assert!((0.45..0.55).contains(&mean), "{mean}");
    }

    #[test]
    fn there_is_no_host() {
        for name in [
            "require",
            "process",
            "fetch",
            "std",
            "os",
            "scriptArgs",
            "XMLHttpRequest",
            "performance",
            "setTimeout",
        ] {
            assert_eq!(
                run(&script(&format!("return typeof {name}"))),
                Ok(json!("undefined")),
                "{name}"
            );
        }
    }

    #[test]
    fn lines_are_logged() {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&lines);
        let log: Log = Arc::new(move |line| kept.lock().push(line.to_owned()));
        let script = Script {
            log,
            ..script("console.log('a', {b: [1]}, undefined); let o = {}; o.o = o; console.warn(o)")
        };
        run(&script).unwrap();
        assert_eq!(*lines.lock(), ["a {\"b\":[1]} undefined", "[object]"]);
    }
}
