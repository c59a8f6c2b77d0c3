//! What kinds of events there are, what they say, and how older forms become today's.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{DomainEvent, is_public};

/// What a field of a payload holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldForm {
    Text,
    /// A whole number.
    Number,
    /// Any number.
    Decimal,
    Flag,
    /// RFC 3339 in UTC.
    Time,
    /// A UUID.
    Id,
    Object,
    List,
    /// One of these words.
    OneOf(&'static [&'static str]),
}

impl FieldForm {
    fn holds(self, value: &Value) -> bool {
        match self {
            Self::Text => value.is_string(),
            Self::Number => value.is_i64() || value.is_u64(),
            Self::Decimal => value.is_number(),
            Self::Flag => value.is_boolean(),
            Self::Time => {
                value.as_str().is_some_and(|text| text.parse::<super::Timestamp>().is_ok())
            }
            Self::Id => value.as_str().is_some_and(|text| uuid::Uuid::parse_str(text).is_ok()),
            Self::Object => value.is_object(),
            Self::List => value.is_array(),
            Self::OneOf(words) => value.as_str().is_some_and(|text| words.contains(&text)),
        }
    }
}

/// A field of a payload.
#[derive(Debug, Clone, Copy)]
pub struct EventField {
    pub name: &'static str,
    pub form: FieldForm,
    /// It may be null or absent.
    pub is_optional: bool,
    pub meaning: &'static str,
}

/// A field that is always there.
pub const fn field(name: &'static str, form: FieldForm, meaning: &'static str) -> EventField {
    EventField { name, form, is_optional: false, meaning }
}

/// A field that may be null or absent.
pub const fn optional(name: &'static str, form: FieldForm, meaning: &'static str) -> EventField {
    EventField { name, form, is_optional: true, meaning }
}

/// Makes a payload of one version one of the next.
pub type Upcast = fn(&mut Map<String, Value>);

/// A kind of event.
#[derive(Debug, Clone, Copy)]
pub struct EventType {
    pub kind: &'static str,
    /// What it happens to.
    pub aggregate: &'static str,
    /// In Chinese and in English.
    pub title: (&'static str, &'static str),
    pub fields: &'static [EventField],
    /// From version 1 to 2, from 2 to 3, and so on up to today's.
    pub upcasts: &'static [Upcast],
}

/// A kind whose first form is today's.
pub const fn event_type(
    kind: &'static str,
    aggregate: &'static str,
    title: (&'static str, &'static str),
    fields: &'static [EventField],
) -> EventType {
    EventType { kind, aggregate, title, fields, upcasts: &[] }
}

