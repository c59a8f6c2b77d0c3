//! What the context tells others.

use shared_kernel::domain::{
    EventField, EventType,
    FieldForm::{Flag, Id, List, Number, OneOf, Text, Time},
    event_type, field, optional,
};

const REASON: EventField = field("reason", Text, "why, as the mail about it says");
const EMAIL: EventField = field("email", Text, "where the mail about it goes");
const LOCALE: EventField = field("locale", Text, "language of the user");
const KEY: EventField = field("api_key_id", Id, "the key");
const SESSION: EventField = field("session_id", Id, "the session");
const ENDED: EventField = field("sessions_ended", Number, "sessions that ended with it");
const BY: EventField = field("by", Id, "the administrator");
const ROLE: &[&str] = &["user", "admin", "super_admin"];

/// What a mail is about.
const NOTICE: &[EventField] = &[REASON, EMAIL, LOCALE];

const fn user(
    kind: &'static str,
    title: (&'static str, &'static str),
    fields: &'static [EventField],
) -> EventType {
    event_type(kind, "user", title, fields)
}

/// The kinds of events that the context tells of.
pub const EVENTS: &[EventType] = &[
    user(
        "user.registered",
        ("用户已注册", "Somebody registered"),
        &[
            field("user_id", Id, "the user"),
            field("username", Text, "name of the user"),
            field("role", OneOf(ROLE), "role of the user"),
            LOCALE,
        ],
    ),
    user("user.logged_in", ("用户已登录", "Somebody signed in"), &[SESSION]),
    user(
        "user.signed_in_from_new_device",
        ("从新设备登录", "A sign-in from a new device or place"),
        &[
            SESSION,
            field("device", Text, "program and system, as far as it says; may be empty"),
            field("address", Text, "address it came from; may be empty"),
            field("new_device", Flag, "the program was not seen before"),
            field("new_place", Flag, "the place was not seen before"),
        ],
    ),
    user("user.logged_out", ("用户已退出", "Somebody signed out"), &[SESSION]),
    user(
        "user.profile_changed",
        ("资料已更改", "A profile changed"),
        &[field("username", Text, "name of the user"), LOCALE],
    ),
    user(
        "user.password_changed",
        ("密码已更改", "A password changed"),
        &[REASON, EMAIL, LOCALE, ENDED],
    ),
    user(
        "user.email_changed",
        ("邮箱已更改", "An e-mail address changed"),
        &[REASON, EMAIL, LOCALE, ENDED, field("new_email", Text, "the new address")],
    ),
    user(
        "user.role_changed",
        ("角色已更改", "A role changed"),
        &[field("from", OneOf(ROLE), "role before"), field("to", OneOf(ROLE), "role now"), BY],
    ),
    user(
        "user.status_changed",
        ("账号状态已更改", "An account was suspended or let in again"),
        &[field("status", Text, "status now"), BY],
    ),
    user(
        "user.sessions_revoked",
        ("会话已注销", "Sessions were ended"),
        &[
            REASON,
            optional("session_ids", List, "the sessions"),
            optional("session_id", Id, "the session of a refresh token that was used twice"),
            optional("email", Text, "where the mail about it goes"),
            optional("locale", Text, "language of the user"),
            optional("by", Id, "the administrator"),
        ],
    ),
    user(
        "user.api_key_created",
        ("API 密钥已创建", "An API key was made"),
        &[
            KEY,
            field("name", Text, "name of the key"),
            field("scopes", List, "what it may do"),
            field("expires_at", Time, "when it ends"),
            REASON,
            EMAIL,
            LOCALE,
        ],
    ),
    user(
        "user.api_key_renamed",
        ("API 密钥已改名", "An API key was renamed"),
        &[KEY, field("from", Text, "name before"), field("to", Text, "name now")],
    ),
    user("user.api_key_revoked", ("API 密钥已撤销", "An API key was revoked"), &[KEY]),
    user("user.totp_enabled", ("已启用两步验证", "A second factor was enrolled"), NOTICE),
    user("user.totp_disabled", ("已停用两步验证", "A second factor was removed"), NOTICE),
    user("user.recovery_code_used", ("已使用恢复码", "A recovery code was used"), NOTICE),
    user("user.recovery_codes_replaced", ("恢复码已更换", "Recovery codes were replaced"), NOTICE),
    user(
        "user.deletion_requested",
        ("已申请注销账号", "Deletion of an account was asked for"),
        &[REASON, EMAIL, LOCALE, field("delete_at", Time, "when it is deleted")],
    ),
    user(
        "user.deletion_cancelled",
        ("已取消注销", "Deletion of an account was taken back"),
        NOTICE,
    ),
    user(
        "user.deleted",
        ("账号已注销", "An account is gone"),
        &[REASON, EMAIL, LOCALE, optional("by", Id, "the administrator who did it")],
    ),
    event_type(
        "user.verification_code.requested",
        "verification_code",
        ("已申请验证码", "A code is to be sent"),
        &[
            field("code_id", Id, "the code"),
            EMAIL,
            field("purpose", Text, "what it is for"),
            LOCALE,
            field("account_exists", Flag, "whether the address has an account"),
            field("sealed_code", Text, "the code under the platform's key"),
            field("expires_at", Time, "when it ends"),
        ],
    ),
];
