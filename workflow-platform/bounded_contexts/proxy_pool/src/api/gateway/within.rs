//! Reads and writes that do not wait for ever.

use std::{io, time::Duration};

use tokio::time::timeout;

/// The outcome, or [`io::ErrorKind::TimedOut`].
pub(super) async fn within<T>(
    limit: Duration,
    work: impl Future<Output = io::Result<T>>,
) -> io::Result<T> {
    timeout(limit, work).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}
