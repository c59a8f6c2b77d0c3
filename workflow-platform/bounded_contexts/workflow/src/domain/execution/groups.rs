//! The three lists of steps of a definition, laid out flat.

use std::collections::{HashMap, VecDeque};

use serde::{Deserialize, Serialize};

use super::ExecutionError;
use crate::domain::definition::{Definition, Step};

/// Which list of steps is being worked through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    Main,
    OnFailure,
    Finally,
}

impl Phase {
    pub(super) const ALL: [Self; 3] = [Self::Main, Self::OnFailure, Self::Finally];

    pub(super) const fn index(self) -> usize {
        match self {
            Self::Main => 0,
            Self::OnFailure => 1,
            Self::Finally => 2,
        }
    }

    pub(super) const fn next(self) -> Option<Self> {
        match self {
            Self::Main => Some(Self::OnFailure),
            Self::OnFailure => Some(Self::Finally),
            Self::Finally => None,
        }
    }
}

/// A step's place among the others; what of it never changes while it runs.
#[derive(Debug)]
pub(super) struct PlannedStep {
    pub phase: Phase,
    /// Position in the definition's list of the phase.
    pub position: usize,
    /// Nodes that wait for this one.
    pub dependants: Vec<usize>,
    /// How many nodes this one waits for.
    pub needs: usize,
}

/// All steps of a definition under one numbering.
#[derive(Debug)]
pub(super) struct Plan {
    pub steps: Vec<PlannedStep>,
    pub by_id: HashMap<String, usize>,
}

pub(super) fn steps_of(definition: &Definition, phase: Phase) -> &[Step] {
    match phase {
        Phase::Main => &definition.steps,
        Phase::OnFailure => &definition.on_failure,
        Phase::Finally => &definition.finally,
    }
}

impl Plan {
    pub fn of(definition: &Definition) -> Self {
        let mut plan = Self { steps: Vec::new(), by_id: HashMap::new() };
        for phase in Phase::ALL {
            plan.add(phase, steps_of(definition, phase));
        }
        plan
    }

    /// Needs are looked up within the phase: a step of an earlier one has settled anyway.
    fn add(&mut self, phase: Phase, steps: &[Step]) {
        let first = self.steps.len();
        for (position, step) in steps.iter().enumerate() {
            self.by_id.insert(step.id.to_string(), self.steps.len());
            self.steps.push(PlannedStep { phase, position, dependants: Vec::new(), needs: 0 });
        }
        for (position, step) in steps.iter().enumerate() {
            for need in &step.needs {
                let Some(&needed) = self.by_id.get(&need.to_string()) else { continue };
                if needed >= first {
                    self.steps[needed].dependants.push(first + position);
                    self.steps[first + position].needs += 1;
                }
            }
        }
    }
}

/// Progress of one phase, in counters.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Group {
    /// Steps that have not settled.
    pub unsettled: usize,
    /// Runs handed out and not answered, those among them that other executions do included.
    pub in_flight: usize,
    /// Runs that other executions do.
    pub calling: usize,
    /// Runs that wait for a signal.
    pub awaiting: usize,
    /// Nothing more may start.
    pub halted: bool,
    /// Nodes whose needs have settled and that were not looked at yet.
    pub ready: VecDeque<usize>,
    /// Nodes that may have items to start.
    pub open: VecDeque<usize>,
    /// The first failure that halted the group.
    pub failure: Option<ExecutionError>,
}

impl Group {
    /// Whether nothing of the group will happen any more.
    pub fn is_over(&self) -> bool {
        self.in_flight == 0 && (self.halted || self.unsettled == 0)
    }
}
