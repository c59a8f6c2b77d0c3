//! Space that deleted rows leave behind.

use sea_orm::{ConnectionTrait as _, DbErr};

use super::{Backend, Database};

/// Larger files are not rewritten to make them able to shrink, bytes.
const REWRITTEN: i64 = 512 * 1024 * 1024;

impl Database {
    /// Lets the file of SQLite shrink by and by. Files of earlier versions are rewritten for it
    /// once, unless they are large. PostgreSQL looks after itself.
    pub async fn let_shrink(&self) -> Result<(), DbErr> {
        if self.backend() == Backend::Postgres || self.pragma("auto_vacuum").await? != 0 {
            return Ok(());
        }
        let size = self.pragma("page_count").await? * self.pragma("page_size").await?;
        if size > REWRITTEN {
            return Ok(());
        }
        self.write().execute_unprepared("PRAGMA auto_vacuum = INCREMENTAL").await?;
        self.write().execute_unprepared("VACUUM").await.map(|_| ())
    }

    /// Gives up to so many free pages of SQLite's file back to the file system; answers how many
    /// are left.
    pub async fn shrink(&self, pages: u32) -> Result<i64, DbErr> {
        if self.backend() == Backend::Postgres {
            return Ok(0);
        }
        let shrink = self.statement(format!("PRAGMA incremental_vacuum({pages})"), []);
        // It gives back a page for each step of the statement.
        self.write().query_all_raw(shrink).await?;
        self.pragma("freelist_count").await
    }

    async fn pragma(&self, name: &str) -> Result<i64, DbErr> {
        let row = self.write().query_one_raw(self.statement(format!("PRAGMA {name}"), [])).await?;
        row.map_or(Ok(0), |row| row.try_get_by_index(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::infrastructure::db::DatabaseSettings;

    #[tokio::test]
    async fn a_file_of_an_earlier_version_shrinks_from_now_on() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("old.db");
        // A file that is there is opened as it is.
        std::fs::write(&file, b"").unwrap();
        let settings = DatabaseSettings::Sqlite { file, readers: 2 };
        let database = Database::open(&settings).await.unwrap();
        let run = async |sql: &str| database.write().execute_unprepared(sql).await.unwrap();
        run("CREATE TABLE t (x)").await;
        assert_eq!(database.pragma("auto_vacuum").await.unwrap(), 0);
        database.let_shrink().await.unwrap();
        assert_eq!(database.pragma("auto_vacuum").await.unwrap(), 2);
        run("INSERT INTO t SELECT randomblob(4000) FROM json_each(json_array(1,2,3,4,5,6))").await;
        let full = database.pragma("page_count").await.unwrap();
        run("DELETE FROM t").await;
        assert!(database.shrink(2).await.unwrap() > 0, "no more pages than asked for");
        assert_eq!(database.shrink(1000).await.unwrap(), 0);
        assert!(database.pragma("page_count").await.unwrap() < full);
        database.let_shrink().await.unwrap();
    }
}
