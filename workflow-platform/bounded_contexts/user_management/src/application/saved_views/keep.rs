//! Keeps a view under its name.

use std::collections::BTreeMap;

use shared_kernel::{application::Principal, domain::Permission};

use crate::{
    application::{UserError, UserModule},
    domain::{MOST_SAVED_VIEWS, SavedView, ViewName, ViewSearch},
};

impl UserModule {
    /// One of that name is written over, and keeps its place.
    pub async fn keep_view(
        &self,
        who: &Principal,
        name: &str,
        search: &str,
    ) -> Result<SavedView, UserError> {
        who.require(Permission::ProfileWrite)?;
        let mut faults = BTreeMap::new();
        let mut note = |field, error: String| drop(faults.insert(field, vec![error]));
        let name = ViewName::parse(name).map_err(|error| note("name", error.to_string()));
        let search = ViewSearch::parse(search).map_err(|error| note("search", error.to_string()));
        let (Ok(name), Ok(search)) = (name, search) else {
            return Err(UserError::Invalid(faults));
        };
        let view = SavedView { name, search, created_at: self.ports.ambient.now() };
        let mut work = self.ports.database.begin().await?;
        let kept = self.ports.saved_views.put(&mut work, who.user, &view, MOST_SAVED_VIEWS).await?;
        let Some(created_at) = kept else {
            work.roll_back().await?;
            return Err(UserError::TooManySavedViews);
        };
        work.commit().await?;
        Ok(SavedView { created_at, ..view })
    }
}
