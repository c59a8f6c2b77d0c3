//! Whether the database failed, or we did.

use std::error::Error;

use sea_orm::{DbErr, RuntimeErr, sqlx};

/// Classes and codes of PostgreSQL that say "not now" (PostgreSQL documentation, appendix A):
/// connection exceptions, too many connections, and a server that stops or starts.
const NOT_NOW: [&str; 5] = ["08", "53300", "57P01", "57P02", "57P03"];

/// Whether the database was out of reach when the error came about: trying again later may help.
pub fn is_outage(error: &(dyn Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if error.downcast_ref::<DbErr>().is_some_and(is_away) {
            return true;
        }
        next = error.source();
    }
    false
}

fn is_away(error: &DbErr) -> bool {
    match error {
        DbErr::Conn(_) | DbErr::ConnectionAcquire(_) => true,
        DbErr::Query(RuntimeErr::SqlxError(error)) | DbErr::Exec(RuntimeErr::SqlxError(error)) => {
            match error.as_ref() {
                sqlx::Error::Io(_)
                | sqlx::Error::Tls(_)
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::WorkerCrashed => true,
                sqlx::Error::Database(error) => error
                    .code()
                    .is_some_and(|code| NOT_NOW.iter().any(|known| code.starts_with(known))),
                _ => false,
            }
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::{io, sync::Arc};

    use super::*;

    #[test]
    fn a_lost_connection_is_an_outage_and_a_wrong_query_is_not() {
        let of = |error| DbErr::Query(RuntimeErr::SqlxError(Arc::new(error)));
        let lost = sqlx::Error::Io(io::Error::from(io::ErrorKind::ConnectionReset));
        assert!(is_outage(&of(lost)));
        assert!(is_outage(&of(sqlx::Error::PoolTimedOut)));
        assert!(!is_outage(&of(sqlx::Error::RowNotFound)));
        assert!(!is_outage(&DbErr::Custom("no".to_owned())));
    }
}
