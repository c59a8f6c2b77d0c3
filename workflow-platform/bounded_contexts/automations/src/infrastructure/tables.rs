//! The context's tables.

use sea_orm_migration::{
    MigrationTrait,
    prelude::*,
    schema::{
        big_integer, big_integer_null, boolean, integer, string_len, string_len_null, text,
        text_null, uuid, uuid_null,
    },
};

/// The migrations, in order.
pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(AutomationTables),
        Box::new(super::webhooks::WebhookTables),
        Box::new(super::timed::TimedAutomations),
        Box::new(super::rounds::PresetRounds),
    ]
}

#[derive(Debug)]
struct AutomationTables;

impl MigrationName for AutomationTables {
    fn name(&self) -> &'static str {
        "m20261126_000101_automations"
    }
}

fn automations() -> TableCreateStatement {
    Table::create()
        .table("automations")
        .col(uuid("id").primary_key())
        .col(uuid("user_id"))
        .col(boolean("enabled"))
        .col(text("rule"))
        .col(string_len_null("preset", 40))
        .col(big_integer("created_at"))
        .col(big_integer("updated_at"))
        .col(big_integer_null("fired_at"))
        .col(big_integer("fired"))
        .col(big_integer("left_out"))
        .index(Index::create().unique().col("user_id").col("preset"))
        .to_owned()
}

fn firings() -> TableCreateStatement {
    Table::create()
        .table("automation_firings")
        .col(uuid("id").primary_key())
        .col(uuid("automation_id"))
        .col(uuid("user_id"))
        .col(uuid("event_id"))
        .col(text("told"))
        .col(string_len("state", 20))
        .col(text_null("reason"))
        .col(text("actions"))
        .col(text("outcomes"))
        .col(integer("depth"))
        .col(integer("attempts"))
        .col(big_integer("fired_at"))
        .col(big_integer_null("ended_at"))
        .index(Index::create().unique().col("automation_id").col("event_id"))
        .to_owned()
}

fn hits() -> TableCreateStatement {
    Table::create()
        .table("automation_hits")
        .col(uuid("automation_id"))
        .col(uuid("event_id"))
        .col(string_len("hit_group", 200))
        .col(big_integer("at"))
        .primary_key(Index::create().col("automation_id").col("event_id"))
        .to_owned()
}

fn notifications() -> TableCreateStatement {
    Table::create()
        .table("notifications")
        .col(uuid("id").primary_key())
        .col(uuid("user_id"))
        .col(uuid_null("automation_id"))
        .col(text("title"))
        .col(text("body"))
        .col(big_integer("created_at"))
        .col(big_integer_null("read_at"))
        .to_owned()
}

const INDEXES: [&str; 10] = [
    "CREATE INDEX automations_by_age ON automations (user_id, created_at DESC, id DESC)",
    "CREATE INDEX automations_listening ON automations (user_id) WHERE enabled",
    "CREATE INDEX automation_firings_by_age \
     ON automation_firings (automation_id, fired_at DESC, id DESC)",
    "CREATE INDEX automation_firings_of_user ON automation_firings (user_id)",
    "CREATE INDEX automation_firings_old ON automation_firings (fired_at)",
    "CREATE INDEX automation_hits_by_group ON automation_hits (automation_id, hit_group, at)",
    "CREATE INDEX automation_hits_old ON automation_hits (at)",
    "CREATE INDEX notifications_by_age ON notifications (user_id, created_at DESC, id DESC)",
    "CREATE INDEX notifications_unread ON notifications (user_id, created_at DESC, id DESC) \
     WHERE read_at IS NULL",
    "CREATE INDEX notifications_old ON notifications (created_at)",
];

const TABLES: [&str; 4] = ["automations", "automation_firings", "automation_hits", "notifications"];

#[async_trait::async_trait]
impl MigrationTrait for AutomationTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [automations(), firings(), hits(), notifications()] {
            manager.create_table(table).await?;
        }
        for sql in INDEXES {
            manager.get_connection().execute_unprepared(sql).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in TABLES {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
