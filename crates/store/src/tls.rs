//! How PostgreSQL is reached, by the words of its own programs: `sslmode` (`disable`, `prefer`, `require`,
//! `verify-full`) and `sslrootcert` in the connection string. Without `sslmode` a server on another machine is reached
//! by TLS or not at all; a socket of this machine never needs it.

use std::net::IpAddr;
use std::sync::Arc;

use postgres::config::{Host, SslMode};
use postgres::{Client, Config, NoTls};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::{Error, Result};

/// Where PostgreSQL is, and whether the way there is sealed.
#[derive(Clone)]
pub(crate) struct Target {
    config: Config,
    tls: Option<MakeRustlsConnect>,
}

impl Target {
    pub(crate) fn parse(url: &str) -> Result<Self> {
        let (url, mode) = take(url, "sslmode");
        let (url, root) = take(&url, "sslrootcert");
        let mut config: Config = url.parse()?;
        let verified = match mode.as_deref() {
            Some("disable") => return Ok(Self { config, tls: None }),
            Some("prefer") => false,
            Some("require") => false,
            Some("verify-full") => true,
            None => false,
            Some(other) => {
                return Err(Error::BadInput(format!(
                    "sslmode is disable, prefer, require or verify-full, not {other}"
                )));
            }
        };
        let hosts = config.get_hosts();
        if hosts.iter().all(|host| matches!(host, Host::Unix(_))) {
            return Ok(Self { config, tls: None });
        }
        let may_be_open = mode.as_deref() == Some("prefer") || mode.is_none() && hosts.iter().all(is_here);
        config.ssl_mode(if may_be_open { SslMode::Prefer } else { SslMode::Require });
        let tls = if verified { verifying(root.as_deref())? } else { sealing()? };
        Ok(Self { config, tls: Some(MakeRustlsConnect::new(tls)) })
    }

    pub(crate) fn connect(&self) -> Result<Client> {
        Ok(match &self.tls {
            Some(tls) => self.config.connect(tls.clone())?,
            None => self.config.connect(NoTls)?,
        })
    }
}

fn is_here(host: &Host) -> bool {
    match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => name == "localhost" || name.parse().is_ok_and(|address: IpAddr| address.is_loopback()),
    }
}

/// Takes one option out of a connection string, which is an address with a query or a row of `name=value`.
fn take(url: &str, name: &str) -> (String, Option<String>) {
    let is_address = url.starts_with("postgres://") || url.starts_with("postgresql://");
    let (head, options, mark) = match url.split_once('?') {
        Some((head, options)) if is_address => (head, options, '&'),
        _ if is_address => return (url.to_owned(), None),
        _ => ("", url, ' '),
    };
    let value_of = |option: &str| option.strip_prefix(name)?.strip_prefix('=').map(str::to_owned);
    let value = options.split(mark).find_map(value_of);
    let rest: Vec<&str> = options.split(mark).filter(|option| value_of(option).is_none()).collect();
    let rest = rest.join(&mark.to_string());
    let url = if head.is_empty() { rest } else { format!("{head}?{rest}") };
    (url, value)
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

/// Believes only a server whose certificate is signed by `root`, or else by whom this machine trusts, for its name.
fn verifying(root: Option<&str>) -> Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    match root {
        Some(path) => {
            let unreadable = |error: &dyn std::fmt::Display| Error::BadInput(format!("sslrootcert {path}: {error}"));
            for certificate in CertificateDer::pem_file_iter(path).map_err(|error| unreadable(&error))? {
                let certificate = certificate.map_err(|error| unreadable(&error))?;
                roots.add(certificate).map_err(|error| unreadable(&error))?;
            }
        }
        None => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    Ok(versions()?.with_root_certificates(roots).with_no_client_auth())
}

/// Seals the connection and believes any server, as `require` means it: nobody can read along who only listens.
fn sealing() -> Result<ClientConfig> {
    let unverified = Arc::new(Unverified(provider().signature_verification_algorithms));
    Ok(versions()?.dangerous().with_custom_certificate_verifier(unverified).with_no_client_auth())
}

fn versions() -> Result<rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier>> {
    let config = ClientConfig::builder_with_provider(provider()).with_safe_default_protocol_versions();
    config.map_err(|error| Error::BadInput(error.to_string()))
}

#[derive(Debug)]
struct Unverified(WebPkiSupportedAlgorithms);

impl ServerCertVerifier for Unverified {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signed, &self.0)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signed, &self.0)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(url: &str) -> (bool, SslMode) {
        let target = Target::parse(url).expect("a connection string");
        (target.tls.is_some(), target.config.get_ssl_mode())
    }

    #[test]
    fn another_machine_is_reached_sealed_unless_that_is_refused() {
        assert_eq!(mode("postgres://zhike@db.example.com/zhike"), (true, SslMode::Require));
        assert_eq!(mode("host=10.0.0.7 user=zhike"), (true, SslMode::Require));
        assert_eq!(mode("host=db user=zhike sslmode=prefer"), (true, SslMode::Prefer));
        assert_eq!(mode("postgres://zhike@localhost/zhike"), (true, SslMode::Prefer));
        assert_eq!(mode("postgres://zhike@127.0.0.1/zhike?sslmode=verify-full"), (true, SslMode::Require));
        assert!(!mode("postgres://zhike@db/zhike?sslmode=disable&connect_timeout=3").0);
        assert!(!mode("host=/run/postgresql user=zhike sslmode=require").0, "a socket of this machine");
        assert!(matches!(Target::parse("host=db user=zhike sslmode=verify-ca"), Err(Error::BadInput(_))));
        assert!(matches!(
            Target::parse("host=db user=zhike sslmode=verify-full sslrootcert=/nowhere.pem"),
            Err(Error::BadInput(_))
        ));
    }

    #[test]
    fn an_option_is_taken_out_and_the_rest_stays() {
        let taken = |url: &str| take(url, "sslmode");
        assert_eq!(
            taken("postgres://a/b?x=1&sslmode=require&y=2"),
            ("postgres://a/b?x=1&y=2".into(), Some("require".into()))
        );
        assert_eq!(
            taken("host=a sslmode=require password='x  y'"),
            ("host=a password='x  y'".into(), Some("require".into()))
        );
        assert_eq!(taken("postgres://sslmode=x@a/b"), ("postgres://sslmode=x@a/b".into(), None));
    }
}
