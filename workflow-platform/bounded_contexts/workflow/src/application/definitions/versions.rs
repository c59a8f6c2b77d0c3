//! The versions of a definition: listed, shown, compared, restored.

use shared_kernel::{
    application::Principal,
    domain::{Page, PageRequest, Permission},
};
use similar::TextDiff;
use uuid::Uuid;

use super::{DefinitionRow, DefinitionService, DefinitionsError, Draft, VersionInfo, VersionRow};
use crate::domain::definition::{Change, changes};

/// Lines around a change that are shown with it.
const AROUND: usize = 3;

/// What one version has and another has not.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// Unified diff of the texts; empty when they are equal.
    pub text: String,
    /// The same of the models, value by value.
    pub changes: Vec<Change>,
}

/// What a draft has and a version has not.
#[derive(Debug, Clone, PartialEq)]
pub struct DraftDifference {
    /// The version that is the newest now.
    pub newest: u32,
    pub difference: Difference,
}

impl DefinitionService {
    /// Newest first.
    pub async fn versions(
        &self,
        who: &Principal,
        id: Uuid,
        page: PageRequest,
    ) -> Result<Page<VersionInfo>, DefinitionsError> {
        self.readable(who, id).await?;
        Ok(self.ports.store.versions(id, page).await?)
    }

    /// The content of one version.
    pub async fn show_version(
        &self,
        who: &Principal,
        id: Uuid,
        version: u32,
    ) -> Result<VersionRow, DefinitionsError> {
        self.readable(who, id).await?;
        self.content(id, version).await
    }

    /// What `to` changed in `from`.
    pub async fn compare(
        &self,
        who: &Principal,
        id: Uuid,
        from: u32,
        to: u32,
    ) -> Result<Difference, DefinitionsError> {
        self.readable(who, id).await?;
        let (old, new) = (self.content(id, from).await?, self.content(id, to).await?);
        let names = (format!("version {from}"), format!("version {to}"));
        Ok(self.ports.cpu.run(move || difference(&old, &new, &names)).await?)
    }

    /// What a draft would change in the version it was made from.
    pub async fn compare_draft(
        &self,
        who: &Principal,
        id: Uuid,
        from: u32,
        draft: Draft,
    ) -> Result<DraftDifference, DefinitionsError> {
        let DefinitionRow { version: newest, .. } = self.readable(who, id).await?;
        let old = self.content(id, from).await?;
        let (_, new) = self.read(draft).await?;
        let names = (format!("version {from}"), "draft".to_owned());
        let difference = self.ports.cpu.run(move || difference(&old, &new, &names)).await?;
        Ok(DraftDifference { newest, difference })
    }

    /// Saves the content of an old version as the newest one.
    pub async fn restore(
        &self,
        who: &Principal,
        id: Uuid,
        version: u32,
    ) -> Result<DefinitionRow, DefinitionsError> {
        who.require(Permission::WorkflowWrite)?;
        let old = self.show_version(who, id, version).await?;
        self.update(who, id, Draft::Source(old.source)).await
    }

    async fn readable(&self, who: &Principal, id: Uuid) -> Result<DefinitionRow, DefinitionsError> {
        who.require(Permission::WorkflowRead)?;
        self.ports.store.find(who.owner(), id).await?.ok_or(DefinitionsError::NotFound)
    }

    async fn content(&self, id: Uuid, version: u32) -> Result<VersionRow, DefinitionsError> {
        self.ports.store.version(id, version).await?.ok_or(DefinitionsError::NotFound)
    }
}

fn difference(old: &VersionRow, new: &VersionRow, names: &(String, String)) -> Difference {
    let text = if old.source == new.source {
        String::new()
    } else {
        TextDiff::from_lines(&old.source, &new.source)
            .unified_diff()
            .context_radius(AROUND)
            .header(&names.0, &names.1)
            .to_string()
    };
    Difference { text, changes: changes(&old.model, &new.model) }
}
