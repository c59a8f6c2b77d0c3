//! What the context tells others.

use shared_kernel::domain::{
    EventField, EventType,
    FieldForm::{Id, Number, OneOf, Text, Time},
    event_type, field, optional,
};

const CURRENCY: EventField = field("currency", Text, "ISO 4217");
const AMOUNT: EventField = field("amount_minor", Number, "in the currency's smallest unit");
const INVOICE_ID: EventField = field("invoice_id", Id, "the invoice");
const PLAN: EventField = field("plan", Text, "code of the plan");
const PLAN_VERSION: EventField = field("plan_version", Number, "version of the plan");

const SUBSCRIPTION: &[EventField] = &[
    field("subscription_id", Id, "the subscription"),
    PLAN,
    PLAN_VERSION,
    field(
        "status",
        OneOf(&["trialing", "active", "past_due", "cancelled", "expired"]),
        "where it stands now",
    ),
    optional("interval", OneOf(&["month", "year"]), "length of a period"),
    optional("period_ends_at", Time, "end of the period that runs"),
];

const INVOICE: &[EventField] = &[
    INVOICE_ID,
    field("number", Text, "number of the invoice"),
    CURRENCY,
    field("total_minor", Number, "with tax, in the currency's smallest unit"),
    field("due_minor", Number, "what is still to be paid"),
    field("due_at", Time, "when it is to be paid"),
];

const PAYMENT: &[EventField] =
    &[field("payment_id", Id, "the payment"), INVOICE_ID, CURRENCY, AMOUNT];
const REFUND: &[EventField] = &[
    optional("number", Text, "number of the invoice"),
    field("refund_id", Id, "the refund"),
    INVOICE_ID,
    optional("credit_note_id", Id, "the credit note that says so"),
    CURRENCY,
    AMOUNT,
];
const COUPON: &[EventField] = &[field("code", Text, "code of the coupon")];
const PUBLISHED: &[EventField] = &[PLAN, PLAN_VERSION];

const fn subscription(kind: &'static str, title: (&'static str, &'static str)) -> EventType {
    event_type(kind, "subscription", title, SUBSCRIPTION)
}

const fn invoice(kind: &'static str, title: (&'static str, &'static str)) -> EventType {
    event_type(kind, "invoice", title, INVOICE)
}

const fn refund(kind: &'static str, title: (&'static str, &'static str)) -> EventType {
    event_type(kind, "invoice", title, REFUND)
}

const fn payment(kind: &'static str, title: (&'static str, &'static str)) -> EventType {
    event_type(kind, "invoice", title, PAYMENT)
}

/// The kinds of events that the context tells of.
pub const EVENTS: &[EventType] = &[
    subscription("subscription.started", ("订阅开始", "A subscription began")),
    subscription("subscription.upgraded", ("订阅已升级", "A subscription went up")),
    subscription("subscription.downgrade_planned", ("计划降级", "A lower plan is to come")),
    subscription("subscription.downgraded", ("套餐已降级", "A lower plan began")),
    subscription("subscription.cancel_planned", ("计划取消", "A subscription is to end")),
    subscription("subscription.resumed", ("订阅恢复", "A planned change was taken back")),
    subscription("subscription.renewed", ("订阅续期", "A new period began")),
    subscription("subscription.paid_up", ("欠费已付清", "What was overdue is paid")),
    subscription("subscription.cancelled", ("订阅已取消", "A subscription was cancelled")),
    subscription("subscription.expired", ("订阅已到期", "A subscription ended")),
    event_type(
        "subscription.quota_reached",
        "user",
        ("额度将尽", "80 or 100 % of a quota is used"),
        &[
            field("limit", Text, "name of the limit"),
            field("percent", Number, "80 or 100"),
            field("used", Number, "what is used"),
            field("allowed", Number, "what the plan includes"),
            field("resets_at", Time, "when it starts anew"),
        ],
    ),
    invoice("invoice.issued", ("已开账单", "An invoice was issued")),
    invoice("invoice.paid", ("账单已支付", "An invoice is paid")),
    invoice("invoice.overdue", ("账单逾期", "An invoice is overdue")),
    invoice("invoice.given_up", ("账单已作废", "An invoice is no longer asked for")),
    event_type(
        "credit_note.issued",
        "invoice",
        ("已开红字发票", "A credit note was issued"),
        &[
            field("credit_note_id", Id, "the credit note"),
            optional("invoice_id", Id, "the invoice it takes from"),
            field("number", Text, "its number"),
            CURRENCY,
            AMOUNT,
        ],
    ),
    payment("payment.begun", ("开始支付", "A payment began")),
    payment("payment.succeeded", ("支付成功", "A payment succeeded")),
    payment("payment.failed", ("支付失败", "A payment failed")),
    payment("payment.expired", ("支付超时", "A payment was not finished in time")),
    refund("refund.begun", ("开始退款", "A refund began")),
    refund("refund.succeeded", ("退款成功", "A refund succeeded")),
    refund("refund.failed", ("退款失败", "A refund failed")),
    event_type("coupon.added", "coupon", ("已添加优惠券", "A coupon was added"), COUPON),
    event_type("coupon.disabled", "coupon", ("优惠券已停用", "A coupon was disabled"), COUPON),
    event_type("plan.published", "plan", ("套餐已发布", "A plan was published"), PUBLISHED),
    event_type("plan.withdrawn", "plan", ("套餐已下架", "A plan was withdrawn"), PUBLISHED),
];
