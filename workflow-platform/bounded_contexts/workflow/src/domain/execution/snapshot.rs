//! The state of an execution as it was after one event, so that whoever takes it over need not fold
//! the whole journal.
//!
//! A snapshot is that of a machine which was fed with events and never asked for a decision: it is
//! the same whoever takes it, and folding on from it gives what folding from the start gives. What
//! the definition and the identity say is not in it.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    sync::Arc,
};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared_kernel::domain::Timestamp;

use super::{
    Execution, Fragment, Identity, Phase, RunKey, Signal, Status,
    children::Children,
    fragment::part_of,
    groups::Group,
    machine::{Node, Stop},
};
use crate::domain::{definition::Definition, expression::StepView};

/// Goes up when a state is written that earlier programs would read wrongly. Who does not know a
/// version folds the journal from its start.
pub const SNAPSHOT_VERSION: u32 = 1;

/// The text is no snapshot of an execution of this definition.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    #[error("snapshot is not in its form")]
    Form(#[from] serde_json::Error),
    #[error("snapshot is that of another definition")]
    Definition,
}

#[derive(Serialize)]
struct Written<'a> {
    fragment: &'a Option<Fragment>,
    params: &'a Value,
    vars: &'a Value,
    trigger: &'a Value,
    steps: BTreeMap<&'a str, &'a StepView>,
    nodes: &'a [Node],
    groups: &'a [Group; 3],
    phase: Phase,
    timers: &'a BTreeSet<(Timestamp, RunKey)>,
    #[serde(with = "pairs")]
    signals: &'a HashMap<RunKey, VecDeque<Signal>>,
    answerable: &'a VecDeque<RunKey>,
    children: &'a Children,
    started_at: Option<Timestamp>,
    round_since: Option<Timestamp>,
    round: u32,
    stop: Option<Stop>,
    event_at: Timestamp,
    main_quiet_at: Option<Timestamp>,
    finished: Option<Status>,
}

#[derive(Deserialize)]
struct Read {
    fragment: Option<Fragment>,
    params: Value,
    vars: Value,
    trigger: Value,
    steps: BTreeMap<String, StepView>,
    nodes: Vec<Node>,
    groups: [Group; 3],
    phase: Phase,
    timers: BTreeSet<(Timestamp, RunKey)>,
    #[serde(with = "pairs")]
    signals: HashMap<RunKey, VecDeque<Signal>>,
    answerable: VecDeque<RunKey>,
    children: Children,
    started_at: Option<Timestamp>,
    round_since: Option<Timestamp>,
    round: u32,
    stop: Option<Stop>,
    event_at: Timestamp,
    main_quiet_at: Option<Timestamp>,
    finished: Option<Status>,
}

impl Execution {
    /// The state as JSON, in the form of [`SNAPSHOT_VERSION`].
    pub fn snapshot(&self) -> Result<Vec<u8>, serde_json::Error> {
        let steps = self.scope.steps.iter().map(|(id, view)| (id.as_str(), view.as_ref()));
        serde_json::to_vec(&Written {
            fragment: &self.fragment,
            params: &self.scope.params,
            vars: &self.scope.vars,
            trigger: &self.scope.trigger,
            steps: steps.collect(),
            nodes: &self.nodes,
            groups: &self.groups,
            phase: self.phase,
            timers: &self.timers,
            signals: &self.signals,
            answerable: &self.answerable,
            children: &self.children,
            started_at: self.started_at,
            round_since: self.round_since,
            round: self.round,
            stop: self.stop,
            event_at: self.event_at,
            main_quiet_at: self.main_quiet_at,
            finished: self.finished,
        })
    }

    /// The execution as it was when the snapshot was taken.
    pub fn restore(
        definition: &Arc<Definition>,
        identity: Identity,
        snapshot: &[u8],
    ) -> Result<Self, SnapshotError> {
        let read: Read = serde_json::from_slice(snapshot)?;
        let runs = part_of(definition, read.fragment.as_ref()).ok_or(SnapshotError::Definition)?;
        let new = Self::new(runs, identity);
        if new.nodes.len() != read.nodes.len() {
            return Err(SnapshotError::Definition);
        }
        let mut scope = new.scope;
        scope.params = read.params;
        scope.vars = read.vars;
        scope.trigger = read.trigger;
        scope.steps = read.steps.into_iter().map(|(id, view)| (id, Arc::new(view))).collect();
        Ok(Self {
            scope,
            fragment: read.fragment,
            nodes: read.nodes,
            groups: read.groups,
            phase: read.phase,
            timers: read.timers,
            signals: read.signals,
            answerable: read.answerable,
            children: read.children,
            started_at: read.started_at,
            round_since: read.round_since,
            round: read.round,
            stop: read.stop,
            event_at: read.event_at,
            main_quiet_at: read.main_quiet_at,
            finished: read.finished,
            ..new
        })
    }
}

/// A map whose keys need not be texts, as pairs in order.
pub(super) mod pairs {
    use std::{collections::HashMap, hash::Hash};

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<K, V, S>(map: &HashMap<K, V>, to: S) -> Result<S::Ok, S::Error>
    where
        K: Ord + Serialize,
        V: Serialize,
        S: Serializer,
    {
        let mut pairs: Vec<(&K, &V)> = map.iter().collect();
        pairs.sort_by(|a, b| a.0.cmp(b.0));
        to.collect_seq(pairs)
    }

    pub fn deserialize<'de, K, V, D>(from: D) -> Result<HashMap<K, V>, D::Error>
    where
        K: Eq + Hash + Deserialize<'de>,
        V: Deserialize<'de>,
        D: Deserializer<'de>,
    {
        Ok(Vec::<(K, V)>::deserialize(from)?.into_iter().collect())
    }
}
