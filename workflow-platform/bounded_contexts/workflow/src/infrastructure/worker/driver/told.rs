//! What a driver is told from outside, and what it tells the executions its steps started.

use shared_kernel::domain::{Execution as Marker, Id};
use tracing::warn;

use super::Driver;
use crate::{
    application::executions::ExecutionsError,
    domain::execution::{Cause, SignalReceived},
    infrastructure::{journal::AppendError, queue::Told},
};

impl Driver {
    /// Before anything is journalled that lets go of them; once more after a take-over.
    pub(super) async fn cancel_children(
        &mut self,
        children: &[Id<Marker>],
    ) -> Result<(), AppendError> {
        for child in children {
            if self.told.contains(child) {
                continue;
            }
            let executions = &self.desk.parts.executions;
            match executions.cancel_for(self.claimed.owner, *child).await {
                Ok(_) | Err(ExecutionsError::Ended | ExecutionsError::NotFound) => {}
                Err(error) => {
                    warn!(
                        error = &error as &dyn std::error::Error,
                        "cannot cancel {child} for now"
                    );
                    return Err(AppendError::Unavailable);
                }
            }
            self.told.insert(*child);
        }
        Ok(())
    }

    pub(super) fn take_cancel(&mut self) {
        self.cancel_taken = true;
        if let Some(event) = self.machine.stopping(Cause::Cancelled) {
            self.take(event);
        }
    }

    /// The row is the truth: a wish that was told twice is taken once.
    pub(super) async fn look_at_wish(&mut self) {
        match self.desk.queue.cancel_wanted(self.claimed.id).await {
            Ok(true) => self.take_cancel(),
            Ok(false) => {}
            Err(error) => {
                warn!(error = &error as &dyn std::error::Error, "wish to cancel cannot be read");
            }
        }
        self.read_letters().await;
    }

    /// What was read and is not deleted yet is not read again.
    pub(super) async fn read_letters(&mut self) {
        let letters = match self.desk.queue.letters(self.claimed.id).await {
            Ok(letters) => letters,
            Err(error) => {
                return warn!(error = &error as &dyn std::error::Error, "letters cannot be read");
            }
        };
        for (id, told) in letters {
            if self.letters.contains(&id) {
                continue;
            }
            match told {
                Told::ChildEnded(ended) => self.take(ended.into()),
                Told::Signal(SignalReceived { step, item, signal }) => {
                    if let Some(event) = self.machine.signalled(&step, item, signal) {
                        self.take(event);
                    }
                }
            }
            self.letters.push(id);
            self.letters_taken += 1;
        }
    }
}
