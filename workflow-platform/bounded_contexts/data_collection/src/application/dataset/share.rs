//! Links that show a dataset to whoever has them: given out, listed and revoked.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::json;
use shared_kernel::{
    application::Principal,
    domain::{Cursor, Page, PageRequest, Permission, Timestamp},
};
use uuid::Uuid;

use super::{DatasetsError, DatasetsModule, ShareRow};

/// What tokens of links begin with.
const PREFIX: &str = "wps_";
/// Links of a dataset that are not revoked.
const MOST: u64 = 50;
const LONGEST_LABEL: usize = 100;

/// A link as its owner wants it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewShare {
    pub label: String,
    /// All when absent.
    pub columns: Option<Vec<String>>,
    /// Never when absent.
    pub expires_at: Option<Timestamp>,
}

/// A link with its token, which is shown this once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shared {
    pub share: ShareRow,
    pub token: String,
}

/// What is kept of a token.
pub(super) fn hash(token: &str) -> String {
    blake3::hash(token.as_bytes()).to_hex().to_string()
}

fn examine(share: &NewShare, now: Timestamp) -> Result<(), DatasetsError> {
    let length = share.label.chars().count();
    if !(1..=LONGEST_LABEL).contains(&length) || share.label.contains('\0') {
        let message = format!("must be 1 to {LONGEST_LABEL} characters");
        return Err(DatasetsError::input("label", message));
    }
    if share.expires_at.is_some_and(|at| at <= now) {
        return Err(DatasetsError::input("expires_at", "must lie ahead"));
    }
    Ok(())
}

impl DatasetsModule {
    pub async fn share(
        &self,
        who: &Principal,
        name: &str,
        wanted: NewShare,
    ) -> Result<Shared, DatasetsError> {
        who.require(Permission::DatasetWrite)?;
        let now = self.ambient.now();
        examine(&wanted, now)?;
        let token = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(self.ambient.bytes::<32>()));
        let mut work = self.database.begin().await?;
        let row = self.store.hold_known(&mut work, who.owner(), name).await?;
        let row = row.ok_or(DatasetsError::NotFound)?;
        let NewShare { label, columns, expires_at } = wanted;
        let unknown = |column: &&String| row.columns.get(column).is_none();
        if let Some(column) = columns.iter().flatten().find(unknown) {
            let message = format!("the dataset has no column {column:?}");
            return Err(DatasetsError::input("columns", message));
        }
        if columns.as_ref().is_some_and(Vec::is_empty) {
            return Err(DatasetsError::input("columns", "must name a column, or be absent"));
        }
        if self.store.count_shares(&mut work, row.id).await? >= MOST {
            return Err(DatasetsError::TooMany { what: "shares", most: MOST });
        }
        let share = ShareRow {
            id: self.ambient.uuid(),
            dataset: row.id,
            label,
            columns,
            expires_at,
            created_at: now,
            revoked_at: None,
            used_at: None,
        };
        self.store.keep_share(&mut work, &share, &hash(&token)).await?;
        let details = json!({
            "share_id": share.id,
            "label": share.label,
            "columns": share.columns,
            "expires_at": share.expires_at,
        });
        work.record(&self.audited(who, &row, "dataset.shared", &details)).await?;
        work.commit().await?;
        Ok(Shared { share, token })
    }

    /// Newest first, revoked ones included.
    pub async fn shares(
        &self,
        who: &Principal,
        name: &str,
        page: PageRequest,
    ) -> Result<Page<ShareRow>, DatasetsError> {
        who.require(Permission::DatasetRead)?;
        let dataset = self.dataset_of(who.owner(), name).await?;
        let rows = self.store.list_shares(dataset.id, page.after, page.limit + 1).await?;
        Ok(Page::cut(rows, page.limit, |row| Cursor { at: row.created_at, id: row.id }))
    }

    /// At once, for everybody who has the link.
    pub async fn revoke_share(
        &self,
        who: &Principal,
        name: &str,
        id: Uuid,
    ) -> Result<(), DatasetsError> {
        who.require(Permission::DatasetWrite)?;
        let mut work = self.database.begin().await?;
        let row = self.store.hold_known(&mut work, who.owner(), name).await?;
        let row = row.ok_or(DatasetsError::NotFound)?;
        if !self.store.revoke_share(&mut work, row.id, id, self.ambient.now()).await? {
            return Err(DatasetsError::PartNotFound("share"));
        }
        let details = json!({ "share_id": id });
        work.record(&self.audited(who, &row, "dataset.share_revoked", &details)).await?;
        Ok(work.commit().await?)
    }
}
