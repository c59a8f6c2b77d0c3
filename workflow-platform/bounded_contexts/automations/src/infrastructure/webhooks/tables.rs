//! Tables of endpoints, deliveries and attempts.

use sea_orm_migration::{
    MigrationTrait,
    prelude::*,
    schema::{
        big_integer, big_integer_null, boolean, integer, integer_null, string_len, string_len_null,
        text, text_null, uuid, uuid_null,
    },
};

#[derive(Debug)]
pub struct WebhookTables;

impl MigrationName for WebhookTables {
    fn name(&self) -> &'static str {
        "m20261126_000102_webhooks"
    }
}

fn endpoints() -> TableCreateStatement {
    Table::create()
        .table("webhook_endpoints")
        .col(uuid("id").primary_key())
        .col(uuid("user_id"))
        .col(text("url"))
        .col(text("description"))
        .col(text("secret"))
        .col(text_null("old_secret"))
        .col(big_integer_null("old_secret_until"))
        .col(boolean("enabled"))
        .col(string_len_null("disabled_reason", 20))
        .col(big_integer_null("failing_since"))
        .col(big_integer("created_at"))
        .col(big_integer("updated_at"))
        .to_owned()
}

fn deliveries() -> TableCreateStatement {
    Table::create()
        .table("webhook_deliveries")
        .col(uuid("id").primary_key())
        .col(uuid("endpoint_id"))
        .col(uuid("user_id"))
        .col(uuid_null("automation_id"))
        .col(string_len("kind", 120))
        .col(text("body"))
        .col(string_len("state", 20))
        .col(integer("attempts"))
        .col(integer("tries"))
        .col(big_integer("due_at"))
        .col(integer_null("status"))
        .col(text_null("error"))
        .col(big_integer("created_at"))
        .col(big_integer_null("ended_at"))
        .to_owned()
}

fn attempts() -> TableCreateStatement {
    Table::create()
        .table("webhook_attempts")
        .col(uuid("delivery_id"))
        .col(integer("number"))
        .col(uuid("user_id"))
        .col(big_integer("at"))
        .col(integer("elapsed_ms"))
        .col(integer_null("status"))
        .col(text_null("error"))
        .col(text_null("answer"))
        .primary_key(Index::create().col("delivery_id").col("number"))
        .to_owned()
}

const INDEXES: [&str; 9] = [
    "CREATE INDEX webhook_endpoints_by_age \
     ON webhook_endpoints (user_id, created_at DESC, id DESC)",
    "CREATE INDEX webhook_deliveries_by_age \
     ON webhook_deliveries (endpoint_id, created_at DESC, id DESC)",
    "CREATE INDEX webhook_deliveries_by_state \
     ON webhook_deliveries (endpoint_id, state, created_at DESC, id DESC)",
    "CREATE INDEX webhook_deliveries_of_user ON webhook_deliveries (user_id)",
    "CREATE INDEX webhook_deliveries_due ON webhook_deliveries (due_at) WHERE state = 'pending'",
    "CREATE INDEX webhook_deliveries_waiting \
     ON webhook_deliveries (endpoint_id) WHERE state = 'pending'",
    "CREATE INDEX webhook_deliveries_old ON webhook_deliveries (created_at)",
    "CREATE INDEX webhook_attempts_of_user ON webhook_attempts (user_id)",
    "CREATE INDEX webhook_attempts_old ON webhook_attempts (at)",
];

#[async_trait::async_trait]
impl MigrationTrait for WebhookTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [endpoints(), deliveries(), attempts()] {
            manager.create_table(table).await?;
        }
        for sql in INDEXES {
            manager.get_connection().execute_unprepared(sql).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["webhook_attempts", "webhook_deliveries", "webhook_endpoints"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
