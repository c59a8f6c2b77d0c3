//! What the gateway says when it does not do what was asked, in HTTP and in SOCKS5.

use std::time::Duration;

use super::{BadHead, BadTarget, socks5::Reply};

/// What the upstream proxies said of the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SiteFault {
    Refused,
    Unreachable,
    NotAllowed,
    TimedOut,
    Other,
}

/// Why a request is not carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    Malformed(&'static str),
    HeadTooLarge,
    /// The head did not come in time.
    Slow,
    Version,
    Coding,
    NoCredentials,
    WrongCredentials,
    /// The key has not the scope.
    ScopeMissing,
    UnknownPool,
    TargetForbidden,
    TooManyConnections,
    TooManyRequests(Duration),
    /// The host turned requests of the pool away and is left alone.
    HostRests,
    NoProxy,
    Unavailable,
    /// No proxy of those tried could be reached or spoke sense.
    Upstream,
    Site(SiteFault),
    TimedOut,
    /// SOCKS5 only: BIND, UDP, addresses of an unknown sort.
    Command,
    AddressType,
}

impl From<BadHead> for Refusal {
    fn from(bad: BadHead) -> Self {
        match bad {
            BadHead::Malformed(what) => Self::Malformed(what),
            BadHead::TooManyHeaders => Self::HeadTooLarge,
            BadHead::Version => Self::Version,
            BadHead::Coding => Self::Coding,
        }
    }
}

impl From<BadTarget> for Refusal {
    fn from(_: BadTarget) -> Self {
        Self::Malformed("the target is not host:port")
    }
}

