//! Where saved views are kept.

use sea_orm_migration::{
    MigrationTrait,
    prelude::*,
    schema::{big_integer, string_len, text, uuid},
};

#[derive(DeriveIden)]
enum SavedViews {
    Table,
    UserId,
    Name,
    Search,
    CreatedAt,
}

#[derive(DeriveIden)]
enum Users {
    Table,
    Id,
}

/// `saved_views`, of which a user has few: the primary key is the only index.
#[derive(Debug)]
pub struct SavedViewTable;

impl MigrationName for SavedViewTable {
    fn name(&self) -> &'static str {
        "m20261127_000120_saved_views"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for SavedViewTable {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(table()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(SavedViews::Table).to_owned()).await
    }
}

fn table() -> TableCreateStatement {
    Table::create()
        .table(SavedViews::Table)
        .col(uuid(SavedViews::UserId))
        .col(string_len(SavedViews::Name, 40))
        .col(text(SavedViews::Search))
        .col(big_integer(SavedViews::CreatedAt))
        .primary_key(Index::create().col(SavedViews::UserId).col(SavedViews::Name))
        .foreign_key(
            ForeignKey::create()
                .name("saved_views_user")
                .from(SavedViews::Table, SavedViews::UserId)
                .to(Users::Table, Users::Id)
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned()
}
