//! What is counted for one request, and what came of it.

use std::sync::Arc;

use async_trait::async_trait;
use axum::response::Response;
use parking_lot::Mutex;
use shared_kernel::{
    api::{Admission, Failure},
    domain::{Id, User, Verdict},
};

use super::{Counted, LimitFault, Limits, headers};

/// One request's way through the counts.
pub(super) struct Gate {
    limits: Arc<Limits>,
    sensitive: bool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Not asked yet.
    due: Vec<Counted>,
    user: Option<Id<User>>,
    answered: Vec<(Counted, Verdict)>,
}

impl Gate {
    pub fn new(limits: Arc<Limits>, due: Vec<Counted>, sensitive: bool) -> Self {
        let state = Mutex::new(State { due, ..State::default() });
        Self { limits, sensitive, state }
    }

    /// Whether nobody has asked yet.
    pub fn is_due(&self) -> bool {
        !self.state.lock().due.is_empty()
    }

    pub fn describe(&self, response: &mut Response) {
        headers::describe(&self.state.lock().answered, response.headers_mut());
    }

    fn take_due(&self, user: Option<Id<User>>) -> Vec<Counted> {
        let mut state = self.state.lock();
        let mut due = std::mem::take(&mut state.due);
        if let Some(user) = user.filter(|user| state.user != Some(*user)) {
            state.user = Some(user);
            due.push(self.limits.by_user(user));
        }
        due
    }
}

#[async_trait]
impl Admission for Gate {
    async fn admit(&self, user: Option<Id<User>>) -> Result<(), Failure> {
        let due = self.take_due(user);
        if due.is_empty() {
            return Ok(());
        }
        let verdicts = match self.limits.ask(&due).await {
            Ok(verdicts) => verdicts,
            Err(error) if self.sensitive => return Err(LimitFault::from(error).into()),
            Err(_) => return Ok(()),
        };
        let answered: Vec<_> = due.into_iter().zip(verdicts).collect();
        let refusal = refusal(&answered);
        self.state.lock().answered.extend(answered);
        refusal.map_or(Ok(()), |fault| Err(fault.into()))
    }
}

/// The one that takes longest to pass.
fn refusal(answered: &[(Counted, Verdict)]) -> Option<LimitFault> {
    let refused = answered.iter().filter(|(_, verdict)| !verdict.is_allowed());
    let (counted, verdict) = refused.max_by_key(|(_, verdict)| verdict.retry_after())?;
    metrics::counter!("rate_limited_total", "policy" => counted.policy).increment(1);
    let quota = counted.check.quota;
    Some(LimitFault::TooMany {
        policy: counted.policy,
        limit: quota.burst(),
        window_seconds: quota.period().as_secs(),
        retry_after: headers::whole_seconds(verdict.retry_after()),
    })
}
