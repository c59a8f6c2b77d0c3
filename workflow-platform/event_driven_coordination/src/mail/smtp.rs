//! Hands mails to an SMTP server.

use std::{net::IpAddr, time::Duration};

use async_trait::async_trait;
use lettre::{
    AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor,
    transport::smtp::{
        authentication::Credentials,
        client::{Certificate, Tls, TlsParameters},
    },
};
use secrecy::{ExposeSecret as _, SecretString};
use shared_kernel::{
    application::{Mail, MailError, Mailer},
    domain::Ambient,
};

use super::message::message;

/// A conversation may take this long; less than the relay gives a handler.
const LIMIT: Duration = Duration::from_secs(15);

/// How the conversation is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpSecurity {
    /// TLS from the first byte.
    Tls,
    /// STARTTLS, or nothing is sent.
    StartTls,
    /// STARTTLS when the server offers it.
    Opportunistic,
}

impl SmtpSecurity {
    /// What fits a server: TLS on port 465, STARTTLS where it is offered on this machine, and
    /// STARTTLS without exception anywhere else.
    pub fn for_server(host: &str, port: u16) -> Self {
        let local = host == "localhost" || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
        match (port, local) {
            (465, _) => Self::Tls,
            (_, true) => Self::Opportunistic,
            (_, false) => Self::StartTls,
        }
    }
}

/// A mail server: the `SMTP_*` variables.
#[derive(Debug, Clone)]
pub struct SmtpSettings {
    pub host: String,
    pub port: u16,
    pub credentials: Option<(String, SecretString)>,
    /// Sender, such as `Workflow Platform <noreply@example.com>`.
    pub from: String,
    pub security: SmtpSecurity,
    /// In PEM: an authority to trust beside those of the system.
    pub authority: Option<Vec<u8>>,
}

/// The settings cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("mail server {host} cannot be set up")]
pub struct SmtpSetupError {
    host: String,
    source: lettre::transport::smtp::Error,
}

/// Keeps a few connections open and uses them again.
pub struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: String,
    ambient: Ambient,
}

impl SmtpMailer {
    /// Does not connect yet.
    pub fn new(settings: &SmtpSettings, ambient: Ambient) -> Result<Self, SmtpSetupError> {
        let failed = |source| SmtpSetupError { host: settings.host.clone(), source };
        let mut parameters = TlsParameters::builder(settings.host.clone());
        if let Some(pem) = &settings.authority {
            let authority = Certificate::from_pem(pem).map_err(failed)?;
            parameters = parameters.add_root_certificate(authority);
        }
        let parameters = parameters.build().map_err(failed)?;
        let tls = match settings.security {
            SmtpSecurity::Tls => Tls::Wrapper(parameters),
            SmtpSecurity::StartTls => Tls::Required(parameters),
            SmtpSecurity::Opportunistic => Tls::Opportunistic(parameters),
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&settings.host)
            .port(settings.port)
            .tls(tls)
            .timeout(Some(LIMIT));
        if let Some((user, password)) = &settings.credentials {
            let password = password.expose_secret().to_owned();
            builder = builder.credentials(Credentials::new(user.clone(), password));
        }
        Ok(Self { transport: builder.build(), from: settings.from.clone(), ambient })
    }
}

#[async_trait]
impl Mailer for SmtpMailer {
    async fn send(&self, mail: Mail) -> Result<(), MailError> {
        let message = message(&mail, &self.from, self.ambient.now())?;
        match self.transport.send(message).await {
            Ok(_) => Ok(()),
            // 530 to 539 speak of the login, which an operator can put right; other 5xx of the mail.
            Err(error) if error.is_permanent() && !is_about_login(&error) => {
                Err(MailError::Refused(error.to_string()))
            }
            Err(error) => Err(MailError::Unavailable(Box::new(error))),
        }
    }
}

fn is_about_login(error: &lettre::transport::smtp::Error) -> bool {
    error.status().is_some_and(|code| (530..=539).contains(&u16::from(code)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_may_go_without_encryption() {
        assert_eq!(SmtpSecurity::for_server("mail.example", 587), SmtpSecurity::StartTls);
        assert_eq!(SmtpSecurity::for_server("mail.example", 465), SmtpSecurity::Tls);
        assert_eq!(SmtpSecurity::for_server("127.0.0.1", 25), SmtpSecurity::Opportunistic);
        assert_eq!(SmtpSecurity::for_server("::1", 25), SmtpSecurity::Opportunistic);
    }
}
