//! A database that goes again.

use std::path::Path;

use sea_orm::{ConnectionTrait as _, DbErr};
use secrecy::{ExposeSecret as _, SecretString};
use shared_kernel::infrastructure::{db::PostgresSettings, system};
use url::Url;

use super::{
    dump::{server_version, text},
    load::{Loading, look},
    open,
    programs::Programs,
    quoted,
};
use crate::{
    backup::{BackupError, Census},
    config::BackupConfig,
};

/// Restores a dump where it disturbs nobody, compares, and takes it back: in the database that
/// the configuration names for it, or in one made beside the platform's and dropped again.
pub(in crate::backup) async fn prove(
    config: &BackupConfig,
    settings: &PostgresSettings,
    dump: &Path,
    census: &Census,
) -> Result<(), BackupError> {
    let programs = Programs::of(config);
    if let Some(url) = &config.scratch_url {
        let scratch = with(settings, url.clone());
        if !look(&scratch).await? {
            return Err(BackupError::Occupied("the database of BACKUP_SCRATCH_URL".to_owned()));
        }
        return rehearse(&programs, &scratch, dump, census).await;
    }
    let database = open(settings).await?;
    let base = text(&database, database.read(), "SELECT current_database()::text").await?;
    let name = format!("{base}_verify_{:08x}", system::ambient().uuid().as_u128() & 0xFFFF_FFFF);
    let made = format!("CREATE DATABASE {} TEMPLATE template0", quoted(&name));
    database.write().execute_unprepared(&made).await?;
    let scratch = with(settings, beside(&settings.url, &name)?);
    let proved = rehearse(&programs, &scratch, dump, census).await;
    let dropped = format!("DROP DATABASE {} WITH (FORCE)", quoted(&name));
    database.write().execute_unprepared(&dropped).await?;
    database.close().await?;
    proved
}

fn with(settings: &PostgresSettings, url: SecretString) -> PostgresSettings {
    PostgresSettings { url, ..settings.clone() }
}

/// Another database of the same server.
fn beside(url: &SecretString, name: &str) -> Result<SecretString, BackupError> {
    let no_url = |error: url::ParseError| DbErr::Custom(format!("address of the server: {error}"));
    let mut url = Url::parse(url.expose_secret()).map_err(no_url)?;
    let named_twice = |(key, _): &(String, String)| key == "dbname";
    let others: Vec<_> = url.query_pairs().into_owned().filter(|pair| !named_twice(pair)).collect();
    url.set_path(name);
    url.query_pairs_mut().clear().extend_pairs(others);
    Ok(url.to_string().into())
}

async fn rehearse(
    programs: &Programs,
    settings: &PostgresSettings,
    dump: &Path,
    census: &Census,
) -> Result<(), BackupError> {
    let database = open(settings).await?;
    let version = server_version(&database).await?;
    let schema = text(&database, database.read(), "SELECT current_schema()::text").await?;
    database.close().await?;
    let loading = Loading { programs, url: &settings.url, schema: &schema, dump };
    loading.run(version, census, "ROLLBACK;\n").await
}
