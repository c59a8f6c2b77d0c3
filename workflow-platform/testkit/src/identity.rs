//! A certificate for this machine, by an authority made for the test.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::{
    ServerConfig,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};
use tokio_rustls::TlsAcceptor;

/// A certificate for `127.0.0.1` and `localhost`.
pub struct Identity {
    pub acceptor: TlsAcceptor,
    /// The authority, in PEM.
    pub authority: String,
    /// The certificate and its key, in PEM.
    pub certificate: String,
    pub key: String,
}

impl Identity {
    /// # Panics
    /// When no certificate can be made: the test cannot go on.
    pub fn fresh() -> Self {
        let mut authority = CertificateParams::default();
        // under one name with its issuer, OpenSSL takes a certificate for a self-signed one
        authority.distinguished_name.push(DnType::CommonName, "authority of a test");
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(authority, key()).expect("an authority");
        let own = key();
        let names = ["127.0.0.1".to_owned(), "localhost".to_owned()];
        let certificate = CertificateParams::new(names)
            .and_then(|params| params.signed_by(&own, &authority))
            .expect("a certificate");
        let private = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(own.serialize_der()));
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("protocol versions")
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], private)
            .expect("a certificate that fits its key");
        Self {
            acceptor: TlsAcceptor::from(Arc::new(config)),
            authority: authority.pem(),
            certificate: certificate.pem(),
            key: own.serialize_pem(),
        }
    }
}

fn key() -> KeyPair {
    KeyPair::generate().expect("a key")
}
