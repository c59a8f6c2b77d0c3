//! What changed, for those who follow a dataset.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use shared_kernel::{application::Principal, domain::Permission};

use super::{ChangeRow, DatasetRow, DatasetsError, DatasetsModule, VersionRow, ports::Place};

/// Changes that a feed shows.
const LATEST: u32 = 50;

/// Changes in the order in which they happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Delta {
    pub changes: Vec<ChangeRow>,
    /// Where to go on, also when nothing follows yet.
    pub cursor: String,
    /// More follows at once.
    pub more: bool,
}

fn written(place: &Place) -> String {
    let mut bytes = place.version.to_be_bytes().to_vec();
    bytes.extend(place.key.as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

fn no_cursor() -> DatasetsError {
    DatasetsError::input("after", "neither a cursor of this feed nor a version")
}

/// The number of a version after which to begin.
fn version_place(text: &str) -> Option<Place> {
    let version: u32 = text.parse().ok()?;
    Some(Place { version: u64::from(version) + 1, key: String::new() })
}

/// A cursor, or the number of a version.
fn place(text: &str) -> Option<Place> {
    if let Some(version) = version_place(text) {
        return Some(version);
    }
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (version, key) = bytes.split_first_chunk::<8>()?;
    let version = u64::from_be_bytes(*version);
    let key = std::str::from_utf8(key).ok().filter(|key| !key.contains('\0'))?.to_owned();
    i64::try_from(version).is_ok().then_some(Place { version, key })
}

impl DatasetsModule {
    pub async fn changes(
        &self,
        who: &Principal,
        name: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<(DatasetRow, Delta), DatasetsError> {
        who.require(Permission::DatasetRead)?;
        let dataset = self.dataset_of(who.owner(), name).await?;
        let delta = self.changes_of(&dataset, after, limit).await?;
        Ok((dataset, delta))
    }

    /// For those who were let in already.
    pub(super) async fn changes_of(
        &self,
        dataset: &DatasetRow,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Delta, DatasetsError> {
        let from = after.map(|text| place(text).ok_or_else(no_cursor)).transpose()?;
        let (delta, next) = self.changes_after(dataset, from, limit).await?;
        Ok(Delta { cursor: written(&next), ..delta })
    }

    /// The same for those who must not see keys: a cursor says how many changes of a version were
    /// read.
    pub(super) async fn changes_without_keys(
        &self,
        dataset: &DatasetRow,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Delta, DatasetsError> {
        let from = match after {
            Some(text) => Some(self.place_of_rank(dataset, text).await?),
            None => None,
        };
        let (delta, next) = self.changes_after(dataset, from, limit).await?;
        let rank = self.store.rank(dataset.id, &next).await?;
        Ok(Delta { cursor: format!("{}-{rank}", next.version), ..delta })
    }

    async fn place_of_rank(
        &self,
        dataset: &DatasetRow,
        text: &str,
    ) -> Result<Place, DatasetsError> {
        if let Some(version) = version_place(text) {
            return Ok(version);
        }
        let parts = text.split_once('-').and_then(|(version, rank)| {
            Some((version.parse::<u32>().ok()?, rank.parse::<u32>().ok()?))
        });
        let (version, rank) = parts.ok_or_else(no_cursor)?;
        let (version, rank) = (u64::from(version), u64::from(rank));
        let Some(before) = rank.checked_sub(1) else {
            return Ok(Place { version, key: String::new() });
        };
        let key = self.store.key_at(dataset.id, version, before).await?;
        Ok(Place { version, key: key.ok_or_else(no_cursor)? })
    }

    async fn changes_after(
        &self,
        dataset: &DatasetRow,
        from: Option<Place>,
        limit: u32,
    ) -> Result<(Delta, Place), DatasetsError> {
        let start = Place { version: 0, key: String::new() };
        let from = from.unwrap_or_else(|| start.clone());
        if from != start && from.version < dataset.forgotten {
            return Err(DatasetsError::Forgotten(dataset.forgotten));
        }
        let changes = self.store.changes(dataset.id, &from, limit).await?;
        let last =
            changes.last().map(|last| Place { version: last.version, key: last.key.clone() });
        let next = last.unwrap_or(from);
        let more =
            !changes.is_empty() && !self.store.changes(dataset.id, &next, 1).await?.is_empty();
        Ok((Delta { changes, cursor: String::new(), more }, next))
    }

    /// The last changes, the newest first.
    pub async fn latest(
        &self,
        who: &Principal,
        name: &str,
    ) -> Result<(DatasetRow, Vec<ChangeRow>), DatasetsError> {
        who.require(Permission::DatasetRead)?;
        let dataset = self.dataset_of(who.owner(), name).await?;
        let changes = self.latest_of(&dataset).await?;
        Ok((dataset, changes))
    }

    pub(super) async fn latest_of(
        &self,
        dataset: &DatasetRow,
    ) -> Result<Vec<ChangeRow>, DatasetsError> {
        Ok(self.store.latest(dataset.id, LATEST).await?)
    }

    /// Versions below one, the newest first.
    pub async fn versions(
        &self,
        who: &Principal,
        name: &str,
        below: Option<u64>,
        limit: u32,
    ) -> Result<Vec<VersionRow>, DatasetsError> {
        who.require(Permission::DatasetRead)?;
        let dataset = self.dataset_of(who.owner(), name).await?;
        Ok(self.store.versions(dataset.id, below, limit).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_its_text_and_a_version_is_one() {
        let at = Place { version: 7, key: "书/1".to_owned() };
        assert_eq!(place(&written(&at)), Some(at));
        assert_eq!(place("12"), Some(Place { version: 13, key: String::new() }));
        for hostile in ["", "-1", "%", "AAAA", "_____________w"] {
            assert_eq!(place(hostile), None, "{hostile}");
        }
    }
}
