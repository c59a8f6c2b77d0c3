//! Conditions on lists, which travel as one value: the text of a statement does not grow with them.

use sea_orm::Value;
use serde_json::Value as Json;
use uuid::Uuid;

use super::Backend;

impl Backend {
    /// What follows a column that holds one of the ids, and the value to bind as `parameter`.
    pub fn among(self, parameter: &str, ids: impl IntoIterator<Item = Uuid>) -> (String, Value) {
        match self {
            Self::Postgres => {
                let ids: Vec<Uuid> = ids.into_iter().collect();
                (format!("= ANY({parameter}::uuid[])"), ids.into())
            }
            Self::Sqlite => {
                let hex = ids.into_iter().map(|id| Json::from(id.simple().to_string()));
                let list: Json = hex.collect();
                let condition = format!("IN (SELECT unhex(value) FROM json_each({parameter}))");
                (condition, list.to_string().into())
            }
        }
    }

    /// As `among`, for numbers.
    pub fn among_numbers(
        self,
        parameter: &str,
        numbers: impl IntoIterator<Item = i64>,
    ) -> (String, Value) {
        match self {
            Self::Postgres => {
                let numbers: Vec<i64> = numbers.into_iter().collect();
                (format!("= ANY({parameter}::bigint[])"), numbers.into())
            }
            Self::Sqlite => {
                let list: Json = numbers.into_iter().map(Json::from).collect();
                let condition = format!("IN (SELECT value FROM json_each({parameter}))");
                (condition, list.to_string().into())
            }
        }
    }

    /// As `among`, for texts.
    pub fn among_texts(
        self,
        parameter: &str,
        texts: impl IntoIterator<Item = String>,
    ) -> (String, Value) {
        match self {
            Self::Postgres => {
                let texts: Vec<String> = texts.into_iter().collect();
                (format!("= ANY({parameter}::text[])"), texts.into())
            }
            Self::Sqlite => {
                let list: Json = texts.into_iter().map(Json::from).collect();
                let condition = format!("IN (SELECT value FROM json_each({parameter}))");
                (condition, list.to_string().into())
            }
        }
    }
}
