//! Where traces go. The variables are those of every OpenTelemetry SDK.

use secrecy::SecretString;
use url::Url;

use super::{print::hidden, read::Reader};

const SERVICE: &str = "workflow-platform";
/// Before the path of traces, which the endpoint of all signals does not have.
const PATH: &str = "v1/traces";

/// Traces, when they are on.
#[derive(Debug, Clone)]
pub struct TraceConfig {
    /// Of the collector, as it was given.
    pub endpoint: Url,
    pub headers: Vec<(String, SecretString)>,
    pub service: String,
    /// Share of traces begun here that are kept, 0 to 1.
    pub ratio: f64,
    /// More about the process.
    pub attributes: Vec<(String, String)>,
}

impl TraceConfig {
    /// Where spans are sent.
    pub fn url(&self) -> Url {
        let mut url = self.endpoint.clone();
        url.set_path(&format!("{}/{PATH}", self.endpoint.path().trim_end_matches('/')));
        url
    }
}

/// The value of one variable, secrets hidden.
pub(super) fn value(traces: Option<&TraceConfig>, name: &str) -> String {
    let Some(traces) = traces else { return String::new() };
    match name {
        "OTEL_EXPORTER_OTLP_ENDPOINT" => traces.endpoint.to_string(),
        "OTEL_SERVICE_NAME" => traces.service.clone(),
        "OTEL_TRACES_SAMPLER_ARG" => traces.ratio.to_string(),
        "OTEL_RESOURCE_ATTRIBUTES" => {
            let pairs = traces.attributes.iter().map(|(name, value)| format!("{name}={value}"));
            pairs.collect::<Vec<_>>().join(",")
        }
        _ => hidden(!traces.headers.is_empty()),
    }
}

impl Reader<'_> {
    pub(super) fn traces(&mut self) -> Option<TraceConfig> {
        let attributes = self.pairs("OTEL_RESOURCE_ATTRIBUTES", |_| true);
        let headers = self.pairs("OTEL_EXPORTER_OTLP_HEADERS", is_header);
        let headers = headers.into_iter().map(|(name, value)| (name, value.into())).collect();
        let ratio = self.between("OTEL_TRACES_SAMPLER_ARG", 1.0, 0.0, 1.0);
        let named = attributes.iter().find(|(name, _)| name == "service.name");
        let default = named.map_or(SERVICE, |(_, value)| value.as_str());
        let service = self.text("OTEL_SERVICE_NAME", default);
        let endpoint = self.endpoint()?;
        Some(TraceConfig { endpoint, headers, service, ratio, attributes })
    }

    fn endpoint(&mut self) -> Option<Url> {
        const NAME: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
        let url = self.source.get(NAME)?.parse::<Url>().ok();
        let url = url.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        let Some(url) = url else {
            self.fault(NAME, "must be an http:// or https:// URL");
            return None;
        };
        if !url.username().is_empty() || url.password().is_some() || url.query().is_some() {
            let message =
                "must have no login and no parameters: OTEL_EXPORTER_OTLP_HEADERS has those";
            self.fault(NAME, message);
        }
        Some(url)
    }

    /// `name=value,name=value`, values in percent encoding (W3C Baggage).
    fn pairs(
        &mut self,
        variable: &str,
        fits: fn(&(String, String)) -> bool,
    ) -> Vec<(String, String)> {
        let text = self.source.get(variable).unwrap_or_default();
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        let pairs: Option<Vec<_>> = parts.map(|part| pair(part).filter(fits)).collect();
        // What stands there may be a secret.
        if pairs.is_none() {
            self.fault(variable, "must be a comma list of name=value");
        }
        pairs.unwrap_or_default()
    }
}

fn pair(text: &str) -> Option<(String, String)> {
    let (name, value) = text.split_once('=')?;
    let name = Some(name.trim()).filter(|name| !name.is_empty())?;
    let value = percent_decoded(value.trim())?;
    Some((name.to_owned(), value))
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        let decoded = match (first, after) {
            (b'%', [high, low, after @ ..]) => {
                let digit = |byte: &u8| char::from(*byte).to_digit(16);
                rest = after;
                u8::try_from(digit(high)? * 16 + digit(low)?).ok()?
            }
            (b'%', _) => return None,
            (byte, _) => *byte,
        };
        bytes.push(decoded);
    }
    String::from_utf8(bytes).ok()
}

fn is_header((name, value): &(String, String)) -> bool {
    http::HeaderName::from_bytes(name.as_bytes()).is_ok()
        && http::HeaderValue::from_str(value).is_ok()
}
