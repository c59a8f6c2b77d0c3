//! Sessions: requests that belong together go through one proxy, for a time and a number of uses.

use std::{collections::HashMap, time::Duration};

use shared_kernel::domain::Timestamp;

use super::ProxyId;

/// Sessions remembered per pool; past that those that end soonest go.
const MOST: usize = 10_000;

/// How long and how often a session keeps its proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StickyTerms {
    pub ttl: Duration,
    /// Most requests; as many as come unless given.
    pub uses: Option<u32>,
}

#[derive(Debug, Clone, Copy)]
struct Bound {
    proxy: ProxyId,
    until: Timestamp,
    uses: u32,
}

/// Proxies by session.
#[derive(Debug, Default)]
pub struct Sessions {
    bound: HashMap<String, Bound>,
}

impl Sessions {
    /// The session's proxy, while its time and its uses last.
    pub fn proxy(&self, session: &str, now: Timestamp, terms: &StickyTerms) -> Option<ProxyId> {
        let bound = self.bound.get(session)?;
        let lasts = bound.until > now && terms.uses.is_none_or(|most| bound.uses < most);
        lasts.then_some(bound.proxy)
    }

    /// One more request of the session goes through the proxy. Another one than before begins
    /// time and uses anew.
    pub fn used(&mut self, session: &str, proxy: ProxyId, now: Timestamp, terms: &StickyTerms) {
        if self.proxy(session, now, terms) == Some(proxy) {
            if let Some(bound) = self.bound.get_mut(session) {
                bound.uses += 1;
            }
            return;
        }
        if self.bound.len() >= MOST {
            self.make_room(now);
        }
        let bound = Bound { proxy, until: now.plus(terms.ttl), uses: 1 };
        self.bound.insert(session.to_owned(), bound);
    }

    fn make_room(&mut self, now: Timestamp) {
        let mut ends: Vec<_> = self.bound.values().map(|bound| bound.until).collect();
        ends.sort_unstable();
        let tenth = ends.get(MOST / 10).copied().unwrap_or(now).max(now);
        self.bound.retain(|_, bound| bound.until > tenth);
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const TERMS: StickyTerms = StickyTerms { ttl: Duration::from_mins(1), uses: Some(3) };

    fn at(seconds: u64) -> Timestamp {
        Timestamp::default().plus(Duration::from_secs(seconds))
    }

    #[test]
    fn a_session_keeps_its_proxy_for_its_time_and_its_uses() {
        let mut sessions = Sessions::default();
        let proxy = ProxyId::from(Uuid::from_u128(1));
        for second in 0..3 {
            sessions.used("s", proxy, at(second), &TERMS);
        }
        assert_eq!(sessions.proxy("s", at(3), &TERMS), None, "three uses are over");
        sessions.used("t", proxy, at(0), &TERMS);
        assert_eq!(sessions.proxy("t", at(59), &TERMS), Some(proxy));
        assert_eq!(sessions.proxy("t", at(60), &TERMS), None, "its time is over");
    }

    #[test]
    fn sessions_are_bounded() {
        let mut sessions = Sessions::default();
        let proxy = ProxyId::from(Uuid::from_u128(1));
        for number in 0..25_000u64 {
            sessions.used(&number.to_string(), proxy, at(number), &TERMS);
            assert!(sessions.bound.len() <= MOST);
        }
        assert_eq!(sessions.proxy("24999", at(25_000), &TERMS), Some(proxy));
    }
}
