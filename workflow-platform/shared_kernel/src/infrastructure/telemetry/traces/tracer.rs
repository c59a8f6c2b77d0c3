//! The kernel's spans as those of the SDK.

use std::borrow::Cow;

use opentelemetry::{
    Context, KeyValue, Value,
    trace::{
        Span as _, SpanBuilder, SpanContext, SpanId, SpanKind as Kind, Status,
        TraceContextExt as _, TraceFlags, TraceId, TraceState, Tracer as _,
    },
};
use opentelemetry_sdk::trace::{IdGenerator, SdkTracer, Span as SdkSpan};

use crate::{
    application::trace::{OpenSpan, SpanKind, SpanValue, Tracer},
    domain::{Ambient, TraceContext},
};

pub(super) struct SdkTraces(pub SdkTracer);

impl Tracer for SdkTraces {
    fn start(
        &self,
        name: Cow<'static, str>,
        kind: SpanKind,
        parent: Option<TraceContext>,
    ) -> Box<dyn OpenSpan> {
        let around = match parent {
            Some(parent) => Context::new().with_remote_span_context(span_context(parent)),
            None => Context::new(),
        };
        let builder = SpanBuilder::from_name(name).with_kind(kind_of(kind));
        Box::new(Open(self.0.build_with_context(builder, &around)))
    }
}

fn kind_of(kind: SpanKind) -> Kind {
    match kind {
        SpanKind::Server => Kind::Server,
        SpanKind::Client => Kind::Client,
        SpanKind::Producer => Kind::Producer,
        SpanKind::Consumer => Kind::Consumer,
        SpanKind::Internal => Kind::Internal,
    }
}

fn span_context(context: TraceContext) -> SpanContext {
    SpanContext::new(
        TraceId::from(context.trace()),
        SpanId::from(context.span()),
        TraceFlags::new(context.flags()),
        true,
        TraceState::default(),
    )
}

struct Open(SdkSpan);

impl OpenSpan for Open {
    fn context(&self) -> Option<TraceContext> {
        let own = self.0.span_context();
        let trace = u128::from_be_bytes(own.trace_id().to_bytes());
        let span = u64::from_be_bytes(own.span_id().to_bytes());
        TraceContext::of(trace, span, own.trace_flags().to_u8())
    }

    fn is_recorded(&self) -> bool {
        self.0.is_recording()
    }

    fn set(&mut self, name: &'static str, value: SpanValue) {
        let value = match value {
            SpanValue::Text(text) => Value::from(text),
            SpanValue::Number(number) => Value::from(number),
        };
        self.0.set_attribute(KeyValue::new(name, value));
    }

    fn fail(&mut self) {
        self.0.set_status(Status::error(""));
    }
}

/// Ids from the process's own source of randomness.
#[derive(Debug)]
pub(super) struct AmbientIds(pub Ambient);

impl IdGenerator for AmbientIds {
    fn new_trace_id(&self) -> TraceId {
        TraceId::from(u128::from_be_bytes(self.0.bytes()) | 1)
    }

    fn new_span_id(&self) -> SpanId {
        SpanId::from(u64::from_be_bytes(self.0.bytes()) | 1)
    }
}
