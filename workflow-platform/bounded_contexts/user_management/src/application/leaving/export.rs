//! Hands out everything that is kept of somebody.

use std::sync::Arc;

use futures::{
    StreamExt as _,
    stream::{self, BoxStream},
};
use serde_json::Value;
use shared_kernel::{
    application::{PersonalData, PersonalDataError, Principal},
    domain::{Owner, Permission, Timestamp},
};

use crate::application::{UserError, UserModule};

/// Items of one part, in pages.
#[derive(Debug, Clone, PartialEq)]
pub struct Exported {
    pub part: &'static str,
    pub items: Vec<Value>,
}

/// The use case, with what all contexts keep.
pub struct PersonalExport {
    users: Arc<UserModule>,
    parts: Vec<Arc<dyn PersonalData>>,
}

/// Where the export stands: the part, and the place within it.
type Place = Option<(usize, Option<String>)>;

/// Part after part, in pages.
pub type Pages = BoxStream<'static, Result<Exported, PersonalDataError>>;

impl PersonalExport {
    pub fn new(users: Arc<UserModule>, parts: Vec<Arc<dyn PersonalData>>) -> Self {
        Self { users, parts }
    }

    /// The time of the export, and part after part, each at least with an empty page. Only what
    /// is under way is in memory.
    pub async fn export(
        self: &Arc<Self>,
        who: &Principal,
    ) -> Result<(Timestamp, Pages), UserError> {
        who.require(Permission::ProfileRead)?;
        self.users.require_fresh(who).await?;
        let (owner, export) = (who.owner(), Arc::clone(self));
        let pages = stream::try_unfold(Some((0, None)), move |place: Place| {
            let export = Arc::clone(&export);
            async move { export.step(owner, place).await }
        });
        Ok((self.users.ports.ambient.now(), pages.boxed()))
    }

    async fn step(
        &self,
        owner: Owner,
        place: Place,
    ) -> Result<Option<(Exported, Place)>, PersonalDataError> {
        let Some((number, after)) = place else { return Ok(None) };
        let Some(part) = self.parts.get(number) else { return Ok(None) };
        let page = part.page(owner, after.as_deref()).await?;
        let next = match page.next {
            Some(after) => (number, Some(after)),
            None => (number + 1, None),
        };
        Ok(Some((Exported { part: part.name(), items: page.items }, Some(next))))
    }
}
