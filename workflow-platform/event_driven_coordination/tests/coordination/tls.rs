//! Mail through TLS, with a login, to a real server.

use event_driven_coordination::{SmtpMailer, SmtpSecurity, SmtpSettings};
use shared_kernel::application::{Mail, MailError, Mailer as _};
use testkit::smtp::{SmtpServer, SmtpTerms, SmtpTls};

async fn server(tls: Option<SmtpTls>, older_login: bool) -> SmtpServer {
    let login = Some(("mailer".to_owned(), "hush".to_owned()));
    SmtpServer::on(SmtpTerms { login, tls, older_login }).await.unwrap()
}

fn settings(server: &SmtpServer, security: SmtpSecurity) -> SmtpSettings {
    SmtpSettings {
        host: server.address().ip().to_string(),
        port: server.address().port(),
        credentials: Some(("mailer".to_owned(), "hush".into())),
        from: "Platform <noreply@example.com>".to_owned(),
        security,
        authority: server.authority().map(String::into_bytes),
    }
}

async fn send(settings: &SmtpSettings, to: &str, subject: &str) -> Result<(), MailError> {
    let mail = Mail {
        to: to.to_owned(),
        subject: subject.to_owned(),
        text: "text".to_owned(),
        html: "<p>html</p>".to_owned(),
        message_id: "test-1".to_owned(),
    };
    SmtpMailer::new(settings, testkit::ambient().0).unwrap().send(mail).await
}

#[tokio::test]
async fn a_mail_goes_through_tls_from_the_start_and_through_starttls_with_either_login() {
    for (tls, security) in [
        (SmtpTls::Implicit, SmtpSecurity::Tls),
        (SmtpTls::StartTls, SmtpSecurity::StartTls),
        (SmtpTls::StartTls, SmtpSecurity::Opportunistic),
    ] {
        for older_login in [false, true] {
            let server = server(Some(tls), older_login).await;
            send(&settings(&server, security), "ann@example.com", "hello").await.unwrap();
            let mails = server.mails();
            assert!(mails[0].secure, "{tls:?} {security:?}");
            assert_eq!((mails.len(), server.logins()), (1, 1));
        }
    }
}

#[tokio::test]
async fn a_server_whose_certificate_nobody_trusts_sees_no_password() {
    for (tls, security) in
        [(SmtpTls::Implicit, SmtpSecurity::Tls), (SmtpTls::StartTls, SmtpSecurity::StartTls)]
    {
        let server = server(Some(tls), false).await;
        let strange = SmtpSettings { authority: None, ..settings(&server, security) };
        let failed = send(&strange, "ann@example.com", "hello").await;
        assert!(matches!(failed, Err(MailError::Unavailable(_))), "{tls:?}");
        assert_eq!((server.attempts(), server.mails().len()), (0, 0));
    }
}

#[tokio::test]
async fn a_server_that_hides_its_tls_sees_no_password_and_no_mail() {
    let server = server(None, false).await;
    let failed = send(&settings(&server, SmtpSecurity::StartTls), "ann@example.com", "x").await;
    assert!(failed.is_err());
    assert_eq!((server.attempts(), server.mails().len()), (0, 0));
}

#[tokio::test]
async fn no_text_can_add_a_header_or_a_reader() {
    let server = server(Some(SmtpTls::StartTls), false).await;
    let settings = settings(&server, SmtpSecurity::StartTls);
    let evil = "hello\r\nBcc: eve@example.com\r\n\r\nanother body";
    send(&settings, "ann@example.com", evil).await.unwrap();
    let mail = &server.mails()[0];
    assert_eq!(mail.to, ["ann@example.com"]);
    assert_eq!(mail.header("Bcc"), None);
    for address in
        ["ann@example.com\r\nRCPT TO:<eve@example.com>", "ann@example.com, eve@x.example"]
    {
        let refused = send(&settings, address, "hello").await;
        assert!(matches!(refused, Err(MailError::Refused(_))), "{address:?}");
    }
    assert_eq!(server.mails().len(), 1);
}
