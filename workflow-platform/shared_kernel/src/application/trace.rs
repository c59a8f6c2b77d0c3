//! Spans: what took how long, and what caused it.
//!
//! As with logs and metrics, whoever works says what it does, and the process decides at its start
//! whether anybody looks. While nobody does, a span is nothing but the context it was to be part of,
//! so that what goes out still belongs to the trace of who asked for it.

use std::{
    borrow::Cow,
    future::Future,
    sync::{Arc, OnceLock},
};

use futures::future::Either;

use crate::domain::{Ambient, TraceContext};

/// What a span is to the one that caused it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpanKind {
    /// Answers a request from outside.
    Server,
    /// Waits for an answer from outside.
    Client,
    /// Sets off what goes on later, elsewhere.
    Producer,
    /// Goes on with what was set off.
    Consumer,
    Internal,
}

/// A value that a span tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SpanValue {
    Text(Cow<'static, str>),
    Number(i64),
}

impl From<&'static str> for SpanValue {
    fn from(text: &'static str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for SpanValue {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl From<i64> for SpanValue {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<u32> for SpanValue {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<u16> for SpanValue {
    fn from(number: u16) -> Self {
        Self::Number(number.into())
    }
}

/// Makes spans and hands them on when they end.
pub trait Tracer: Send + Sync {
    fn start(
        &self,
        name: Cow<'static, str>,
        kind: SpanKind,
        parent: Option<TraceContext>,
    ) -> Box<dyn OpenSpan>;
}

/// A span under way; it ends when it is dropped.
pub trait OpenSpan: Send + Sync {
    fn context(&self) -> Option<TraceContext>;

    /// Whether anybody gets to see it.
    fn is_recorded(&self) -> bool;

    fn set(&mut self, name: &'static str, value: SpanValue);

    fn fail(&mut self);
}

static TRACER: OnceLock<Arc<dyn Tracer>> = OnceLock::new();

tokio::task_local! {
    static CURRENT: TraceContext;
}

/// From now on the process's spans go to `tracer`. False when they go to somebody already.
pub fn install(tracer: Arc<dyn Tracer>) -> bool {
    TRACER.set(tracer).is_ok()
}

/// What the running task is part of.
pub fn current() -> Option<TraceContext> {
    CURRENT.try_with(|context| *context).ok()
}

/// Runs `work` as part of `context`.
pub fn within<F: Future>(
    context: Option<TraceContext>,
    work: F,
) -> impl Future<Output = F::Output> {
    match context {
        Some(context) => Either::Left(CURRENT.scope(context, work)),
        None => Either::Right(work),
    }
}

/// What something that begins now, and goes on later, is part of: what runs now, or a trace of its
/// own, whose first span is called `name`.
pub fn beginning(name: &'static str, ambient: &Ambient) -> TraceContext {
    current()
        .or_else(|| Span::start(SpanKind::Producer, || name.into()).context())
        .unwrap_or_else(|| TraceContext::fresh(ambient))
}

/// A span, or what it would have been part of.
pub struct Span {
    open: Option<Box<dyn OpenSpan>>,
    context: Option<TraceContext>,
}

impl Span {
    /// A part of what the task runs for.
    pub fn start(kind: SpanKind, name: impl FnOnce() -> Cow<'static, str>) -> Self {
        Self::under(current(), kind, name)
    }

    /// A part of `parent`, or the first of a trace. The name is made only when somebody looks.
    pub fn under(
        parent: Option<TraceContext>,
        kind: SpanKind,
        name: impl FnOnce() -> Cow<'static, str>,
    ) -> Self {
        let Some(tracer) = TRACER.get() else { return Self { open: None, context: parent } };
        let span = tracer.start(name(), kind, parent);
        let context = span.context().or(parent);
        Self { open: Some(span).filter(|span| span.is_recorded()), context }
    }

    /// No span of its own.
    pub fn none(context: Option<TraceContext>) -> Self {
        Self { open: None, context }
    }

    /// What is caused by it is part of this.
    pub fn context(&self) -> Option<TraceContext> {
        self.context
    }

    /// Whether it is worth the while to tell it anything.
    pub fn is_recorded(&self) -> bool {
        self.open.is_some()
    }

    /// Names are those of the semantic conventions, where these have one. Never a secret.
    pub fn set(&mut self, name: &'static str, value: impl Into<SpanValue>) {
        if let Some(open) = &mut self.open {
            open.set(name, value.into());
        }
    }

    /// As `set`, of what must be written out first.
    pub fn show(&mut self, name: &'static str, value: &dyn ToString) {
        if let Some(open) = &mut self.open {
            open.set(name, value.to_string().into());
        }
    }

    /// It did not do what it was to do; `kind` is one of few words.
    pub fn fail(&mut self, kind: impl Into<SpanValue>) {
        if let Some(open) = &mut self.open {
            open.set("error.type", kind.into());
            open.fail();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn with_nobody_looking_the_context_is_handed_through() {
        let context: TraceContext =
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".parse().unwrap();
        assert_eq!(current(), None);
        let seen = within(Some(context), async {
            let mut span = Span::start(SpanKind::Internal, || unreachable!("nobody looks"));
            span.show("what", &1);
            span.fail("not at all");
            (current(), span.context(), span.is_recorded())
        })
        .await;
        assert_eq!(seen, (Some(context), Some(context), false));
    }
}
