//! Between rows and the domain.

use std::net::IpAddr;

use sea_orm::{DbErr, QueryResult, SqlErr, TryGetable};
use shared_kernel::domain::Timestamp;
use uuid::Uuid;

use crate::{application::ports::StoreError, domain::User};

/// Before the first row of a list.
pub const TOP: (i64, Uuid) = (i64::MAX, Uuid::max());

/// A column of a row.
pub fn column<T: TryGetable>(row: &QueryResult, name: &str) -> Result<T, StoreError> {
    Ok(row.try_get("", name)?)
}

/// A column whose text stands for something.
pub fn parsed<T: std::str::FromStr>(row: &QueryResult, name: &str) -> Result<T, StoreError> {
    let text: String = column(row, name)?;
    text.parse().map_err(|_| StoreError::BadRow(format!("{name} {text:?}")))
}

/// A column with the text of an address, if any.
pub fn address(row: &QueryResult, name: &str) -> Result<Option<IpAddr>, StoreError> {
    let text: Option<String> = column(row, name)?;
    text.map(|text| text.parse().map_err(|_| StoreError::BadRow(format!("{name} {text:?}"))))
        .transpose()
}

pub fn user(row: &QueryResult) -> Result<User, StoreError> {
    Ok(User {
        id: column::<Uuid>(row, "id")?.into(),
        username: parsed(row, "username")?,
        email: parsed(row, "email")?,
        role: parsed(row, "role")?,
        status: parsed(row, "status")?,
        locale: parsed(row, "locale")?,
        created_at: Timestamp::from_micros(column(row, "created_at")?),
    })
}

/// Which name was taken. Both engines name the column or its index in the message.
pub fn taken(error: DbErr) -> StoreError {
    match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(what)) if what.contains("username_key") => {
            StoreError::UsernameTaken
        }
        Some(SqlErr::UniqueConstraintViolation(what)) if what.contains("email_key") => {
            StoreError::EmailTaken
        }
        _ => StoreError::Database(error),
    }
}
