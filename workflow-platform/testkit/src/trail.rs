//! An audit trail that is read by the test.

use parking_lot::Mutex;
use shared_kernel::{application::AuditTrail, domain::AuditEntry};

/// What was noted, in order.
#[derive(Debug, Default)]
pub struct Trail(Mutex<Vec<AuditEntry>>);

impl Trail {
    /// Gives what was noted so far, once.
    pub fn taken(&self) -> Vec<AuditEntry> {
        std::mem::take(&mut *self.0.lock())
    }
}

impl AuditTrail for Trail {
    fn note(&self, entry: AuditEntry) {
        self.0.lock().push(entry);
    }
}
