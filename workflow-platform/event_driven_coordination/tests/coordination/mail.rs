use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use event_driven_coordination::{
    BillingNotice, Customer, Customers, Handlers, PortError, Relay, SecurityNotice, SmtpMailer,
    SmtpSecurity, SmtpSettings, VerificationMail,
};
use serde_json::{Value, json};
use shared_kernel::{
    application::EffectHandler,
    domain::{DomainEvent, Locale, Owner},
    infrastructure::seal::Sealer,
};
use testkit::smtp::{SmtpBehaviour, SmtpServer};

use crate::support::{World, worlds};

const CODE: &str = "042137";
const PENDING: &str = "outbox WHERE delivered_at IS NULL AND parked_at IS NULL";

fn sealer(world: &World) -> Sealer {
    Sealer::new(b"a secret that only tests ever know", world.ambient.clone())
}

fn settings(server: &SmtpServer, security: SmtpSecurity, password: Option<&str>) -> SmtpSettings {
    SmtpSettings {
        security,
        host: server.address().ip().to_string(),
        port: server.address().port(),
        credentials: password.map(|password| ("mailer".to_owned(), password.into())),
        from: "Platform <noreply@example.com>".to_owned(),
        authority: server.authority().map(String::into_bytes),
    }
}

fn mailer(world: &World, server: &SmtpServer, password: Option<&str>) -> Arc<SmtpMailer> {
    let host = server.address().ip().to_string();
    let security = SmtpSecurity::for_server(&host, server.address().port());
    let settings = settings(server, security, password);
    Arc::new(SmtpMailer::new(&settings, world.ambient.clone()).unwrap())
}

fn relay(world: &World, server: &SmtpServer, password: Option<&str>) -> Relay {
    let mailer = mailer(world, server, password);
    let name = "A & B".to_owned();
    let mail = VerificationMail::new(mailer, sealer(world), world.ambient.clone(), name).unwrap();
    world.relay(Handlers::new([], [Arc::new(mail) as Arc<dyn EffectHandler>]))
}

async fn ask(world: &World, purpose: &str, locale: &str, account_exists: bool) {
    let id: shared_kernel::domain::Id<shared_kernel::domain::Event> = world.ambient.id();
    let place = format!("verification_codes/{id}/code");
    let payload: Value = json!({
        "code_id": id,
        "email": "ann@example.com",
        "purpose": purpose,
        "locale": locale,
        "account_exists": account_exists,
        "sealed_code": sealer(world).seal(&place, CODE.as_bytes()).unwrap(),
        "expires_at": world.ambient.now().plus(Duration::from_mins(10)),
    });
    let event = world.event(&id.to_string(), "user.verification_code.requested", payload);
    world.record(&[event]).await;
}

#[tokio::test]
async fn a_code_arrives_in_the_readers_language_as_text_and_html() {
    for world in worlds().await {
        let server = SmtpServer::start_with_login("mailer", "hush").await.unwrap();
        let relay = relay(&world, &server, Some("hush"));
        ask(&world, "register", "zh-CN", false).await;
        ask(&world, "reset_password", "en", true).await;
        relay.drain().await.unwrap();
        let mut mails = server.mails();
        mails.sort_by_key(|mail| mail.header("Subject").is_some_and(|text| text.contains("code")));
        let [chinese, english] = mails.as_slice() else { panic!("{mails:?}") };
        assert!(server.logins() >= 1);
        for mail in [chinese, english] {
            assert_eq!(
                (mail.from.as_str(), mail.to.as_slice()),
                ("noreply@example.com", &["ann@example.com".to_owned()][..])
            );
            assert!(mail.part("text/plain").unwrap().contains(CODE));
            let html = mail.part("text/html").unwrap();
            assert!(html.contains(CODE) && html.contains("A &amp; B"), "{html}");
            assert!(mail.header("Message-ID").unwrap().starts_with("<code-"));
        }
        assert!(chinese.part("text/plain").unwrap().contains("验证码 10 分钟内有效"));
        assert!(english.part("text/plain").unwrap().contains("reset your password"));
        assert!(english.header("Subject").unwrap().contains(CODE));
    }
}

