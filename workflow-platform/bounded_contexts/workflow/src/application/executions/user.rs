//! `user` in expressions.

use serde_json::{Value, json};
use shared_kernel::domain::Owner;

use super::{UserDirectory, UserDirectoryError};

/// What expressions may know of the owner.
pub async fn user_of(users: &dyn UserDirectory, owner: Owner) -> Result<Value, UserDirectoryError> {
    Ok(match users.profile(owner.user()).await? {
        Some(profile) => json!({
            "id": owner.user(),
            "username": profile.username,
            "email": profile.email,
        }),
        None => json!({ "id": owner.user() }),
    })
}
