//! Coupons, for administrators.

use garde::Validate;
use serde::{Deserialize, Serialize};
use shared_kernel::{
    api::{ApiJson, ApiPath, ApiQuery, Empty, Envelope, ErrorEnvelope, Failure, PageQuery, Reply},
    application::Principal,
    domain::{Page, Timestamp},
};
use utoipa::ToSchema;

use super::Module;
use crate::{
    application::CouponWish,
    domain::{Coupon, Lasts, Off},
};

/// A coupon to be.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct CouponBody {
    /// 3 to 40 capital letters, digits, `-` and `_`.
    #[garde(length(min = 3, max = 40))]
    #[schema(min_length = 3, max_length = 40, example = "WELCOME10")]
    pub code: String,
    pub off: Off,
    pub lasts: Lasts,
    /// Codes of plans; all unless given.
    #[garde(length(min = 1, max = 50))]
    #[schema(min_items = 1, max_items = 50)]
    pub plans: Option<Vec<String>>,
    #[garde(range(min = 1, max = 1_000_000))]
    #[schema(minimum = 1, maximum = 1_000_000)]
    pub max_redemptions: Option<u32>,
    pub expires_at: Option<Timestamp>,
}

/// A coupon.
#[derive(Debug, Serialize, ToSchema)]
pub struct CouponView {
    #[schema(example = "WELCOME10")]
    pub code: String,
    pub off: Off,
    pub lasts: Lasts,
    pub plans: Option<Vec<String>>,
    pub max_redemptions: Option<u32>,
    /// How often it was used.
    pub redeemed: u32,
    pub expires_at: Option<Timestamp>,
    pub disabled: bool,
    pub created_at: Timestamp,
}

impl From<Coupon> for CouponView {
    fn from(coupon: Coupon) -> Self {
        let Coupon { code, off, lasts, plans, max_redemptions, redeemed, .. } = coupon;
        let Coupon { expires_at, disabled, created_at, .. } = coupon;
        Self {
            code,
            off,
            lasts,
            plans,
            max_redemptions,
            redeemed,
            expires_at,
            disabled,
            created_at,
        }
    }
}

/// All coupons, the newest first.
#[utoipa::path(
    get, path = "/subscription/admin/coupons", tag = "subscription", params(PageQuery),
    responses(
        (status = 200, body = Envelope<Page<CouponView>>),
        (status = 403, description = "PERMISSION_DENIED", body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn list(
    module: Module,
    who: Principal,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<Reply<Page<CouponView>>, Failure> {
    Ok(Reply::ok(module.list_coupons(&who, query.page()?).await?.map(CouponView::from)))
}

/// A new coupon. Its terms never change.
#[utoipa::path(
    post, path = "/subscription/admin/coupons", tag = "subscription", request_body = CouponBody,
    responses(
        (status = 201, body = Envelope<CouponView>),
        (status = 403, description = "PERMISSION_DENIED", body = ErrorEnvelope),
        (status = 409, description = "COUPON_TAKEN", body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn add(
    module: Module,
    who: Principal,
    ApiJson(body): ApiJson<CouponBody>,
) -> Result<Reply<CouponView>, Failure> {
    let CouponBody { code, off, lasts, plans, max_redemptions, expires_at } = body;
    let wish = CouponWish { code, off, lasts, plans, max_redemptions, expires_at };
    Ok(Reply::created(module.add_coupon(&who, wish).await?.into()))
}

/// Nobody can use the coupon any more; discounts that were given stay.
#[utoipa::path(
    delete, path = "/subscription/admin/coupons/{code}", tag = "subscription",
    params(("code" = String, Path, description = "coupon", example = "WELCOME10")),
    responses(
        (status = 200, body = Envelope<Empty>),
        (status = 403, description = "PERMISSION_DENIED", body = ErrorEnvelope),
        (status = 404, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn disable(
    module: Module,
    who: Principal,
    ApiPath(code): ApiPath<String>,
) -> Result<Reply<Empty>, Failure> {
    module.disable_coupon(&who, &code).await?;
    Ok(Reply::empty())
}
