//! One JSON object a line: what is known of where it was said (the request, its user, the execution)
//! stands beside what was said, under one name each.

use std::{error::Error, fmt};

use serde_json::{Map, Value};
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    fmt::{
        FmtContext, FormatEvent, FormatFields, FormattedFields,
        format::Writer,
        time::{FormatTime as _, SystemTime},
    },
    registry::{LookupSpan, Scope},
};

use super::redact::is_secret;

/// Names of fields that say the same.
const ALIASES: [(&str, &str); 3] =
    [("execution.id", "execution_id"), ("user.id", "user_id"), ("request.id", "request_id")];
const MASKED: &str = "***";

pub(super) struct JsonLines;

impl<S, N> FormatEvent<S, N> for JsonLines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        ctx: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut at = String::new();
        SystemTime.format_time(&mut Writer::new(&mut at))?;
        let meta = event.metadata();
        let mut line = Map::new();
        line.insert("timestamp".to_owned(), at.into());
        line.insert("level".to_owned(), meta.level().as_str().into());
        // Its place; the text follows with the other fields.
        line.insert("message".to_owned(), Value::Null);
        for span in ctx.event_scope().into_iter().flat_map(Scope::from_root) {
            let extensions = span.extensions();
            let fields = extensions.get::<FormattedFields<N>>();
            let fields = fields.and_then(|fields| serde_json::from_str(&fields.fields).ok());
            for (name, value) in fields.into_iter().flat_map(|fields: Map<String, Value>| fields) {
                put(&mut line, &name, value);
            }
        }
        event.record(&mut Fields(&mut line));
        line.insert("target".to_owned(), meta.target().into());
        let line = serde_json::to_string(&line).map_err(|_| fmt::Error)?;
        writeln!(writer, "{line}")
    }
}

fn put(line: &mut Map<String, Value>, name: &str, value: Value) {
    let name = name.strip_prefix("r#").unwrap_or(name);
    let alias = ALIASES.iter().find(|(other, _)| *other == name).map(|(_, name)| *name);
    let name = alias.unwrap_or(name);
    let value = if is_secret(name) { MASKED.into() } else { value };
    line.insert(name.to_owned(), value);
}

/// Puts fields of an event into its line.
struct Fields<'a>(&'a mut Map<String, Value>);

impl Visit for Fields<'_> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        put(self.0, field.name(), value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        put(self.0, field.name(), value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        put(self.0, field.name(), value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        put(self.0, field.name(), value.into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        put(self.0, field.name(), value.into());
    }

    /// With the chain of its causes.
    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        let mut text = value.to_string();
        let mut cause = value.source();
        while let Some(error) = cause {
            text.push_str(": ");
            text.push_str(&error.to_string());
            cause = error.source();
        }
        put(self.0, field.name(), text.into());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        put(self.0, field.name(), format!("{value:?}").into());
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use serde_json::json;
    use tracing::{info, info_span, warn};
    use tracing_subscriber::{Layer as _, fmt::format::JsonFields, layer::SubscriberExt as _};

    use super::*;

    #[derive(Clone, Default)]
    struct Said(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for Said {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn lines(say: impl FnOnce()) -> Vec<Value> {
        let said = Said::default();
        let writer = said.clone();
        let layer = tracing_subscriber::fmt::layer()
            .with_writer(super::super::redact::Redacted(move || writer.clone()))
            .event_format(JsonLines)
            .fmt_fields(JsonFields::new())
            .boxed();
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), say);
        let text = String::from_utf8(said.0.lock().unwrap().clone()).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn a_line_has_the_ids_of_everything_around_it() {
        let said = lines(|| {
            let request =
                info_span!("request", request_id = "req_1", user_id = tracing::field::Empty);
            let _in = request.enter();
            request.record("user_id", "u1");
            let _run = info_span!("execution", execution.id = "e1").entered();
            info!(elapsed_ms = 7, "a \"quoted\"\nline");
        });
        let line = &said[0];
        assert_eq!(line["message"], "a \"quoted\"\nline");
        let ids = (&line["request_id"], &line["user_id"], &line["execution_id"]);
        assert_eq!(ids, (&json!("req_1"), &json!("u1"), &json!("e1")));
        assert_eq!((&line["elapsed_ms"], &line["level"]), (&json!(7), &json!("INFO")));
    }

    #[derive(Debug, thiserror::Error)]
    #[error("the page did not come")]
    struct Outer(#[source] std::fmt::Error);

    #[test]
    fn an_error_is_told_with_its_causes() {
        let said = lines(|| {
            let error = Outer(std::fmt::Error);
            warn!(error = &error as &dyn Error, "no");
        });
        let cause = std::fmt::Error.to_string();
        assert_eq!(said[0]["error"], format!("the page did not come: {cause}"));
    }

    #[test]
    fn what_is_secret_by_its_name_or_its_look_is_masked() {
        let said = lines(|| {
            info!(password = "hunter2hunter2", proxy = "http://u:p4ss@10.0.0.1:8080", "signed in");
            info!("sent Bearer abcdefghijklmnop to http://site.example/path");
        });
        assert_eq!(said[0]["password"], "***");
        assert_eq!(said[0]["proxy"], "http://***@10.0.0.1:8080");
        assert_eq!(said[1]["message"], "sent Bearer *** to http://site.example/path");
    }
}
