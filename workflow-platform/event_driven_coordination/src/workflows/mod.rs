//! Process managers: what one context's event sets off in others. They know their neighbours by
//! ports only, which the composition root ties.

mod suspension;
mod welcome;

pub use suspension::{Accounts, PortError, RunningWork, StopSuspended};
pub use welcome::{ProxyPoolGifts, WelcomeRegistered, WorkflowGifts};
