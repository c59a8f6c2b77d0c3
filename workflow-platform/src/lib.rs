//! The binary: its configuration, its commands, and the one place that knows every context.

pub mod backup;
pub mod cli;
pub mod config;
pub mod container;
pub mod data_folder;