#[tokio::test]
async fn only_the_reader_learns_whether_the_address_has_an_account() {
    for world in worlds().await {
        let server = SmtpServer::start().await.unwrap();
        let relay = relay(&world, &server, None);
        ask(&world, "register", "en", true).await;
        ask(&world, "reset_password", "en", false).await;
        relay.drain().await.unwrap();
        let mails = server.mails();
        assert_eq!(mails.len(), 1, "{}", world.test.name);
        let text = mails[0].part("text/plain").unwrap();
        assert!(text.contains("has an account already") && !mails[0].data.contains(CODE), "{text}");
    }
}

#[tokio::test]
async fn a_busy_server_gets_the_mail_later_and_a_refused_mail_is_parked_at_once() {
    for world in worlds().await {
        let server = SmtpServer::start().await.unwrap();
        let relay = relay(&world, &server, None);
        server.behave(SmtpBehaviour::Busy);
        ask(&world, "register", "en", false).await;
        relay.drain().await.unwrap();
        assert_eq!(
            (server.mails().len(), world.count(PENDING).await),
            (0, 1),
            "{}",
            world.test.name
        );
        server.behave(SmtpBehaviour::Works);
        world.clock.advance(Duration::from_secs(2));
        relay.drain().await.unwrap();
        assert_eq!((server.mails().len(), world.count(PENDING).await), (1, 0));
        server.behave(SmtpBehaviour::Refuses);
        ask(&world, "register", "en", false).await;
        relay.drain().await.unwrap();
        assert_eq!((server.mails().len(), world.count(PENDING).await), (1, 0));
        assert_eq!(world.count("outbox WHERE last_error LIKE '%nobody here%'").await, 1);
    }
}

#[tokio::test]
async fn a_wrong_login_is_tried_again_and_an_old_code_is_not_sent() {
    for world in worlds().await {
        let server = SmtpServer::start_with_login("mailer", "hush").await.unwrap();
        ask(&world, "register", "en", false).await;
        relay(&world, &server, Some("guess")).drain().await.unwrap();
        assert_eq!(world.count(PENDING).await, 1, "{}", world.test.name);
        world.clock.advance(Duration::from_mins(10));
        relay(&world, &server, Some("hush")).drain().await.unwrap();
        assert_eq!((server.mails().len(), world.count(PENDING).await), (0, 0));
    }
}

#[tokio::test]
async fn nobody_waits_for_the_database_while_the_mail_server_is_silent() {
    for world in worlds().await {
        let server = SmtpServer::start().await.unwrap();
        server.behave(SmtpBehaviour::Silent);
        let relay = relay(&world, &server, None);
        ask(&world, "register", "en", false).await;
        let sending = tokio::spawn(async move { relay.drain().await });
        tokio::time::sleep(Duration::from_millis(200)).await;
        let writing = world.record_numbered("a", 1);
        tokio::time::timeout(Duration::from_secs(2), writing).await.unwrap();
        assert!(!sending.is_finished(), "{}", world.test.name);
        sending.abort();
    }
}

