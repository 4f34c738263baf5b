//! TLS for the port: the certificate and its key from two files, and a listener that has shaken hands
//! before it hands a connection on. It makes no certificates, and asks a browser for none.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::serve::Listener;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{self, ServerConfig, crypto::ring};
use tokio_rustls::server::TlsStream;

/// A handshake that takes longer is given up.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Handshakes at a time; more wait.
const AT_ONCE: usize = 256;
/// Connections that wait to be served.
const WAITING: usize = 64;

/// A certificate with its key.
#[derive(Clone)]
pub struct Tls {
    config: Arc<ServerConfig>,
}

/// Why there is no TLS. Each names the file and the remedy.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error("cannot read the {what} `{path}`; is it there, and may this user read it?")]
    Read { what: &'static str, path: PathBuf, source: io::Error },
    #[error("`{path}` holds no certificate; give a PEM file with the certificate and its chain")]
    NoCertificate { path: PathBuf },
    #[error("`{path}` holds no private key; give a PEM file with one that has no password")]
    NoKey { path: PathBuf },
    #[error(
        "the key `{key}` does not fit the certificate `{certificate}`; give the key that it was made with, and the server's certificate first"
    )]
    Misfit { certificate: PathBuf, key: PathBuf, source: rustls::Error },
}

/// A listener whose connections are encrypted.
pub(crate) struct Secured {
    connections: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    address: SocketAddr,
}

// === impl Tls ===

impl Tls {
    /// Reads a certificate with its chain, and its key, both PEM.
    ///
    /// # Errors
    /// When one cannot be read, or they do not fit each other.
    pub fn read(certificate: &Path, key: &Path) -> Result<Tls, TlsError> {
        let chain = bytes("certificate", certificate)?;
        let chain: Vec<CertificateDer<'static>> =
            CertificateDer::pem_slice_iter(&chain).collect::<Result<_, _>>().unwrap_or_default();
        if chain.is_empty() {
            return Err(TlsError::NoCertificate { path: certificate.to_owned() });
        }
        let secret = PrivateKeyDer::from_pem_slice(&bytes("key", key)?)
            .map_err(|_| TlsError::NoKey { path: key.to_owned() })?;
        let misfit = |source| TlsError::Misfit {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
            source,
        };
        // `ring` needs no more than a C compiler and links into a static program.
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|it| it.with_no_client_auth().with_single_cert(chain, secret))
            .map_err(misfit)?;
        // Sockets are opened by an upgrade, which HTTP/2 has not.
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Tls { config: Arc::new(config) })
    }

    /// Shakes hands with whoever connects.
    ///
    /// # Errors
    /// When the listener has no address.
    pub(crate) fn over(self, listener: TcpListener) -> io::Result<Secured> {
        let address = listener.local_addr()?;
        let (hand_on, connections) = mpsc::channel(WAITING);
        let accepting = accept(listener, TlsAcceptor::from(self.config), hand_on.clone());
        tokio::spawn(async move {
            tokio::select! {
                never = accepting => never,
                () = hand_on.closed() => {}
            }
        });
        Ok(Secured { connections, address })
    }
}

fn bytes(what: &'static str, path: &Path) -> Result<Vec<u8>, TlsError> {
    fs::read(path).map_err(|source| TlsError::Read { what, path: path.to_owned(), source })
}

/// Each handshake is a task, so that one who says nothing keeps nobody waiting. Never ends.
async fn accept(
    mut listener: TcpListener,
    acceptor: TlsAcceptor,
    hand_on: mpsc::Sender<(TlsStream<TcpStream>, SocketAddr)>,
) {
    let room = Arc::new(Semaphore::new(AT_ONCE));
    loop {
        let (stream, address) = Listener::accept(&mut listener).await;
        // It is never closed.
        let Ok(place) = Arc::clone(&room).acquire_owned().await else { return };
        let (acceptor, hand_on) = (acceptor.clone(), hand_on.clone());
        tokio::spawn(async move {
            // A connection without it is only slower.
            let _ = stream.set_nodelay(true);
            let shaken = tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await;
            drop(place);
            if let Ok(Ok(stream)) = shaken {
                // Nobody takes it any more when the server ends.
                let _ = hand_on.send((stream, address)).await;
            }
        });
    }
}

impl Listener for Secured {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.connections.recv().await {
            Some(connection) => connection,
            // The task that sends them ends after this.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        Ok(self.address)
    }
}
