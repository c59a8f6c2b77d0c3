//! What the context keeps sealed.

use shared_kernel::{domain::Id, infrastructure::reseal::SealedColumn};
use uuid::Uuid;

use crate::application::totp_place;

/// Secrets of authenticators.
pub fn sealed_columns() -> [SealedColumn; 1] {
    [SealedColumn {
        table: "user_totp",
        column: "sealed_secret",
        named_by: &[],
        condition: "TRUE",
        place: |row| Ok(totp_place(Id::from(row.try_get::<Uuid>("", "id")?))),
    }]
}
