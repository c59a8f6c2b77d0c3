use proptest::prelude::*;

use super::*;

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_micros(1_000_000).plus(Duration::from_secs(seconds))
}

fn proxy(number: u128) -> ProxyId {
    Uuid::from_u128(number).into()
}

struct Scene {
    book: HostBook,
    dice: Dice,
    policy: HostPolicy,
    leases: u128,
}

impl Scene {
    fn new() -> Self {
        let book = HostBook::new(Uuid::from_u128(9).into(), at(0));
        Self { book, dice: Dice::new(3), policy: HostPolicy::default(), leases: 0 }
    }

    fn use_once(&mut self, number: u128, outcome: FetchOutcome, now: Timestamp) -> Finding {
        self.leases += 1;
        let lease = Uuid::from_u128(self.leases);
        self.book.sent(proxy(number), lease, now, &self.policy);
        let answer = Answer {
            proxy: proxy(number),
            lease,
            outcome,
            elapsed: Duration::from_millis(80),
            at: now,
        };
        self.book.learn(&answer, 10, &self.policy, &mut self.dice)
    }
}

#[test]
fn one_proxy_that_is_turned_away_cools_down_on_this_host() {
    let mut scene = Scene::new();
    assert_eq!(scene.use_once(1, FetchOutcome::Challenge, at(0)), Finding::PairOpened);
    assert!(!scene.book.passes(proxy(1), at(0)));
    assert!(scene.book.passes(proxy(2), at(0)) && scene.book.breaker.passes(at(0)));
}

#[test]
fn several_that_are_turned_away_within_a_window_blame_the_host_and_mark_no_proxy() {
    let mut scene = Scene::new();
    scene.use_once(1, FetchOutcome::Challenge, at(0));
    scene.use_once(2, FetchOutcome::Throttled, at(5));
    assert_eq!(scene.use_once(3, FetchOutcome::Challenge, at(9)), Finding::HostOpened);
    assert!(!scene.book.breaker.passes(at(9)));
    for number in 1..=3 {
        assert!(scene.book.passes(proxy(number), at(9)), "proxy {number} is not marked");
        let pair = scene.book.pair(proxy(number)).unwrap();
        assert!(pair.evidence.bad() < 0.01 && pair.fresh.bad() < 0.01);
        assert_eq!(pair.tally.refused, 1, "it is counted all the same");
    }
    assert_eq!(scene.use_once(4, FetchOutcome::Challenge, at(9)), Finding::HostOpened);
    assert!(scene.book.passes(proxy(4), at(9)), "what comes late marks nobody either");
}

#[test]
fn refusals_further_apart_than_the_window_are_the_proxies_own() {
    let mut scene = Scene::new();
    for (number, seconds) in [(1, 0), (2, 61), (3, 122)] {
        let finding = scene.use_once(number, FetchOutcome::Challenge, at(seconds));
        assert_eq!(finding, Finding::PairOpened);
    }
}

#[test]
fn what_became_of_a_page_touches_neither_proxy_nor_host() {
    let mut scene = Scene::new();
    for outcome in [FetchOutcome::Gone, FetchOutcome::ParseDrift, FetchOutcome::LoginWall] {
        scene.use_once(1, outcome, at(0));
    }
    let pair = scene.book.pair(proxy(1)).unwrap();
    assert_eq!((pair.evidence, pair.breaker), (Evidence::default(), Breaker::default()));
}

#[test]
fn a_challenge_that_only_the_reader_saw_takes_the_success_back() {
    let mut scene = Scene::new();
    scene.use_once(1, FetchOutcome::Ok, at(0));
    let answer = Answer {
        proxy: proxy(1),
        lease: Uuid::nil(),
        outcome: FetchOutcome::Challenge,
        elapsed: Duration::ZERO,
        at: at(0),
    };
    scene.book.reconsider(&answer, 10, &scene.policy, &mut scene.dice);
    let pair = scene.book.pair(proxy(1)).unwrap();
    assert!(pair.evidence.good() < 0.01 && pair.evidence.bad() > 0.99);
    assert_eq!(pair.tally, Tally { requests: 1, successes: 0, failures: 0, refused: 1 });
}

#[test]
fn what_other_processes_wrote_joins_what_is_not_written_yet() {
    let mut scene = Scene::new();
    scene.use_once(1, FetchOutcome::Ok, at(0));
    let stored = StoredHost {
        id: Uuid::from_u128(77).into(),
        host: "h:80".to_owned(),
        breaker: Breaker::default(),
        first_at: at(0),
        last_at: at(0),
    };
    let theirs = Pair { evidence: Evidence::new(5.0, 1.0, at(0)), ..Pair::default() };
    scene.book.refresh(&stored, vec![(proxy(1), theirs)]);
    let pair = scene.book.pair(proxy(1)).unwrap();
    assert!((pair.evidence.good() - 6.0).abs() < 1e-9);
    assert_eq!(scene.book.id, stored.id);
}

fn outcomes() -> impl Strategy<Value = FetchOutcome> {
    prop_oneof![
        Just(FetchOutcome::Ok),
        Just(FetchOutcome::Transport),
        Just(FetchOutcome::Challenge),
        Just(FetchOutcome::Throttled),
        Just(FetchOutcome::Gone),
        Just(FetchOutcome::RobotsDenied),
    ]
}

proptest! {
    #[test]
    fn evidence_stays_finite_and_pauses_bounded(
        history in prop::collection::vec((0u128..6, outcomes(), 0u64..200), 0..150),
    ) {
        let mut scene = Scene::new();
        let mut now = at(0);
        for (number, outcome, seconds) in history {
            now = now.plus(Duration::from_secs(seconds));
            if !scene.book.breaker.passes(now) || !scene.book.passes(proxy(number), now) {
                continue;
            }
            scene.use_once(number, outcome, now);
            if let Some(until) = scene.book.breaker.opens_at() {
                prop_assert!(until.since(now) <= scene.policy.host.longest_pause);
            }
            for number in 0..6 {
                let Some(pair) = scene.book.pair(proxy(number)) else { continue };
                let (alpha, beta) = pair.evidence.belief(0.5, now);
                prop_assert!(alpha.is_finite() && beta.is_finite() && alpha > 0.0 && beta > 0.0);
                if let Some(until) = pair.breaker.opens_at() {
                    prop_assert!(until.since(now) <= scene.policy.pair.longest_pause);
                }
            }
            prop_assert!(scene.book.favourites().len() <= FAVOURITES);
        }
    }
}
