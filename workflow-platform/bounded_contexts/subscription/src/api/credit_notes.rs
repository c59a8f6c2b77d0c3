//! Credit notes: one's own, and everybody's for administrators.

use garde::Validate;
use serde::{Deserialize, Serialize};
use shared_kernel::{
    api::{ApiPath, ApiQuery, Envelope, ErrorEnvelope, Failure, PageQuery, Reply},
    application::Principal,
    domain::{Currency, Id, Owner, Page, Timestamp, User},
};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::Module;
use crate::domain::CreditNote;

/// A page of one's own.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[into_params(parameter_in = Query)]
pub struct CreditNotesQuery {
    /// Rows of a page, 1 to 200; 50 unless given.
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[garde(length(max = 200))]
    pub cursor: Option<String>,
}

/// A page of everybody's.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[into_params(parameter_in = Query)]
pub struct EverybodysNotesQuery {
    /// Whose.
    pub user: Option<Uuid>,
    /// Rows of a page, 1 to 200; 50 unless given.
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[garde(length(max = 200))]
    pub cursor: Option<String>,
}

/// A part of what was charged, taken back.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreditNoteView {
    pub id: Uuid,
    #[schema(example = "CN-00000001")]
    pub number: String,
    #[schema(value_type = Uuid)]
    pub user_id: Id<User>,
    pub subscription_id: Uuid,
    pub currency: Currency,
    pub net_minor: i64,
    pub tax_minor: i64,
    /// Both.
    pub total_minor: i64,
    /// The one that was given back; absent for what a subscription did not use.
    pub invoice_id: Option<Uuid>,
    pub reason: Option<String>,
    pub issued_at: Timestamp,
}

impl From<CreditNote> for CreditNoteView {
    fn from(note: CreditNote) -> Self {
        Self {
            id: note.id.uuid(),
            number: note.number,
            user_id: note.owner.user(),
            subscription_id: note.subscription.uuid(),
            currency: note.currency,
            net_minor: note.net_minor,
            tax_minor: note.tax_minor,
            total_minor: note.net_minor + note.tax_minor,
            invoice_id: note.invoice.map(Id::uuid),
            reason: note.reason,
            issued_at: note.issued_at,
        }
    }
}

/// Your credit notes, the newest first.
#[utoipa::path(
    get, path = "/subscription/credit-notes", tag = "subscription",
    operation_id = "credit_notes", params(CreditNotesQuery),
    responses(
        (status = 200, body = Envelope<Page<CreditNoteView>>),
        (status = 401, body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn list(
    module: Module,
    who: Principal,
    ApiQuery(query): ApiQuery<CreditNotesQuery>,
) -> Result<Reply<Page<CreditNoteView>>, Failure> {
    let page = PageQuery::parse(query.limit, query.cursor.as_deref())?;
    let found = module.list_credit_notes(&who, page).await?;
    Ok(Reply::ok(found.map(CreditNoteView::from)))
}

/// One of them; administrators see anybody's.
#[utoipa::path(
    get, path = "/subscription/credit-notes/{id}", tag = "subscription",
    operation_id = "credit_note",
    params(("id" = Uuid, Path, description = "credit note")),
    responses(
        (status = 200, body = Envelope<CreditNoteView>),
        (status = 401, body = ErrorEnvelope),
        (status = 404, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn show(
    module: Module,
    who: Principal,
    ApiPath(id): ApiPath<Uuid>,
) -> Result<Reply<CreditNoteView>, Failure> {
    Ok(Reply::ok(module.show_credit_note(&who, id.into()).await?.into()))
}

/// Everybody's credit notes, the newest first.
#[utoipa::path(
    get, path = "/subscription/admin/credit-notes", tag = "subscription",
    operation_id = "everybodys_credit_notes", params(EverybodysNotesQuery),
    responses(
        (status = 200, body = Envelope<Page<CreditNoteView>>),
        (status = 403, description = "PERMISSION_DENIED", body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn everybodys(
    module: Module,
    who: Principal,
    ApiQuery(query): ApiQuery<EverybodysNotesQuery>,
) -> Result<Reply<Page<CreditNoteView>>, Failure> {
    let page = PageQuery::parse(query.limit, query.cursor.as_deref())?;
    let owner = query.user.map(|user| Owner::new(user.into()));
    let found = module.list_everybodys_credit_notes(&who, owner, page).await?;
    Ok(Reply::ok(found.map(CreditNoteView::from)))
}