impl Refusal {
    /// For programs: never changes.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "BAD_REQUEST",
            Self::HeadTooLarge => "HEADERS_TOO_LARGE",
            Self::Slow => "REQUEST_TIMEOUT",
            Self::Version => "HTTP_VERSION_UNSUPPORTED",
            Self::Coding => "TRANSFER_CODING_UNSUPPORTED",
            Self::NoCredentials => "UNAUTHENTICATED",
            Self::WrongCredentials => "WRONG_CREDENTIALS",
            Self::ScopeMissing => "PERMISSION_DENIED",
            Self::UnknownPool => "PROXY_POOL_NOT_FOUND",
            Self::TargetForbidden => "ADDRESS_FORBIDDEN",
            Self::TooManyConnections => "TOO_MANY_CONNECTIONS",
            Self::TooManyRequests(_) => "RATE_LIMITED",
            Self::HostRests => "HOST_THROTTLED",
            Self::NoProxy => "NO_PROXY",
            Self::Unavailable => "UNAVAILABLE",
            Self::Upstream => "PROXY_FAILED",
            Self::Site(_) => "SITE_UNREACHABLE",
            Self::TimedOut => "TIMED_OUT",
            Self::Command => "COMMAND_UNSUPPORTED",
            Self::AddressType => "ADDRESS_TYPE_UNSUPPORTED",
        }
    }

    /// For people, one line.
    pub fn text(&self) -> &'static str {
        match self {
            Self::Malformed(what) => what,
            Self::HeadTooLarge => "the head of the request is too large",
            Self::Slow => "the request did not come in time",
            Self::Version => "HTTP/1.1 and HTTP/1.0 are spoken here",
            Self::Coding => "no transfer coding but chunked is understood",
            Self::NoCredentials => "sign in as pool-<name> with an API key",
            Self::WrongCredentials => {
                "the user name is not pool-<name>, or the API key is not valid"
            }
            Self::ScopeMissing => "the API key has not the scope proxy:use",
            Self::UnknownPool => "there is no such proxy pool",
            Self::TargetForbidden => "this address may not be reached",
            Self::TooManyConnections => "too many connections at once",
            Self::TooManyRequests(_) => "too many requests",
            Self::HostRests => "the site turned requests away and is left alone for a while",
            Self::NoProxy => "no proxy of the pool is usable now",
            Self::Unavailable => "the service is not available now",
            Self::Upstream => "no proxy that was tried carried the request",
            Self::Site(SiteFault::Refused) => "the site refused the connection",
            Self::Site(SiteFault::NotAllowed) => "the proxies do not let anybody reach the site",
            Self::Site(SiteFault::TimedOut) => "the site did not answer the proxies in time",
            Self::Site(_) => "the proxies cannot reach the site",
            Self::TimedOut => "no answer came in time",
            Self::Command => "only CONNECT is understood",
            Self::AddressType => "the address is neither IPv4 nor IPv6 nor a name",
        }
    }

    /// Status and reason phrase.
    pub fn status(&self) -> (u16, &'static str) {
        match self {
            Self::Malformed(_) | Self::Command | Self::AddressType => (400, "Bad Request"),
            Self::HeadTooLarge => (431, "Request Header Fields Too Large"),
            Self::Slow => (408, "Request Timeout"),
            Self::Version => (505, "HTTP Version Not Supported"),
            Self::Coding => (501, "Not Implemented"),
            Self::NoCredentials | Self::WrongCredentials => (407, "Proxy Authentication Required"),
            Self::ScopeMissing | Self::UnknownPool | Self::TargetForbidden => (403, "Forbidden"),
            Self::TooManyConnections | Self::TooManyRequests(_) | Self::HostRests => {
                (429, "Too Many Requests")
            }
            Self::NoProxy | Self::Unavailable => (503, "Service Unavailable"),
            Self::Site(SiteFault::TimedOut) | Self::TimedOut => (504, "Gateway Timeout"),
            Self::Upstream | Self::Site(_) => (502, "Bad Gateway"),
        }
    }

    /// The error type of RFC 9209.
    fn proxy_status(&self) -> &'static str {
        match self {
            Self::TargetForbidden => "destination_ip_prohibited",
            Self::Site(SiteFault::Refused) => "connection_refused",
            Self::Site(SiteFault::TimedOut) | Self::TimedOut => "connection_timeout",
            Self::Site(_) => "destination_unavailable",
            Self::NoProxy | Self::Unavailable => "proxy_internal_error",
            Self::Upstream => "connection_terminated",
            Self::Malformed(_) | Self::HeadTooLarge | Self::Slow | Self::Version | Self::Coding => {
                "http_request_error"
            }
            _ => "http_request_denied",
        }
    }

    /// The whole answer; the connection ends with it when `close`.
    pub fn write(&self, out: &mut Vec<u8>, close: bool, to_head: bool) {
        let (status, reason) = self.status();
        let body = format!("{}: {}\n", self.code(), self.text());
        out.extend_from_slice(format!("HTTP/1.1 {status} {reason}\r\n").as_bytes());
        if status == 407 {
            out.extend_from_slice(
                b"Proxy-Authenticate: Basic realm=\"proxy pools\", charset=\"UTF-8\"\r\n",
            );
        }
        if let Self::TooManyRequests(wait) = self {
            let seconds = wait.as_secs().max(1);
            out.extend_from_slice(format!("Retry-After: {seconds}\r\n").as_bytes());
        }
        let (kind, code, length) = (self.proxy_status(), self.code(), body.len());
        let head = format!(
            "Proxy-Status: workflow-platform; error={kind}; details=\"{code}\"\r\n\
             Content-Type: text/plain; charset=utf-8\r\nContent-Length: {length}\r\n"
        );
        out.extend_from_slice(head.as_bytes());
        out.extend_from_slice(if close { b"Connection: close\r\n\r\n" } else { b"\r\n" });
        if !to_head {
            out.extend_from_slice(body.as_bytes());
        }
    }

    pub fn reply(&self) -> Reply {
        match self {
            Self::Command => Reply::CommandUnsupported,
            Self::AddressType => Reply::AddressTypeUnsupported,
            Self::Site(SiteFault::Refused) => Reply::Refused,
            Self::Site(SiteFault::Unreachable | SiteFault::Other) => Reply::HostUnreachable,
            Self::Site(SiteFault::TimedOut) | Self::TimedOut => Reply::TimedOut,
            Self::Malformed(_) | Self::NoProxy | Self::Unavailable | Self::Upstream => {
                Reply::GeneralFailure
            }
            _ => Reply::NotAllowed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::gateway::AnswerHead;

    #[test]
    fn a_refusal_is_an_answer_that_every_client_understands() {
        for refusal in [
            Refusal::NoCredentials,
            Refusal::Malformed("no"),
            Refusal::TooManyRequests(Duration::from_millis(1200)),
            Refusal::Site(SiteFault::Refused),
        ] {
            let mut out = Vec::new();
            refusal.write(&mut out, true, false);
            let end = crate::domain::gateway::head_end(&out, 0).unwrap();
            let head = AnswerHead::parse(&out[..end], false).unwrap();
            let length = u64::try_from(out.len() - end).unwrap();
            assert_eq!(
                (head.status, head.framing),
                (refusal.status().0, super::super::Framing::Length(length))
            );
            let text = String::from_utf8(out).unwrap();
            assert_eq!(text.contains("Proxy-Authenticate: Basic"), head_status(&refusal) == 407);
            assert!(text.contains(refusal.code()), "{text}");
        }
    }

    fn head_status(refusal: &Refusal) -> u16 {
        refusal.status().0
    }
}
