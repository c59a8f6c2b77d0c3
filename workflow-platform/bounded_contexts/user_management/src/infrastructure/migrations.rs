//! Tables of the context.

use sea_orm_migration::{
    MigrationTrait,
    prelude::*,
    schema::{
        big_integer, big_integer_null, binary_len, integer, string_len, string_len_null, uuid,
        uuid_uniq,
    },
};

use super::{
    api_key_table::ApiKeyTable, leaving_columns::LeavingColumns, revocations::Revocations,
    saved_view_table::SavedViewTable, second_factor_tables::SecondFactorTables,
    session_address::SessionAddress, session_agent::SESSION_AGENT, user_indexes::UserIndexes,
};

/// The context's migrations.
pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(UserTables),
        Box::new(SESSION_AGENT),
        Box::new(Revocations),
        Box::new(SessionAddress),
        Box::new(ApiKeyTable),
        Box::new(SecondFactorTables),
        Box::new(LeavingColumns),
        Box::new(UserIndexes),
        Box::new(SavedViewTable),
    ]
}

#[derive(DeriveIden)]
enum Users {
    Table,
    Id,
    Username,
    UsernameKey,
    Email,
    EmailKey,
    PasswordHash,
    Role,
    Status,
    Locale,
    CreatedAt,
    LastLoginAt,
}

#[derive(DeriveIden)]
enum UserSessions {
    Table,
    Id,
    UserId,
    CreatedAt,
    LastUsedAt,
    ExpiresAt,
    EndedAt,
    EndReason,
}

#[derive(DeriveIden)]
enum RefreshTokens {
    Table,
    Hash,
    SessionId,
    IssuedAt,
    UsedAt,
}

#[derive(DeriveIden)]
enum VerificationCodes {
    Table,
    EmailKey,
    Id,
    Purpose,
    CodeHash,
    Attempts,
    CreatedAt,
    ExpiresAt,
    UsedAt,
}

/// `users`, `user_sessions` with their `refresh_tokens`, and `verification_codes`, of which an
/// address has one. The `_key` columns are the lower-case forms that must be unique.
#[derive(Debug)]
struct UserTables;

impl MigrationName for UserTables {
    fn name(&self) -> &'static str {
        "m20261123_000010_users"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for UserTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(users_table()).await?;
        manager.create_table(sessions_table()).await?;
        manager.create_table(tokens_table()).await?;
        manager.create_table(codes_table()).await?;
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(VerificationCodes::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(RefreshTokens::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(UserSessions::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(Users::Table).to_owned()).await
    }
}

fn users_table() -> TableCreateStatement {
    Table::create()
        .table(Users::Table)
        .col(uuid(Users::Id).primary_key())
        .col(string_len(Users::Username, 32))
        .col(string_len(Users::UsernameKey, 32))
        .col(string_len(Users::Email, 254))
        .col(string_len(Users::EmailKey, 254))
        .col(string_len(Users::PasswordHash, 255))
        .col(string_len(Users::Role, 16))
        .col(string_len(Users::Status, 16))
        .col(string_len(Users::Locale, 16))
        .col(big_integer(Users::CreatedAt))
        .col(big_integer_null(Users::LastLoginAt))
        .to_owned()
}

fn sessions_table() -> TableCreateStatement {
    Table::create()
        .table(UserSessions::Table)
        .col(uuid(UserSessions::Id).primary_key())
        .col(uuid(UserSessions::UserId))
        .col(big_integer(UserSessions::CreatedAt))
        .col(big_integer(UserSessions::LastUsedAt))
        .col(big_integer(UserSessions::ExpiresAt))
        .col(big_integer_null(UserSessions::EndedAt))
        .col(string_len_null(UserSessions::EndReason, 40))
        .foreign_key(
            ForeignKey::create()
                .name("user_sessions_user")
                .from(UserSessions::Table, UserSessions::UserId)
                .to(Users::Table, Users::Id)
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned()
}

fn tokens_table() -> TableCreateStatement {
    Table::create()
        .table(RefreshTokens::Table)
        .col(string_len(RefreshTokens::Hash, 64).primary_key())
        .col(uuid(RefreshTokens::SessionId))
        .col(big_integer(RefreshTokens::IssuedAt))
        .col(big_integer_null(RefreshTokens::UsedAt))
        .foreign_key(
            ForeignKey::create()
                .name("refresh_tokens_session")
                .from(RefreshTokens::Table, RefreshTokens::SessionId)
                .to(UserSessions::Table, UserSessions::Id)
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned()
}

fn codes_table() -> TableCreateStatement {
    Table::create()
        .table(VerificationCodes::Table)
        .col(string_len(VerificationCodes::EmailKey, 254).primary_key())
        .col(uuid_uniq(VerificationCodes::Id))
        .col(string_len(VerificationCodes::Purpose, 32))
        .col(binary_len(VerificationCodes::CodeHash, 32))
        .col(integer(VerificationCodes::Attempts))
        .col(big_integer(VerificationCodes::CreatedAt))
        .col(big_integer(VerificationCodes::ExpiresAt))
        .col(big_integer_null(VerificationCodes::UsedAt))
        .to_owned()
}

fn indexes() -> Vec<IndexCreateStatement> {
    vec![
        Index::create()
            .name("users_username_key")
            .table(Users::Table)
            .col(Users::UsernameKey)
            .unique()
            .to_owned(),
        Index::create()
            .name("users_email_key")
            .table(Users::Table)
            .col(Users::EmailKey)
            .unique()
            .to_owned(),
        Index::create()
            .name("users_created")
            .table(Users::Table)
            .col(Users::CreatedAt)
            .col(Users::Id)
            .to_owned(),
        Index::create()
            .name("users_status_created")
            .table(Users::Table)
            .col(Users::Status)
            .col(Users::CreatedAt)
            .col(Users::Id)
            .to_owned(),
        Index::create().name("users_role").table(Users::Table).col(Users::Role).to_owned(),
        Index::create()
            .name("user_sessions_user_created")
            .table(UserSessions::Table)
            .col(UserSessions::UserId)
            .col(UserSessions::CreatedAt)
            .to_owned(),
        Index::create()
            .name("user_sessions_expires")
            .table(UserSessions::Table)
            .col(UserSessions::ExpiresAt)
            .to_owned(),
        Index::create()
            .name("refresh_tokens_session")
            .table(RefreshTokens::Table)
            .col(RefreshTokens::SessionId)
            .to_owned(),
        Index::create()
            .name("verification_codes_expires")
            .table(VerificationCodes::Table)
            .col(VerificationCodes::ExpiresAt)
            .to_owned(),
    ]
}
