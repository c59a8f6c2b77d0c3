//! Numbers that are not counted while they change, but looked at now and then.

use std::time::Duration;

use async_trait::async_trait;

/// One number of a gauge.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    pub metric: &'static str,
    /// Values come from a small, fixed set: never an id, an address or a name that users give.
    pub labels: Vec<(&'static str, String)>,
    pub value: f64,
}

impl Reading {
    pub fn new(metric: &'static str, value: f64) -> Self {
        Self { metric, labels: Vec::new(), value }
    }

    pub fn labelled(metric: &'static str, label: (&'static str, &str), value: f64) -> Self {
        Self { metric, labels: vec![(label.0, label.1.to_owned())], value }
    }
}

/// Whoever can look at some numbers. What it reads is bounded, whatever the size of the tables.
#[async_trait]
pub trait Readings: Send + Sync {
    /// For the log.
    fn name(&self) -> &'static str;

    /// Time between two looks.
    fn every(&self) -> Duration;

    async fn read(&self) -> Result<Vec<Reading>, Box<dyn std::error::Error + Send + Sync>>;
}
