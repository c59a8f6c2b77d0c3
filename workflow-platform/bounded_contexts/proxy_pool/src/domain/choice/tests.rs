use std::{collections::BTreeMap, time::Duration};

use proptest::prelude::*;
use shared_kernel::application::FetchOutcome;

use super::{
    super::{Answer, HostPolicy, Standing, Strategy},
    *,
};

/// As many proxies, ids from 0, of which some are in use.
struct List(Vec<View>);

impl Members for List {
    fn view(&self, position: u32) -> Option<View> {
        self.0.get(position as usize).copied()
    }

    fn position(&self, id: ProxyId) -> Option<u32> {
        let found = self.0.iter().position(|view| view.id == id)?;
        u32::try_from(found).ok()
    }
}

fn list(size: u32) -> (List, Ready) {
    let view = |n: u32| View {
        id: Uuid::from_u128(n.into()).into(),
        in_use: 0,
        cost: 1.0,
        latency_ms: None,
    };
    let mut ready = Ready::new(size as usize);
    for position in 0..size {
        ready.set(position, Standing::Ready { in_use: 0, turn: 0 });
    }
    (List((0..size).map(view).collect()), ready)
}

fn scene<'a>(list: &'a List, ready: &'a Ready) -> Scene<'a> {
    Scene {
        ready,
        members: list,
        book: None,
        avoid: &[],
        now: Timestamp::from_micros(1),
        parallel_limit: 4,
        prior: 0.5,
        typical_ms: 100.0,
        last: None,
    }
}

#[test]
fn turns_go_round_whoever_rests_meanwhile() {
    let (list, mut ready) = list(3);
    let mut dice = Dice::new(1);
    let mut last = None;
    let mut taken = Vec::new();
    for step in 0..6 {
        if step == 3 {
            ready.set(1, Standing::Full);
        }
        let scene = Scene { last, ..scene(&list, &ready) };
        let choice = scene.choose(Strategy::RoundRobin, &mut dice).unwrap();
        last = Some(choice.position);
        taken.push(choice.position);
    }
    assert_eq!(taken, [0, 1, 2, 0, 2, 0]);
}

#[test]
fn the_least_used_comes_first_and_equals_take_turns() {
    let (list, mut ready) = list(3);
    ready.set(0, Standing::Ready { in_use: 1, turn: 0 });
    ready.set(1, Standing::Ready { in_use: 0, turn: 7 });
    ready.set(2, Standing::Ready { in_use: 0, turn: 3 });
    let choice = scene(&list, &ready).choose(Strategy::LeastUsed, &mut Dice::new(1)).unwrap();
    assert_eq!(choice.position, 2);
}

#[test]
fn those_to_avoid_and_those_the_host_turned_away_are_passed_over() {
    let (list, ready) = list(4);
    let now = Timestamp::from_micros(1);
    let mut book = HostBook::new(Uuid::nil().into(), now);
    let answer = Answer {
        proxy: list.0[1].id,
        lease: Uuid::nil(),
        outcome: FetchOutcome::Challenge,
        elapsed: Duration::ZERO,
        at: now,
    };
    book.learn(&answer, 4, &HostPolicy::default(), &mut Dice::new(1));
    let avoid = [list.0[0].id.uuid()];
    for strategy in Strategy::ALL {
        let mut dice = Dice::new(5);
        let mut taken = BTreeMap::new();
        for _ in 0..50 {
            let scene = Scene { book: Some(&book), avoid: &avoid, ..scene(&list, &ready) };
            let choice = scene.choose(strategy, &mut dice).unwrap();
            *taken.entry(choice.position).or_insert(0) += 1;
        }
        assert!(!taken.contains_key(&0) && !taken.contains_key(&1), "{strategy:?}: {taken:?}");
    }
}

#[test]
fn a_host_that_turned_one_away_is_asked_through_those_it_has_answered() {
    for size in [4, 200] {
        let (list, ready) = list(size);
        let now = Timestamp::from_micros(1);
        let mut book = HostBook::new(Uuid::nil().into(), now);
        let mut dice = Dice::new(1);
        let mut heard = |position: usize, outcome| {
            let (proxy, lease) = (list.0[position].id, Uuid::nil());
            let answer = Answer { proxy, lease, outcome, elapsed: Duration::ZERO, at: now };
            book.learn(&answer, 200, &HostPolicy::default(), &mut dice);
        };
        heard(2, FetchOutcome::Ok);
        heard(3, FetchOutcome::Challenge);
        let mut taken_at = |now| {
            let scene = Scene { book: Some(&book), now, ..scene(&list, &ready) };
            let mut taken: Vec<_> = (0..300)
                .map(|_| scene.choose(Strategy::Smart, &mut dice).unwrap().position)
                .collect();
            taken.sort_unstable();
            taken.dedup();
            taken
        };
        assert_eq!(taken_at(now), [2], "{size}");
        assert!(taken_at(now.plus(WARY * 2)).len() > 1, "{size}: others are tried again");
    }
}

#[test]
fn a_choice_says_what_it_was_made_from_and_can_be_repeated() {
    let (mut list, ready) = list(3);
    list.0[0].latency_ms = Some(1000.0);
    list.0[1].cost = 10.0;
    let once = scene(&list, &ready).choose(Strategy::Smart, &mut Dice::new(4)).unwrap();
    let again = scene(&list, &ready).choose(Strategy::Smart, &mut Dice::new(4)).unwrap();
    assert_eq!(once, again);
    assert_eq!((once.considered.len(), once.reason), (3, Reason::BestScore));
    let best = once.considered.iter().find(|one| one.position == once.position).unwrap();
    assert!(once.considered.iter().all(|one| one.score <= best.score));
}

proptest! {
    #[test]
    fn scores_are_finite_and_the_chosen_one_may_be_used(
        seed: u64,
        size in 1u32..300,
        cost in 0.0..1e6f64,
        latency in prop::option::of(-1.0..1e9f64),
        typical in 0.0..1e9f64,
        prior in -1.0..2.0f64,
        resting in prop::collection::vec(0u32..300, 0..200),
    ) {
        let (mut list, mut ready) = list(size);
        for view in &mut list.0 {
            (view.cost, view.latency_ms) = (cost, latency);
        }
        for position in &resting {
            ready.set(*position, Standing::Resting(Timestamp::from_micros(9)));
        }
        let mut dice = Dice::new(seed);
        for strategy in Strategy::ALL {
            let scene = Scene { prior, typical_ms: typical, ..scene(&list, &ready) };
            let Some(choice) = scene.choose(strategy, &mut dice) else {
                prop_assert_eq!(ready.counts().ready, 0);
                continue;
            };
            prop_assert!(!resting.contains(&choice.position));
            prop_assert!(choice.considered.len() <= COMPARED);
            for one in &choice.considered {
                prop_assert!(one.score.is_finite() && one.score >= 0.0, "{one:?}");
            }
        }
    }
}
