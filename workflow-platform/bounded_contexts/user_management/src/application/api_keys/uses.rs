//! When and where keys were last used, kept off the way of the requests.

use std::collections::HashMap;

use parking_lot::Mutex;

use crate::{
    application::{UserModule, ports::StoreError},
    domain::{ApiKeyId, KeyUse},
};

/// More keys than that are not noted between two writes.
const MOST: usize = 10_000;

/// Uses since they were last written.
#[derive(Debug, Default)]
pub struct KeyUses(Mutex<HashMap<ApiKeyId, KeyUse>>);

impl KeyUses {
    pub(super) fn note(&self, key: ApiKeyId, last: KeyUse) {
        let mut uses = self.0.lock();
        if uses.len() < MOST || uses.contains_key(&key) {
            uses.insert(key, last);
        }
    }

    fn take(&self) -> Vec<(ApiKeyId, KeyUse)> {
        self.0.lock().drain().collect()
    }
}

impl UserModule {
    /// Writes the uses that were noted. Called once a minute, and when the process ends.
    pub async fn write_key_uses(&self) -> Result<(), StoreError> {
        let uses = self.key_uses.take();
        if uses.is_empty() { Ok(()) } else { self.ports.api_keys.used(&uses).await }
    }
}
