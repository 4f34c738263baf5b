//! The connection to a Docker engine, and a remedy for each way in which there is none.

use std::io::ErrorKind;
use std::sync::Arc;

use bollard::Docker;
use bollard::errors::Error;
use tokio::sync::RwLock;

use crate::Refusal;
use crate::boxed;

/// Oldest API that has everything in use here: Docker 20.10, of December 2020.
const OLDEST_API: (u32, u32) = (1, 41);

/// A Docker engine that answered. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Engine {
    docker: Docker,
    /// Such as `unix:///var/run/docker.sock`.
    host: Arc<str>,
    version: Arc<EngineVersion>,
    machine: Arc<Machine>,
    /// Held for reading while something is being created. Whoever cleans up takes it for writing,
    /// so that a creation whose caller gave up is not missed.
    creating: Arc<RwLock<()>>,
}

/// What the engine runs on.
#[derive(Debug)]
struct Machine {
    cpus: f64,
    /// In bytes, where the engine says.
    memory: Option<u64>,
}

/// What answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineVersion {
    /// Such as `20.10.24`.
    pub engine: String,
    /// Such as `1.41`.
    pub api: String,
    /// Operating system and architecture, such as `linux/amd64`.
    pub os: String,
    /// The version of runc, if the engine tells.
    pub runc: Option<String>,
}

/// Why there is no engine to work with.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    #[error(
        "no Docker engine answers at {host}; install one (`apt-get install docker.io`), start it \
         (`systemctl start docker`, or `dockerd`), or point DOCKER_HOST at one"
    )]
    Absent {
        host: String,
        #[source]
        source: Refusal,
    },
    #[error(
        "no permission to use the Docker engine at {host}; run as root, or add yourself to the \
         group that owns the socket (`usermod -aG docker $USER`) and log in again"
    )]
    Denied {
        host: String,
        #[source]
        source: Refusal,
    },
    #[error(
        "the Docker engine at {host} is too old: it speaks API {api}, at least 1.41 (Docker 20.10) \
         is needed"
    )]
    TooOld { host: String, api: String },
    #[error("the Docker engine at {host} runs {os}; a lab needs Linux containers")]
    NotLinux { host: String, os: String },
    #[error(
        "DOCKER_HOST is `{host}`, which is no address this program can use; use unix:// or tcp://"
    )]
    Address { host: String },
    #[error("the Docker engine at {host} answered, but not with its version")]
    Odd {
        host: String,
        #[source]
        source: Refusal,
    },
}

impl Engine {
    /// Connects to the engine that DOCKER_HOST names, or to the local socket.
    ///
    /// # Errors
    /// None there, no permission, too old: each is an error of its own, with the remedy.
    #[boxed]
    pub async fn connect() -> Result<Engine, EngineError> {
        let host = std::env::var("DOCKER_HOST")
            .ok()
            .filter(|host| !host.is_empty())
            .unwrap_or_else(|| "unix:///var/run/docker.sock".to_owned());
        Engine::connect_to(&host).await
    }

    async fn connect_to(host: &str) -> Result<Engine, EngineError> {
        let docker = Docker::connect_with_host(host).map_err(|error| unusable(host, error))?;
        let docker = docker.negotiate_version().await.map_err(|error| unusable(host, error))?;
        let odd = |error: Error| EngineError::Odd { host: host.to_owned(), source: error.into() };
        let (version, info) = tokio::try_join!(docker.version(), docker.info()).map_err(odd)?;
        let cpus = info.ncpu.and_then(|cpus| u32::try_from(cpus).ok()).map_or(1.0, f64::from);
        let memory =
            info.mem_total.and_then(|bytes| u64::try_from(bytes).ok()).filter(|it| *it > 0);
        let version = described(version);
        supported(host, &version)?;
        Ok(Engine {
            docker,
            host: host.into(),
            version: Arc::new(version),
            machine: Arc::new(Machine { cpus, memory }),
            creating: Arc::default(),
        })
    }

    /// What answered.
    pub fn version(&self) -> &EngineVersion {
        &self.version
    }

    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    pub(crate) fn docker(&self) -> &Docker {
        &self.docker
    }

    /// Memory of the engine's machine in bytes, where it says.
    pub fn memory(&self) -> Option<u64> {
        self.machine.memory
    }

    /// Cores that the engine has; a limit over it is an error to the engine.
    pub fn cpus(&self) -> f64 {
        self.machine.cpus
    }

