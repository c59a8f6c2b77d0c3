//! Why a use case of subscriptions did not do what was asked.

use serde_json::{Value, json};
use shared_kernel::{
    application::AuthenticationError,
    domain::{ErrorKind, Fault, Text},
};

use super::{
    paper_ports::CustomersError,
    payment_ports::{NoticeError, ProviderError},
    ports::StoreError,
};
use crate::domain::{ChangeError, CouponProblem};

#[derive(Debug, thiserror::Error)]
pub enum SubscriptionError {
    #[error(transparent)]
    Authentication(#[from] AuthenticationError),
    #[error("field {field} {problem}")]
    Field { field: &'static str, problem: String },
    #[error("coupon {0}")]
    Coupon(#[from] CouponProblem),
    #[error(transparent)]
    Change(#[from] ChangeError),
    #[error("a trial was had already")]
    TrialUsed,
    #[error("nothing is known under this id")]
    NotFound,
    #[error("the invoice is settled")]
    InvoiceSettled,
    #[error("invoices are settled by hand here")]
    PaidByHand,
    #[error("payment was not begun or looked up")]
    Provider(#[from] ProviderError),
    #[error("notice of a payment is refused")]
    Notice(#[from] NoticeError),
    #[error("nothing of the invoice is left to be given back")]
    NothingToRefund,
    #[error("at most {most} of the invoice can be given back in one go")]
    RefundTooLarge { most: i64 },
    #[error("a coupon with this code exists")]
    CouponTaken,
    #[error("what is used cannot be counted")]
    Usage(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("a document cannot be printed")]
    Printing(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error(transparent)]
    Customers(#[from] CustomersError),
    #[error("plans and invoices cannot be read or written")]
    Store(#[from] StoreError),
}

impl SubscriptionError {
    pub(super) fn field(field: &'static str, problem: impl Into<String>) -> Self {
        Self::Field { field, problem: problem.into() }
    }
}

impl From<sea_orm::DbErr> for SubscriptionError {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Store(error.into())
    }
}

const fn change_code(error: ChangeError) -> &'static str {
    match error {
        ChangeError::Subscribed => "ALREADY_SUBSCRIBED",
        ChangeError::NotSubscribed => "NOT_SUBSCRIBED",
        ChangeError::PastDue => "INVOICE_OVERDUE",
        ChangeError::NotAnUpgrade => "NOT_AN_UPGRADE",
        ChangeError::NotADowngrade => "NOT_A_DOWNGRADE",
        ChangeError::NothingToResume => "NOTHING_TO_RESUME",
    }
}

const fn change_text(error: ChangeError) -> (&'static str, &'static str) {
    match error {
        ChangeError::Subscribed => (
            "已有付费订阅，请升级或降级",
            "There is a paid subscription already: upgrade or downgrade it",
        ),
        ChangeError::NotSubscribed => ("没有付费订阅", "There is no paid subscription"),
        ChangeError::PastDue => ("有逾期账单，请先支付", "An invoice is overdue: pay it first"),
        ChangeError::NotAnUpgrade => (
            "该套餐不高于当前套餐，请在周期结束时降级",
            "The plan is no upgrade: downgrade to it for the end of the period",
        ),
        ChangeError::NotADowngrade => ("该套餐不低于当前套餐", "The plan is no lower than yours"),
        ChangeError::NothingToResume => ("没有可撤销的变更", "Nothing is planned to be taken back"),
    }
}

impl Fault for SubscriptionError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Authentication(error) => error.kind(),
            Self::Field { .. } | Self::Coupon(_) => ErrorKind::Invalid,
            Self::Change(_)
            | Self::TrialUsed
            | Self::InvoiceSettled
            | Self::PaidByHand
            | Self::NothingToRefund
            | Self::RefundTooLarge { .. }
            | Self::CouponTaken => ErrorKind::Conflict,
            Self::Provider(_) => ErrorKind::Unavailable,
            Self::Notice(NoticeError::Content(_)) => ErrorKind::Malformed,
            Self::Notice(_) => ErrorKind::Unauthenticated,
            Self::NotFound => ErrorKind::NotFound,
            Self::Store(_) | Self::Usage(_) | Self::Printing(_) | Self::Customers(_) => {
                ErrorKind::Bug
            }
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Authentication(error) => error.code(),
            Self::Field { .. } => "VALIDATION_ERROR",
            Self::Coupon(_) => "COUPON_INVALID",
            Self::Change(error) => change_code(*error),
            Self::TrialUsed => "TRIAL_USED",
            Self::NotFound => "NOT_FOUND",
            Self::InvoiceSettled => "INVOICE_SETTLED",
            Self::PaidByHand => "PAID_BY_HAND",
            Self::NothingToRefund => "NOTHING_TO_REFUND",
            Self::RefundTooLarge { .. } => "REFUND_TOO_LARGE",
            Self::Provider(_) => "PAYMENT_UNAVAILABLE",
            Self::Notice(NoticeError::Content(_)) => "MALFORMED_NOTICE",
            Self::Notice(_) => "BAD_SIGNATURE",
            Self::CouponTaken => "COUPON_TAKEN",
            Self::Store(_) | Self::Usage(_) | Self::Printing(_) | Self::Customers(_) => {
                "INTERNAL_ERROR"
            }
        }
    }

    fn text(&self) -> Text {
        let (zh, en) = match self {
            Self::Authentication(error) => return error.text(),
            Self::Field { .. } => ("请求参数有误", "Some fields are not right"),
            Self::Coupon(_) => ("优惠码无效", "The coupon is not valid here"),
            Self::Change(error) => change_text(*error),
            Self::TrialUsed => ("已使用过试用", "You had a trial already"),
            Self::NotFound => ("资源不存在", "There is no such thing"),
            Self::InvoiceSettled => ("账单已结清", "The invoice is settled"),
            Self::PaidByHand => {
                ("此处的账单由管理员人工结清", "Invoices are settled by an administrator here")
            }
            Self::NothingToRefund => {
                ("该账单没有可退的金额", "Nothing of the invoice is left to be given back")
            }
            Self::RefundTooLarge { .. } => {
                ("退款金额超过可退金额", "That is more than can be given back")
            }
            Self::Provider(_) => (
                "支付服务暂不可用，请稍后再试",
                "Payments cannot be made at the moment, try again later",
            ),
            Self::Notice(NoticeError::Content(_)) => {
                ("通知内容有误", "The notice cannot be understood")
            }
            Self::Notice(_) => ("签名无效", "The signature is not valid"),
            Self::CouponTaken => ("优惠码已存在", "A coupon with this code exists"),
            Self::Store(_) | Self::Usage(_) | Self::Printing(_) | Self::Customers(_) => {
                ("服务器内部错误", "Something went wrong on our side")
            }
        };
        Text::new(zh, en)
    }

    fn details(&self) -> Value {
        match self {
            Self::Authentication(error) => error.details(),
            Self::Field { field, problem } => json!({ *field: [problem] }),
            Self::Coupon(problem) => json!({ "coupon": [problem.to_string()] }),
            Self::RefundTooLarge { most } => json!({ "refundable_minor": most }),
            Self::Notice(error) => json!({ "reason": error.to_string() }),
            _ => json!({}),
        }
    }
}