#[tokio::test]
async fn people_are_told_what_happened_to_their_account_and_not_what_they_did() {
    for world in worlds().await {
        let server = SmtpServer::start().await.unwrap();
        let notice =
            SecurityNotice::new(mailer(&world, &server, None), "A & B".to_owned()).unwrap();
        let relay = world.relay(Handlers::new([], [Arc::new(notice) as Arc<dyn EffectHandler>]));
        for (number, (kind, reason, locale)) in [
            ("user.password_changed", "password_changed", "en"),
            ("user.password_changed", "password_reset", "zh-CN"),
            ("user.sessions_revoked", "refresh_token_reused", "en"),
            ("user.api_key_created", "api_key_created", "en"),
        ]
        .into_iter()
        .enumerate()
        {
            let to = format!("reader{number}@example.com");
            let payload = json!({ "reason": reason, "email": to, "locale": locale });
            world.record(&[world.event(&format!("u{number}"), kind, payload)]).await;
        }
        let own = json!({ "reason": "signed_out_by_user", "session_ids": [] });
        world.record(&[world.event("u4", "user.sessions_revoked", own)]).await;
        relay.drain().await.unwrap();
        let mut mails = server.mails();
        mails.sort_by(|a, b| a.to.cmp(&b.to));
        let texts: Vec<_> = mails.iter().map(|mail| mail.part("text/plain").unwrap()).collect();
        assert_eq!(texts.len(), 4, "{}", world.test.name);
        assert!(texts[3].contains("an API key of your account") && texts[3].contains("revoke"));
        assert!(texts[0].contains("was changed, and all other sign-ins were ended"), "{texts:?}");
        assert!(texts[1].contains("密码已重置"), "{texts:?}");
        assert!(texts[2].contains("used from two places"), "{texts:?}");
        assert!(mails[0].part("text/html").unwrap().contains("A &amp; B"));
        assert!(mails[2].header("Subject").unwrap().contains("was ended"));
        assert_eq!(world.count(PENDING).await, 0);
    }
}

#[tokio::test]
async fn every_notice_says_something_of_its_own_in_both_languages() {
    const NOTICES: [(&str, &str); 11] = [
        ("user.password_changed", "password_changed"),
        ("user.password_changed", "password_reset"),
        ("user.sessions_revoked", "refresh_token_reused"),
        ("user.totp_enabled", "totp_enabled"),
        ("user.totp_disabled", "totp_disabled"),
        ("user.recovery_code_used", "recovery_code_used"),
        ("user.recovery_codes_replaced", "recovery_codes_replaced"),
        ("user.email_changed", "email_changed"),
        ("user.deletion_requested", "deletion_requested"),
        ("user.deletion_cancelled", "deletion_cancelled"),
        ("user.deleted", "account_deleted"),
    ];
    for world in worlds().await {
        let server = SmtpServer::start().await.unwrap();
        let notice = SecurityNotice::new(mailer(&world, &server, None), "Flow".to_owned()).unwrap();
        let relay = world.relay(Handlers::new([], [Arc::new(notice) as Arc<dyn EffectHandler>]));
        for locale in ["zh-CN", "en"] {
            for (kind, reason) in NOTICES {
                let payload = json!({
                    "reason": reason,
                    "email": "ann@example.com",
                    "locale": locale,
                    "delete_at": "2026-12-24T08:00:00Z",
                });
                let aggregate = format!("{reason} {locale}");
                world.record(&[world.event(&aggregate, kind, payload)]).await;
            }
        }
        relay.drain().await.unwrap();
        let mails = server.mails();
        let texts: std::collections::HashSet<_> =
            mails.iter().map(|mail| mail.part("text/plain").unwrap()).collect();
        assert_eq!(texts.len(), 22, "{}", world.test.name);
        assert!(texts.iter().any(|text| text.contains("deleted on 2026-12-24 08:00 UTC")));
    }
}

#[tokio::test]
async fn template_syntax_in_a_name_stays_text() {
    for world in worlds().await {
        let server = SmtpServer::start().await.unwrap();
        let name = "{{ 7 * 7 }} {% raw %} <script>".to_owned();
        let notice = SecurityNotice::new(mailer(&world, &server, None), name.clone()).unwrap();
        let relay = world.relay(Handlers::new([], [Arc::new(notice) as Arc<dyn EffectHandler>]));
        let payload =
            json!({ "reason": "password_changed", "email": "ann@example.com", "locale": "en" });
        world.record(&[world.event("u1", "user.password_changed", payload)]).await;
        relay.drain().await.unwrap();
        let mail = &server.mails()[0];
        assert!(mail.part("text/plain").unwrap().contains(&name), "{}", world.test.name);
        let html = mail.part("text/html").unwrap();
        assert!(html.contains("{{ 7 * 7 }} {% raw %} &lt;script&gt;"), "{html}");
    }
}

