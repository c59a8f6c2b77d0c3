//! TLS as it is spoken with HTTPS proxies, and with what tests aim at.

use std::sync::Arc;

use rustls::{
    ClientConfig,
    pki_types::{CertificateDer, pem::PemObject as _},
};
use rustls_platform_verifier::Verifier;
use tokio_rustls::TlsConnector;

/// The authorities that servers are checked by cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    #[error("the file of authorities is no PEM")]
    Pem(#[source] rustls::pki_types::pem::Error),
    #[error("the authorities cannot be used")]
    Tls(#[source] rustls::Error),
}

/// Servers are checked by the authorities of the system, and by those of a PEM file.
pub fn proxy_tls(authorities: Option<&[u8]>) -> Result<TlsConnector, TrustError> {
    let roots = CertificateDer::pem_slice_iter(authorities.unwrap_or_default());
    let roots = roots.collect::<Result<Vec<_>, _>>().map_err(TrustError::Pem)?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let verifier = Verifier::new_with_extra_roots(roots, Arc::clone(&provider));
    let verifier = verifier.map_err(TrustError::Tls)?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(TrustError::Tls)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}
