//! Connections to proxies that wait for the next request.
//!
//! A connection is used again for requests through the same proxy of the same user only, with the
//! same credentials; one that leads through a tunnel, for the same site only.

use std::{collections::HashMap, time::Duration};

use futures::FutureExt as _;
use parking_lot::Mutex;
use secrecy::ExposeSecret as _;
use shared_kernel::application::ProxyAddress;
use tokio::{io::AsyncReadExt as _, time::Instant};
use uuid::Uuid;

use super::ports::Line;

/// Connections kept to one place.
const MOST: usize = 64;

/// A proxy, and the site behind it where the connection is a tunnel.
pub(super) type Place = (Uuid, Option<Box<str>>);

struct Waiting {
    line: Line,
    address: ProxyAddress,
    since: Instant,
}

/// All that wait.
#[derive(Default)]
pub(super) struct IdleLines {
    lines: Mutex<HashMap<Place, Vec<Waiting>>>,
}

impl IdleLines {
    /// The newest that is still open.
    pub fn take(&self, place: &Place, address: &ProxyAddress) -> Option<Line> {
        let mut lines = self.lines.lock();
        let waiting = lines.get_mut(place)?;
        while let Some(Waiting { mut line, address: old, .. }) = waiting.pop() {
            if is_same(&old, address) && is_open(&mut line) {
                return Some(line);
            }
        }
        None
    }

    pub fn keep(&self, place: Place, address: ProxyAddress, line: Line) {
        let mut lines = self.lines.lock();
        let waiting = lines.entry(place).or_default();
        if waiting.len() < MOST {
            waiting.push(Waiting { line, address, since: Instant::now() });
        }
    }

    pub fn sweep(&self, keep: Duration) {
        self.lines.lock().retain(|_, waiting| {
            waiting.retain(|waiting| waiting.since.elapsed() < keep);
            !waiting.is_empty()
        });
    }
}

/// Address and credentials may have been changed since.
fn is_same(old: &ProxyAddress, new: &ProxyAddress) -> bool {
    let credentials = |address: &ProxyAddress| {
        let found = address.credentials.as_ref();
        found.map(|(user, password)| (user.clone(), password.expose_secret().to_owned()))
    };
    (old.scheme, old.port, &old.host) == (new.scheme, new.port, &new.host)
        && credentials(old) == credentials(new)
}

/// Nothing may come before something is asked: an end, or an answer to nobody.
fn is_open(line: &mut Line) -> bool {
    line.stream.read(&mut [0]).now_or_never().is_none()
}
