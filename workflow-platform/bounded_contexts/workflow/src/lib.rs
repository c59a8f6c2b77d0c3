//! Workflows: definitions, their triggers, and durable executions of them.

pub mod api;
pub mod application;
pub mod domain;
pub mod infrastructure;
