//! `?limit=` and `?cursor=`.

use garde::Validate;
use serde::Deserialize;

use super::BadRequest;
use crate::domain::{Cursor, PageRequest};

/// The two parameters of every list. Flatten-free on purpose: lists with filters repeat the two
/// fields and call [`PageQuery::parse`].
#[derive(Debug, Default, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// Rows of a page, 1 to 200; 50 unless given.
    #[garde(range(min = 1, max = 200))]
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[garde(length(max = 200))]
    pub cursor: Option<String>,
}

impl PageQuery {
    pub fn page(&self) -> Result<PageRequest, BadRequest> {
        Self::parse(self.limit, self.cursor.as_deref())
    }

    pub fn parse(limit: Option<u32>, cursor: Option<&str>) -> Result<PageRequest, BadRequest> {
        let limit = limit.unwrap_or(PageRequest::DEFAULT);
        if !(1..=PageRequest::MAX).contains(&limit) {
            return Err(BadRequest::field("limit", "must be between 1 and 200"));
        }
        let after = cursor
            .map(Cursor::decode)
            .transpose()
            .map_err(|error| BadRequest::field("cursor", error.to_string()))?;
        Ok(PageRequest { limit, after })
    }
}
