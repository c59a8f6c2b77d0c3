//! Tables of authenticators, recovery codes, and codes that are apart by purpose and user.

use sea_orm_migration::{
    MigrationTrait,
    prelude::*,
    schema::{
        big_integer, big_integer_null, binary_len, integer, string_len, text, uuid, uuid_uniq,
    },
};

/// `user_totp` and `recovery_codes`; `user_sessions.fresh_until`; and `verification_codes` anew,
/// with one row for each address, purpose and asking user, beside `code_paces`, which keeps when
/// an address got its last code.
#[derive(Debug)]
pub struct SecondFactorTables;

impl MigrationName for SecondFactorTables {
    fn name(&self) -> &'static str {
        "m20261125_000070_second_factors"
    }
}

#[derive(DeriveIden)]
enum Users {
    Table,
    Id,
}

#[derive(DeriveIden)]
enum UserTotp {
    Table,
    /// The user's.
    Id,
    SealedSecret,
    CreatedAt,
    ConfirmedAt,
    LastStep,
}

#[derive(DeriveIden)]
enum RecoveryCodes {
    Table,
    UserId,
    CodeHash,
    CreatedAt,
    UsedAt,
}

#[derive(DeriveIden)]
enum VerificationCodes {
    Table,
    EmailKey,
    Purpose,
    AskedBy,
    Id,
    CodeHash,
    Attempts,
    CreatedAt,
    ExpiresAt,
    UsedAt,
}

#[derive(DeriveIden)]
enum CodePaces {
    Table,
    EmailKey,
    Pace,
    LastAt,
}

#[async_trait::async_trait]
impl MigrationTrait for SecondFactorTables {
    /// Codes live ten minutes: those under way are asked for again.
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(totp_table()).await?;
        manager.create_table(recovery_table()).await?;
        manager.drop_table(Table::drop().table(VerificationCodes::Table).to_owned()).await?;
        manager.create_table(codes_table()).await?;
        manager.create_index(codes_index()).await?;
        manager.create_table(paces_table()).await?;
        manager.create_index(paces_index()).await?;
        let sql = "ALTER TABLE user_sessions ADD COLUMN fresh_until BIGINT";
        manager.get_connection().execute_unprepared(sql).await?;
        Ok(())
    }

    /// The former table had one code an address.
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = "ALTER TABLE user_sessions DROP COLUMN fresh_until";
        manager.get_connection().execute_unprepared(sql).await?;
        manager.drop_table(Table::drop().table(CodePaces::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(VerificationCodes::Table).to_owned()).await?;
        let mut former = codes_columns();
        former.primary_key(Index::create().col(VerificationCodes::EmailKey));
        manager.create_table(former).await?;
        manager.create_index(codes_index()).await?;
        manager.drop_table(Table::drop().table(RecoveryCodes::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(UserTotp::Table).to_owned()).await
    }
}

fn totp_table() -> TableCreateStatement {
    Table::create()
        .table(UserTotp::Table)
        .col(uuid(UserTotp::Id).primary_key())
        .col(text(UserTotp::SealedSecret))
        .col(big_integer(UserTotp::CreatedAt))
        .col(big_integer_null(UserTotp::ConfirmedAt))
        .col(big_integer_null(UserTotp::LastStep))
        .foreign_key(
            ForeignKey::create()
                .name("user_totp_user")
                .from(UserTotp::Table, UserTotp::Id)
                .to(Users::Table, Users::Id)
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned()
}

fn recovery_table() -> TableCreateStatement {
    Table::create()
        .table(RecoveryCodes::Table)
        .col(uuid(RecoveryCodes::UserId))
        .col(binary_len(RecoveryCodes::CodeHash, 32))
        .col(big_integer(RecoveryCodes::CreatedAt))
        .col(big_integer_null(RecoveryCodes::UsedAt))
        .primary_key(Index::create().col(RecoveryCodes::UserId).col(RecoveryCodes::CodeHash))
        .foreign_key(
            ForeignKey::create()
                .name("recovery_codes_user")
                .from(RecoveryCodes::Table, RecoveryCodes::UserId)
                .to(Users::Table, Users::Id)
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned()
}

fn codes_columns() -> TableCreateStatement {
    Table::create()
        .table(VerificationCodes::Table)
        .col(string_len(VerificationCodes::EmailKey, 254))
        .col(uuid_uniq(VerificationCodes::Id))
        .col(string_len(VerificationCodes::Purpose, 32))
        .col(binary_len(VerificationCodes::CodeHash, 32))
        .col(integer(VerificationCodes::Attempts))
        .col(big_integer(VerificationCodes::CreatedAt))
        .col(big_integer(VerificationCodes::ExpiresAt))
        .col(big_integer_null(VerificationCodes::UsedAt))
        .to_owned()
}

fn codes_table() -> TableCreateStatement {
    codes_columns()
        .col(uuid(VerificationCodes::AskedBy))
        .primary_key(
            Index::create()
                .col(VerificationCodes::EmailKey)
                .col(VerificationCodes::Purpose)
                .col(VerificationCodes::AskedBy),
        )
        .to_owned()
}

fn codes_index() -> IndexCreateStatement {
    Index::create()
        .name("verification_codes_expires")
        .table(VerificationCodes::Table)
        .col(VerificationCodes::ExpiresAt)
        .to_owned()
}

fn paces_table() -> TableCreateStatement {
    Table::create()
        .table(CodePaces::Table)
        .col(string_len(CodePaces::EmailKey, 254))
        .col(string_len(CodePaces::Pace, 16))
        .col(big_integer(CodePaces::LastAt))
        .primary_key(Index::create().col(CodePaces::EmailKey).col(CodePaces::Pace))
        .to_owned()
}

fn paces_index() -> IndexCreateStatement {
    Index::create()
        .name("code_paces_last")
        .table(CodePaces::Table)
        .col(CodePaces::LastAt)
        .to_owned()
}
