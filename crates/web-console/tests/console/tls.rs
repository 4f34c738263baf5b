//! The port with TLS: what a browser gets, and what is said about files that do not do.

use std::path::{Path, PathBuf};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, pem::PemObject};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto::ring};

use super::*;
use web_console::tls::Tls;

/// A folder with `cert.pem`, `key.pem`, and a key `other.pem` of another certificate.
fn files() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    write("cert.pem", &made.cert.pem());
    write("key.pem", &made.signing_key.serialize_pem());
    write("other.pem", &rcgen::KeyPair::generate().unwrap().serialize_pem());
    write("empty.pem", "");
    folder
}

async fn connect(
    folder: &Path,
    port: &str,
) -> std::io::Result<tokio_rustls::client::TlsStream<tokio::net::TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(folder.join("cert.pem")).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = tokio::net::TcpStream::connect(format!("127.0.0.1:{port}")).await?;
    let name = ServerName::try_from("localhost").unwrap();
    TlsConnector::from(Arc::new(config)).connect(name, stream).await
}

#[tokio::test]
async fn links_cookies_and_origins_are_those_of_tls() {
    let folder = files();
    let tls = Tls::read(&folder.path().join("cert.pem"), &folder.path().join("key.pem")).unwrap();
    let bound = serve::bind("localhost:0", 1, Some(tls)).await.unwrap();
    let opened = open(&bound.host(), false);
    let link = opened.links.candidate.clone();
    let stop = CancellationToken::new();
    tokio::spawn(bound.serve(stop.clone()));
    let (_, rest) = link.split_once("https://localhost:").unwrap();
    let (port, path) = rest.split_once('/').unwrap();
    // One who connects and says nothing keeps nobody waiting.
    let _silent = tokio::net::TcpStream::connect(format!("127.0.0.1:{port}")).await.unwrap();
    let mut stream = connect(folder.path(), port).await.unwrap();
    let request =
        format!("GET /{path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    // A server may close without saying so; what it said before is what counts.
    let _ = stream.read_to_string(&mut answer).await;
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    let cookie = answer.lines().find(|line| line.starts_with("set-cookie:")).unwrap();
    assert!(cookie.ends_with("; Secure"), "{cookie}");
    assert!(!answer.contains("strict-transport-security"), "{answer}");
    stop.cancel();
}

#[test]
fn files_that_do_not_do_are_named_with_the_remedy() {
    let folder = files();
    let path = |name: &str| -> PathBuf { folder.path().join(name) };
    for (certificate, key, words) in [
        ("missing.pem", "key.pem", ["missing.pem", "is it there"]),
        ("cert.pem", "missing.pem", ["missing.pem", "is it there"]),
        ("empty.pem", "key.pem", ["empty.pem", "with the certificate"]),
        ("key.pem", "key.pem", ["key.pem", "no certificate"]),
        ("cert.pem", "empty.pem", ["empty.pem", "no private key"]),
        ("cert.pem", "cert.pem", ["cert.pem", "no private key"]),
        ("cert.pem", "other.pem", ["other.pem", "does not fit"]),
    ] {
        let error = Tls::read(&path(certificate), &path(key)).err().unwrap().to_string();
        for word in words {
            assert!(error.contains(word), "{certificate} {key}: {error}");
        }
    }
}
