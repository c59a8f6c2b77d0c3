//! Whether a rule fires at an event whose condition is met, as far as its own past says.

use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

use shared_kernel::domain::Timestamp;

use super::Rule;

/// What the past says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Fires,
    /// So many were counted, more are needed.
    Counts(u32),
    /// It fired a short while ago.
    Rests,
}

/// Plays events through a rule, the oldest first.
#[derive(Debug)]
pub struct Gate<'a> {
    rule: &'a Rule,
    counted: HashMap<String, VecDeque<Timestamp>>,
    fired_at: Option<Timestamp>,
}

impl<'a> Gate<'a> {
    pub fn new(rule: &'a Rule) -> Self {
        Self { rule, counted: HashMap::new(), fired_at: None }
    }

    /// `group` is what the threshold counts by.
    pub fn admit(&mut self, group: &str, at: Timestamp) -> Verdict {
        if let Some(threshold) = &self.rule.trigger.threshold {
            let within = Duration::from_secs(threshold.within_seconds.into());
            let counted = self.counted.entry(group.to_owned()).or_default();
            counted.push_back(at);
            while counted.front().is_some_and(|first| at.since(*first) > within) {
                counted.pop_front();
            }
            let found = u32::try_from(counted.len()).unwrap_or(u32::MAX);
            if found < threshold.count {
                return Verdict::Counts(found);
            }
            counted.clear();
        }
        if self.rule.rests(self.fired_at, at) {
            return Verdict::Rests;
        }
        self.fired_at = Some(at);
        Verdict::Fires
    }
}

impl Rule {
    /// Whether it still rests since it fired.
    pub fn rests(&self, fired_at: Option<Timestamp>, now: Timestamp) -> bool {
        let rest = Duration::from_secs(self.cooldown_seconds.into());
        fired_at.is_some_and(|fired_at| now < fired_at.plus(rest))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn rule(count: u32, within: u32, cooldown: u32) -> Rule {
        let threshold = json!({ "count": count, "within_seconds": within });
        let rule = json!({
            "name": "r",
            "trigger": { "event": "execution.finished", "threshold": threshold },
            "cooldown_seconds": cooldown,
            "actions": [{ "kind": "notify", "title": "t" }],
        });
        serde_json::from_value(rule).unwrap()
    }

    /// Nothing counted means that it fired.
    fn counted(count: u32) -> Verdict {
        if count == 0 { Verdict::Fires } else { Verdict::Counts(count) }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    #[test]
    fn the_third_within_the_window_fires_and_counting_begins_anew() {
        let rule = rule(3, 60, 0);
        let mut gate = Gate::new(&rule);
        let verdicts = [0, 50, 100, 105, 110, 111].map(|second| gate.admit("", at(second)));
        assert_eq!(verdicts, [1, 2, 2, 0, 1, 2].map(counted));
    }

    #[test]
    fn groups_are_counted_apart_and_a_rest_is_kept() {
        let rule = rule(2, 60, 100);
        let mut gate = Gate::new(&rule);
        assert_eq!(gate.admit("a", at(0)), Verdict::Counts(1));
        assert_eq!(gate.admit("b", at(1)), Verdict::Counts(1));
        assert_eq!(gate.admit("a", at(2)), Verdict::Fires);
        assert_eq!(gate.admit("b", at(3)), Verdict::Rests);
        gate.admit("b", at(150));
        assert_eq!(gate.admit("b", at(151)), Verdict::Fires);
    }

    proptest! {
        #[test]
        fn two_firings_are_never_closer_than_the_rest(
            gaps in proptest::collection::vec(0_i64..100, 1..200), count in 2_u32..5, rest in 0_u32..300,
        ) {
            let rule = rule(count, 60, rest);
            let (mut gate, mut now, mut last) = (Gate::new(&rule), 0, None);
            for gap in gaps {
                now += gap;
                if gate.admit("", at(now)) == Verdict::Fires {
                    prop_assert!(last.is_none_or(|last| now - last >= i64::from(rest)));
                    last = Some(now);
                }
            }
        }
    }
}
