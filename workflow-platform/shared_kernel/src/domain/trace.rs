//! Where work belongs among all that one request or timer set off (W3C Trace Context).

use std::{
    fmt,
    num::{NonZeroU64, NonZeroU128},
    str::FromStr,
};

use serde::{Deserialize, Serialize};

use super::Ambient;

/// The trace, and the span in it that causes what comes next. Written as a `traceparent`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TraceContext {
    trace: NonZeroU128,
    span: NonZeroU64,
    flags: u8,
}

/// The text is no `traceparent`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is no W3C traceparent")]
pub struct BadTraceContext;

impl TraceContext {
    const SAMPLED: u8 = 1;

    /// None when an id is zero.
    pub fn of(trace: u128, span: u64, flags: u8) -> Option<Self> {
        Some(Self { trace: NonZeroU128::new(trace)?, span: NonZeroU64::new(span)?, flags })
    }

    /// The beginning of a trace.
    pub fn fresh(ambient: &Ambient) -> Self {
        let trace = u128::from_be_bytes(ambient.bytes()) | 1;
        let trace = NonZeroU128::new(trace).unwrap_or(NonZeroU128::MIN);
        Self { trace, span: some_span(ambient), flags: Self::SAMPLED }
    }

    /// The same trace, caused by another span.
    pub fn with_fresh_span(self, ambient: &Ambient) -> Self {
        Self { span: some_span(ambient), ..self }
    }

    pub fn trace(self) -> u128 {
        self.trace.get()
    }

    pub fn span(self) -> u64 {
        self.span.get()
    }

    pub fn flags(self) -> u8 {
        self.flags
    }

    /// 32 hexadecimal digits.
    pub fn trace_id(self) -> String {
        format!("{:032x}", self.trace)
    }
}

fn some_span(ambient: &Ambient) -> NonZeroU64 {
    NonZeroU64::new(u64::from_be_bytes(ambient.bytes()) | 1).unwrap_or(NonZeroU64::MIN)
}

impl fmt::Display for TraceContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "00-{:032x}-{:016x}-{:02x}", self.trace, self.span, self.flags)
    }
}

impl FromStr for TraceContext {
    type Err = BadTraceContext;

    /// Takes versions to come as well, which only append (section 3.2.4).
    fn from_str(text: &str) -> Result<Self, BadTraceContext> {
        let mut parts = text.split('-');
        let mut next = |length| parts.next().filter(|part| is_hex(part, length));
        let (version, trace) = (next(2), next(32));
        let (span, flags) = (next(16), next(2));
        let (Some(version), Some(trace), Some(span), Some(flags)) = (version, trace, span, flags)
        else {
            return Err(BadTraceContext);
        };
        if version == "ff" || version == "00" && parts.next().is_some() {
            return Err(BadTraceContext);
        }
        let trace = u128::from_str_radix(trace, 16).map_err(|_| BadTraceContext)?;
        let span = u64::from_str_radix(span, 16).map_err(|_| BadTraceContext)?;
        let flags = u8::from_str_radix(flags, 16).map_err(|_| BadTraceContext)?;
        Self::of(trace, span, flags & Self::SAMPLED).ok_or(BadTraceContext)
    }
}

fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

impl TryFrom<String> for TraceContext {
    type Error = BadTraceContext;

    fn try_from(text: String) -> Result<Self, BadTraceContext> {
        text.parse()
    }
}

impl From<TraceContext> for String {
    fn from(context: TraceContext) -> Self {
        context.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    #[test]
    fn a_context_is_written_as_it_was_read() {
        let context: TraceContext = HEADER.parse().unwrap();
        assert_eq!(context.to_string(), HEADER);
        assert_eq!(context.trace_id(), "0af7651916cd43dd8448eb211c80319c");
        let json = serde_json::to_string(&context).unwrap();
        assert_eq!(serde_json::from_str::<TraceContext>(&json).unwrap(), context);
    }

    #[test]
    fn versions_to_come_are_read_as_far_as_they_are_known() {
        let later = HEADER.replacen("00-", "cc-", 1) + "-what-comes";
        assert_eq!(later.parse::<TraceContext>().unwrap().to_string(), HEADER);
    }

    #[test]
    fn what_is_none_is_refused() {
        let (zero_trace, zero_span) = ("0".repeat(32), "0".repeat(16));
        for broken in [
            "",
            "00-xyz",
            "00",
            &HEADER.to_uppercase(),
            &HEADER.replacen("00-", "ff-", 1),
            &format!("{HEADER}-more"),
            &format!("00-{zero_trace}-b7ad6b7169203331-01"),
            &format!("00-0af7651916cd43dd8448eb211c80319c-{zero_span}-01"),
        ] {
            assert_eq!(broken.parse::<TraceContext>(), Err(BadTraceContext), "{broken}");
        }
    }
}
