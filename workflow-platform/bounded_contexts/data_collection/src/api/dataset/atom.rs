//! Changes as an Atom feed (RFC 4287).

use axum::{
    http::header::CONTENT_TYPE,
    response::{IntoResponse as _, Response},
};
use serde_json::Value;

use super::shapes::ChangeView;
use crate::{
    application::dataset::{ChangeRow, DatasetRow},
    domain::dataset::{ChangeKind, FieldChange},
};

/// Characters of a value that are shown.
const SHOWN: usize = 300;
/// Fields of a change that are shown.
const FIELDS: usize = 50;

/// Text between tags: what XML cannot hold is left out.
pub fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\t' | '\n' | '\r' => safe.push(c),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            c => safe.push(c),
        }
    }
    safe
}

fn cut(text: &str) -> String {
    let mut shown: String = text.chars().take(SHOWN).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

fn value(value: Option<&Value>) -> String {
    match value {
        None => "–".to_owned(),
        Some(Value::String(text)) => cut(text),
        Some(other) => cut(&other.to_string()),
    }
}

fn line(change: &FieldChange) -> String {
    let (before, after) = (value(change.before.as_ref()), value(change.after.as_ref()));
    format!("{}: {before} → {after}\n", change.field)
}

/// The same for the same change, and says nothing of the key to those who do not know the
/// dataset's id, which links do not show.
fn id_of(dataset: &DatasetRow, told: &str) -> uuid::Uuid {
    let hash = blake3::hash(format!("{}/{told}", dataset.id).as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.as_bytes()[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

fn entry(dataset: &DatasetRow, known: &str, change: &ChangeView) -> String {
    let what = match change.kind {
        ChangeKind::Added => "added",
        ChangeKind::Changed => "changed",
        ChangeKind::Removed => "removed",
    };
    let key = change.key.as_deref().unwrap_or("record");
    let text: String = change.fields.iter().take(FIELDS).map(line).collect();
    format!(
        "<entry><id>urn:uuid:{}</id><title>{}</title><updated>{}</updated>\
         <content type=\"text\">{}</content></entry>\n",
        id_of(dataset, &format!("{}/{known}", change.version)),
        escaped(&format!("{key} {what}")),
        change.at,
        escaped(&text)
    )
}

/// A feed of changes with the keys of their records, the newest first; `view` says what is shown.
pub fn response(
    dataset: &DatasetRow,
    changes: Vec<ChangeRow>,
    view: impl Fn(ChangeView) -> ChangeView,
) -> Response {
    let mut body = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <feed xmlns=\"http://www.w3.org/2005/Atom\"><id>urn:uuid:{}</id><title>{}</title>\
         <updated>{}</updated><author><name>{}</name></author>\n",
        id_of(dataset, ""),
        escaped(&dataset.name),
        dataset.updated_at,
        escaped(&dataset.name),
    );
    for change in changes {
        let known = change.key.clone();
        body.push_str(&entry(dataset, &known, &view(change.into())));
    }
    body.push_str("</feed>\n");
    ([(CONTENT_TYPE, "application/atom+xml; charset=utf-8")], body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_stays_text() {
        assert_eq!(escaped("<a>&\"\u{1}\u{ffff}书"), "&lt;a&gt;&amp;&quot;书");
        assert_eq!(cut(&"书".repeat(301)).chars().count(), 301);
    }
}