/// Everybody reads this language; nobody is there when it is none.
struct Reads(Option<Locale>);

#[async_trait]
impl Customers for Reads {
    async fn customer(&self, _: Owner) -> Result<Option<Customer>, PortError> {
        Ok(self.0.map(|locale| Customer { email: "ann@example.com".to_owned(), locale }))
    }
}

#[tokio::test]
async fn customers_are_told_of_their_money_once_in_their_language() {
    for world in worlds().await {
        for (locale, words) in [
            (
                Some(Locale::En),
                [
                    "is there",
                    "is paid",
                    "still open",
                    "has ended",
                    "on its way back",
                    "will change",
                    "will change",
                ],
            ),
            (
                Some(Locale::ZhCn),
                ["已生成", "已支付", "未付", "已终止", "已退款", "较低的套餐", "较低的套餐"],
            ),
            (None, [""; 7]),
        ] {
            let server = SmtpServer::start().await.unwrap();
            let mailer = mailer(&world, &server, None);
            let readers = Arc::new(Reads(locale));
            let notice = BillingNotice::new(mailer, readers, "Flow".to_owned()).unwrap();
            let handlers = [Arc::new(notice) as Arc<dyn EffectHandler>];
            let relay = world.relay(Handlers::new([], handlers));
            let invoice = |due_minor: i64| {
                json!({
                    "invoice_id": world.ambient.uuid(), "number": "INV-00000007",
                    "currency": "CNY", "total_minor": 5194, "due_minor": due_minor,
                    "due_at": "2026-12-01T10:00:00Z",
                })
            };
            let planned = json!({ "period_ends_at": "2026-12-24T10:00:00Z" });
            let told = [
                ("invoice.issued", invoice(5194)),
                ("invoice.issued", invoice(0)),
                ("invoice.paid", invoice(0)),
                ("invoice.overdue", invoice(5000)),
                ("invoice.given_up", invoice(5000)),
                (
                    "refund.succeeded",
                    json!({ "number": "INV-00000007", "currency": "CNY", "amount_minor": 1000 }),
                ),
                ("subscription.downgrade_planned", planned.clone()),
                ("subscription.cancel_planned", planned),
            ];
            for (number, (kind, payload)) in told.into_iter().enumerate() {
                let event = world.event(&number.to_string(), kind, payload);
                let user = Some(world.ambient.id());
                world.record(&[DomainEvent { user, ..event }]).await;
                relay.drain().await.unwrap();
            }
            let mails = server.mails();
            if locale.is_none() {
                assert_eq!(mails.len(), 0, "{}", world.test.name);
                continue;
            }
            assert_eq!(mails.len(), 7, "{}: what is paid at once is told of once", world.test.name);
            for (mail, words) in mails.iter().zip(words) {
                let said = format!(
                    "{} {}",
                    mail.header("Subject").unwrap(),
                    mail.part("text/plain").unwrap()
                );
                assert!(said.contains(words), "{said}");
                assert!(mail.header("Message-ID").unwrap().starts_with("<billing-"));
            }
            let [issued, paid, overdue, _, refunded, downgrade, _] = mails.as_slice() else {
                panic!("seven")
            };
            assert!(refunded.part("text/html").unwrap().contains("CNY 10.00"));
            assert!(issued.part("text/html").unwrap().contains("CNY 51.94"));
            assert!(paid.part("text/plain").unwrap().contains("CNY 51.94"));
            assert!(overdue.part("text/plain").unwrap().contains("CNY 50.00"));
            assert!(downgrade.part("text/plain").unwrap().contains("2026-12-24"));
        }
    }
}