    /// Runs a request that creates or starts something, to its end even when the caller is
    /// dropped in the middle: [`Engine::quiet`] then waits for it.
    ///
    /// # Errors
    /// The request's own.
    pub(crate) async fn create<T, F>(&self, request: F) -> Result<T, Refusal>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        let creating = self.creating.clone().read_owned().await;
        let task = tokio::spawn(async move {
            let answer = request.await;
            drop(creating);
            answer
        });
        match task.await {
            Ok(answer) => Ok(answer?),
            Err(join) => Err(Refusal::Unreachable(Box::new(join))),
        }
    }

    /// Waits until nothing is being created any more.
    pub(crate) async fn quiet(&self) {
        drop(self.creating.write().await);
    }
}

fn described(version: bollard::models::SystemVersion) -> EngineVersion {
    let runc = version.components.unwrap_or_default().into_iter().find(|it| it.name == "runc");
    EngineVersion {
        engine: version.version.unwrap_or_default(),
        api: version.api_version.unwrap_or_default(),
        os: format!(
            "{}/{}",
            version.os.unwrap_or_default(),
            version.arch.as_deref().unwrap_or_default()
        ),
        runc: runc.map(|it| it.version),
    }
}

fn supported(host: &str, version: &EngineVersion) -> Result<(), EngineError> {
    let host = host.to_owned();
    if !version.os.starts_with("linux/") {
        return Err(EngineError::NotLinux { host, os: version.os.clone() });
    }
    let number = |text: Option<&str>| text.and_then(|text| text.parse::<u32>().ok()).unwrap_or(0);
    let mut parts = version.api.split('.');
    if (number(parts.next()), number(parts.next())) < OLDEST_API {
        return Err(EngineError::TooOld { host, api: version.api.clone() });
    }
    Ok(())
}

/// Sorts what went wrong on the way by the operating system's own word for it.
fn unusable(host: &str, error: Error) -> EngineError {
    let host = host.to_owned();
    if matches!(error, Error::UnsupportedURISchemeError { .. }) {
        return EngineError::Address { host };
    }
    if matches!(error, Error::SocketNotFoundError(_)) {
        return EngineError::Absent { host, source: error.into() };
    }
    let kind = io_kind(&error);
    let source = Refusal::from(error);
    match kind {
        Some(ErrorKind::PermissionDenied) => EngineError::Denied { host, source },
        _ if matches!(source, Refusal::Unreachable(_) | Refusal::TimedOut) => {
            EngineError::Absent { host, source }
        }
        _ => EngineError::Odd { host, source },
    }
}

fn io_kind(error: &Error) -> Option<ErrorKind> {
    if let Error::IOError { err } = error {
        // The library shows this one in place of itself, so the chain does not hold it.
        return Some(err.kind());
    }
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = next {
        if let Some(io) = error.downcast_ref::<std::io::Error>() {
            return Some(io.kind());
        }
        next = error.source();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(api: &str, os: &str) -> EngineVersion {
        EngineVersion { engine: "x".into(), api: api.into(), os: os.into(), runc: None }
    }

    fn check(api: &str, os: &str) -> Result<(), EngineError> {
        supported("unix:///x", &version(api, os))
    }

    #[test]
    fn the_oldest_supported_engine_and_newer_ones_are_accepted() {
        for api in ["1.41", "1.50", "2.0"] {
            assert!(check(api, "linux/amd64").is_ok(), "{api}");
        }
    }

    #[test]
    fn an_older_engine_and_another_system_are_refused() {
        assert!(matches!(check("1.40", "linux/amd64"), Err(EngineError::TooOld { .. })));
        assert!(matches!(check("", "linux/amd64"), Err(EngineError::TooOld { .. })));
        assert!(matches!(check("1.45", "windows/amd64"), Err(EngineError::NotLinux { .. })));
    }

    #[tokio::test]
    async fn a_socket_that_is_not_there_means_that_no_engine_is() {
        let error = Engine::connect_to("unix:///nonexistent/docker.sock").await.unwrap_err();
        assert!(matches!(error, EngineError::Absent { .. }), "{error:?}");
        assert!(error.to_string().contains("DOCKER_HOST"));
    }

    #[tokio::test]
    async fn a_port_where_nobody_listens_means_that_no_engine_is() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = format!("tcp://{}", listener.local_addr().unwrap());
        drop(listener);
        let error = Engine::connect_to(&host).await.unwrap_err();
        assert!(matches!(error, EngineError::Absent { .. }), "{error:?}");
    }

    #[tokio::test]
    async fn an_address_of_another_kind_is_refused_by_name() {
        let error = Engine::connect_to("gopher://engine").await.unwrap_err();
        assert!(error.to_string().contains("gopher://engine"));
    }

    #[test]
    fn a_socket_without_permission_is_told_from_an_absent_engine() {
        let io = std::io::Error::from(ErrorKind::PermissionDenied);
        let error = unusable("unix:///x", Error::IOError { err: io });
        assert!(matches!(error, EngineError::Denied { .. }));
    }
}
