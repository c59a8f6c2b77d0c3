//! Whether a caller may go on, asked once it is known who they are.

use std::{fmt, sync::Arc};

use async_trait::async_trait;

use super::Failure;
use crate::domain::{Id, User};

/// Counts a request and may refuse it. Asked by the extractors of `Principal` when the token was
/// looked at, so that nobody looks twice; asking again costs nothing.
#[async_trait]
pub trait Admission: Send + Sync {
    /// `None` is somebody whose token is not good.
    async fn admit(&self, user: Option<Id<User>>) -> Result<(), Failure>;
}

/// Put into a request's extensions by the gateway, when requests are counted.
#[derive(Clone)]
pub struct AdmissionState(pub Arc<dyn Admission>);

impl fmt::Debug for AdmissionState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AdmissionState")
    }
}
