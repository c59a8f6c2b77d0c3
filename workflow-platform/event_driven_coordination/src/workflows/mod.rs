//! Process managers: what one context's event sets off in others. They know their neighbours by
//! ports only, which the composition root ties.

mod suspension;

pub use suspension::{Accounts, PortError, RunningWork, StopSuspended};