/// What a payload is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PayloadFault {
    #[error("{0}: no such kind of event")]
    Kind(String),
    #[error("{0}: of {1}, not of {2}")]
    Aggregate(String, &'static str, String),
    #[error("{0}: not an object")]
    NotAnObject(String),
    #[error("{0}: field {1} is missing")]
    Missing(String, &'static str),
    #[error("{0}: field {1} is {2}, which is no {3:?}")]
    Form(String, &'static str, Value, FieldForm),
    #[error("{0}: field {1} is not described")]
    Undescribed(String, String),
}

impl EventType {
    /// The version of today's payloads.
    pub fn version(&self) -> u16 {
        u16::try_from(self.upcasts.len()).unwrap_or(u16::MAX).saturating_add(1)
    }

    /// Whether people may listen to it.
    pub fn is_public(&self) -> bool {
        is_public(self.kind)
    }

    fn check(&self, event: &DomainEvent) -> Result<(), PayloadFault> {
        let kind = || self.kind.to_owned();
        if event.aggregate != self.aggregate {
            return Err(PayloadFault::Aggregate(kind(), self.aggregate, event.aggregate.clone()));
        }
        let Some(payload) = event.payload.as_object() else {
            return Err(PayloadFault::NotAnObject(kind()));
        };
        for described in self.fields {
            match payload.get(described.name) {
                None | Some(Value::Null) if described.is_optional => {}
                None => return Err(PayloadFault::Missing(kind(), described.name)),
                Some(value) if described.form.holds(value) => {}
                Some(value) => {
                    let (name, form) = (described.name, described.form);
                    return Err(PayloadFault::Form(kind(), name, value.clone(), form));
                }
            }
        }
        let is_described = |name: &&String| !self.fields.iter().any(|field| field.name == **name);
        match payload.keys().find(is_described) {
            Some(name) => Err(PayloadFault::Undescribed(kind(), name.clone())),
            None => Ok(()),
        }
    }
}

/// The event was written by a newer version of the platform.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind} has version {version}, which is newer than {known}")]
pub struct NewerEvent {
    pub kind: String,
    pub version: u16,
    pub known: u16,
}

/// All kinds that the contexts of a process tell of.
#[derive(Debug, Clone, Default)]
pub struct EventCatalog(BTreeMap<&'static str, EventType>);

impl EventCatalog {
    pub fn new(types: impl IntoIterator<Item = EventType>) -> Self {
        Self(types.into_iter().map(|one| (one.kind, one)).collect())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// In the order of their kinds.
    pub fn types(&self) -> impl Iterator<Item = &EventType> {
        self.0.values()
    }

    /// Gives an event of an older version today's form. Kinds that are not known stay as they are.
    pub fn modernise(&self, event: &mut DomainEvent) -> Result<(), NewerEvent> {
        let Some(known) = self.0.get(event.kind.as_str()) else { return Ok(()) };
        if event.version > known.version() {
            let (kind, version) = (event.kind.clone(), event.version);
            return Err(NewerEvent { kind, version, known: known.version() });
        }
        let done = usize::from(event.version.saturating_sub(1));
        if let Value::Object(payload) = &mut event.payload {
            known.upcasts.iter().skip(done).for_each(|upcast| upcast(payload));
        }
        event.version = known.version();
        Ok(())
    }

    /// Whether the event is of a kind that is known, in today's form, and says what it should.
    pub fn check(&self, event: &DomainEvent) -> Result<(), PayloadFault> {
        let known = self.0.get(event.kind.as_str());
        known.ok_or_else(|| PayloadFault::Kind(event.kind.clone()))?.check(event)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{FieldForm::*, *};
    use crate::domain::{Id, Timestamp};

    const TYPES: [EventType; 1] = [EventType {
        kind: "order.placed",
        aggregate: "order",
        title: ("已下单", "An order was placed"),
        fields: &[
            field("amount_minor", Number, "in the smallest unit"),
            field("currency", OneOf(&["CNY", "EUR"]), "ISO 4217"),
            optional("coupon", Text, "its code"),
        ],
        upcasts: &[
            |payload| {
                let whole = payload.remove("amount").and_then(|value| value.as_i64()).unwrap_or(0);
                payload.insert("amount_minor".to_owned(), (whole * 100).into());
            },
            |payload| {
                payload.entry("currency").or_insert_with(|| "CNY".into());
            },
        ],
    }];

    fn event(version: u16, payload: Value) -> DomainEvent {
        DomainEvent {
            id: Id::from(uuid::Uuid::nil()),
            kind: "order.placed".to_owned(),
            version,
            aggregate: "order".to_owned(),
            aggregate_id: "1".to_owned(),
            user: None,
            payload,
            occurred_at: Timestamp::default(),
            request_id: None,
        }
    }

    #[test]
    fn every_older_form_becomes_todays() {
        let catalog = EventCatalog::new(TYPES);
        for (version, payload) in [
            (1, json!({ "amount": 7 })),
            (2, json!({ "amount_minor": 700 })),
            (3, json!({ "amount_minor": 700, "currency": "CNY" })),
        ] {
            let mut event = event(version, payload);
            catalog.modernise(&mut event).unwrap();
            assert_eq!(event.payload, json!({ "amount_minor": 700, "currency": "CNY" }));
            assert_eq!((event.version, catalog.check(&event)), (3, Ok(())));
        }
    }

    #[test]
    fn a_newer_form_is_left_to_newer_processes() {
        let catalog = EventCatalog::new(TYPES);
        let mut newer = event(4, json!({ "anything": 1 }));
        let kind = "order.placed".to_owned();
        assert_eq!(catalog.modernise(&mut newer), Err(NewerEvent { kind, version: 4, known: 3 }));
        let mut strange = DomainEvent { kind: "order.eaten".to_owned(), ..newer };
        assert_eq!(catalog.modernise(&mut strange), Ok(()));
        assert!(matches!(catalog.check(&strange), Err(PayloadFault::Kind(_))));
    }

    #[test]
    fn a_payload_says_what_is_described_and_nothing_else() {
        let catalog = EventCatalog::new(TYPES);
        let faults = [
            json!([]),
            json!({ "amount_minor": 1 }),
            json!({ "amount_minor": "1", "currency": "CNY" }),
            json!({ "amount_minor": 1, "currency": "XXX" }),
            json!({ "amount_minor": 1, "currency": "CNY", "coupon": 3 }),
            json!({ "amount_minor": 1, "currency": "CNY", "more": 3 }),
        ];
        for payload in faults {
            assert!(catalog.check(&event(3, payload.clone())).is_err(), "{payload}");
        }
        let elsewhere = DomainEvent { aggregate: "cart".to_owned(), ..event(3, json!({})) };
        assert!(matches!(catalog.check(&elsewhere), Err(PayloadFault::Aggregate(..))));
    }
}
