//! Endpoints of users, and what is delivered to them.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared_kernel::domain::{Ambient, Id, Owner, Timestamp};

use super::Automation;

/// Where deliveries go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    pub id: Id<Self>,
    pub owner: Owner,
    pub url: String,
    pub description: String,
    pub enabled: bool,
    /// Why the platform disabled it.
    pub disabled_reason: Option<DisabledReason>,
    /// Since when every attempt has failed.
    pub failing_since: Option<Timestamp>,
    /// Until when the secret before this one signs too.
    pub old_secret_until: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// Why the platform disabled an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DisabledReason {
    /// It answered `410 Gone`.
    Gone,
    /// For days every attempt failed.
    Failing,
}

impl DisabledReason {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gone => "gone",
            Self::Failing => "failing",
        }
    }

    /// Of a row.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Gone, Self::Failing].into_iter().find(|one| one.as_str() == text)
    }
}

/// How far a delivery is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// To be tried, for the first time or again.
    Pending,
    Delivered,
    /// Given up.
    Failed,
}

impl DeliveryState {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }

    /// Of a row.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Pending, Self::Delivered, Self::Failed].into_iter().find(|one| one.as_str() == text)
    }
}

/// One message for an endpoint.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    pub id: Id<Self>,
    pub endpoint: Id<Endpoint>,
    pub owner: Owner,
    /// The rule that sends it, unless somebody tries the endpoint.
    pub automation: Option<Id<Automation>>,
    /// `type` of the message: the kind of the event.
    pub kind: String,
    /// As it is sent.
    pub body: String,
    pub state: DeliveryState,
    /// Attempts altogether.
    pub attempts: u32,
    /// Attempts since it was last asked for.
    pub tries: u32,
    /// When it is tried next; while it is under way, when somebody else may try it.
    pub due_at: Timestamp,
    /// Status of the last answer.
    pub status: Option<u16>,
    /// Why the last attempt failed, or why none was made.
    pub error: Option<String>,
    pub created_at: Timestamp,
    pub ended_at: Option<Timestamp>,
}

/// One attempt of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// From 1.
    pub number: u32,
    pub at: Timestamp,
    pub elapsed: Duration,
    pub status: Option<u16>,
    pub error: Option<String>,
    /// The beginning of the answer.
    pub answer: Option<String>,
}

/// Waits between attempts, as the specification of Standard Webhooks suggests: more than three
/// days altogether.
const WAITS: [Duration; 9] = [
    Duration::from_secs(5),
    Duration::from_mins(5),
    Duration::from_mins(30),
    Duration::from_hours(2),
    Duration::from_hours(5),
    Duration::from_hours(10),
    Duration::from_hours(14),
    Duration::from_hours(20),
    Duration::from_hours(24),
];

/// Longest wait that an answer may ask for.
const LONGEST_WAIT: Duration = Duration::from_hours(24);

/// An endpoint that failed for so long is disabled.
pub const LONGEST_FAILURE: Duration = Duration::from_hours(72);

/// The wait after so many tries (from 1), up to a fifth longer or shorter and not shorter than the
/// endpoint asked for; `None` when the delivery is given up.
pub fn wait_after(tries: u32, asked: Option<Duration>, ambient: &Ambient) -> Option<Duration> {
    let index = usize::try_from(tries.checked_sub(1)?).ok()?;
    let wait = WAITS.get(index)?;
    let percent = u32::try_from(80 + ambient.below(41)).unwrap_or(100);
    let wait = wait.saturating_mul(percent) / 100;
    Some(wait.max(asked.unwrap_or_default().min(LONGEST_WAIT)))
}

impl Delivery {
    /// `webhook-id`: the same for every attempt.
    pub fn message_id(&self) -> String {
        format!("msg_{}", self.id.uuid().simple())
    }
}

/// What is sent: the form that Standard Webhooks recommends.
pub fn body_of(kind: &str, at: &Value, data: &Value) -> String {
    json!({ "type": kind, "timestamp": at, "data": data }).to_string()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;
    use shared_kernel::domain::{Clock, Entropy};

    use super::*;

    struct Still(u8);

    impl Clock for Still {
        fn now(&self) -> Timestamp {
            Timestamp::default()
        }
    }

    impl Entropy for Still {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    fn ambient(byte: u8) -> Ambient {
        Ambient::new(Arc::new(Still(byte)), Arc::new(Still(byte)))
    }

    proptest! {
        #[test]
        fn waits_grow_over_days_and_end(byte in 0..u8::MAX) {
            let ambient = ambient(byte);
            let waits: Vec<_> = (1..).map_while(|tries| wait_after(tries, None, &ambient)).collect();
            prop_assert_eq!(waits.len(), WAITS.len());
            prop_assert!(waits.is_sorted());
            for (wait, middle) in waits.iter().zip(WAITS) {
                prop_assert!(*wait >= middle * 4 / 5 && *wait <= middle * 6 / 5);
            }
            prop_assert!(waits.iter().sum::<Duration>() > Duration::from_hours(60));
        }
    }

    #[test]
    fn an_endpoint_may_ask_for_a_longer_wait_but_not_for_ever() {
        let ambient = ambient(1);
        let minute = Duration::from_mins(1);
        assert_eq!(wait_after(1, Some(minute), &ambient), Some(minute));
        assert!(wait_after(2, Some(minute), &ambient).unwrap() > minute);
        assert_eq!(wait_after(1, Some(Duration::MAX), &ambient), Some(LONGEST_WAIT));
        assert_eq!(wait_after(0, None, &ambient), None);
        assert_eq!(wait_after(10, Some(minute), &ambient), None);
    }
}
