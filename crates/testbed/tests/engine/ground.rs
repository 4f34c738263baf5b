//! A tiny lab to stand on: a workstation whose PID 1 is the agent, and a few sleepers.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use futures::StreamExt;
use futures::future::ready;
use lab::compose::{Compose, Image, Service};
use lab::lab::{Lab, Page, SteadyState, System};
use testbed::{Engine, Images, Owner, Silent, Testbed, clean};
use tokio::sync::OnceCell;

/// Longer than anything here takes on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A running system that is removed when the test is over.
pub struct Ground {
    pub engine: Engine,
    pub owner: Owner,
    pub lab: Lab,
    pub images: Images,
    pub testbed: Testbed,
}

/// A session of our own. `name` is the test's.
pub fn session(name: &str) -> Owner {
    let id = std::process::id();
    Owner { home: format!("t-home-{id}"), session: format!("t-testbed-{name}-{id}") }
}

/// Runs `test` on a system with `services` beside the workstation, and removes it in any case.
pub async fn on<F>(name: &str, services: &[(&str, Service)], test: impl FnOnce(Ground) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let engine = Engine::connect().await.unwrap();
    let owner = session(name);
    let lab = lab(services);
    let images = images(&engine, &lab).await;
    let testbed = Testbed::provision(&engine, &owner, &lab, &images, &Silent).await.unwrap();
    let ground = Ground { engine: engine.clone(), owner: owner.clone(), lab, images, testbed };
    let result = tokio::spawn(test(ground)).await;
    clean::session(&engine, &owner).await.unwrap();
    if let Err(failure) = result {
        std::panic::resume_unwind(failure.into_panic());
    }
}

/// The lab's images; the agent is compiled first, once for all tests.
pub async fn images(engine: &Engine, lab: &Lab) -> Images {
    static BUILT: OnceCell<()> = OnceCell::const_new();
    let one_at_a_time = BUILT.get_or_init(|| async {
        compile_agent();
        testbed::images::ensure(engine, lab, &programs(), &Silent).await.unwrap();
    });
    one_at_a_time.await;
    testbed::images::ensure(engine, lab, &programs(), &Silent).await.unwrap()
}

/// The folder that this test's own program was compiled into, less `deps`.
pub fn programs() -> PathBuf {
    let program = std::env::current_exe().unwrap();
    program.parent().and_then(Path::parent).unwrap().to_owned()
}

fn compile_agent() {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--quiet", "--workspace", "--bin", "agent"]);
    if programs().ends_with("release") {
        cargo.arg("--release");
    }
    assert!(cargo.status().unwrap().success());
}

/// A container that says `up`, then does nothing until it is asked to end.
pub fn sleeper() -> Service {
    shell("trap 'exit 0' TERM; echo up; while :; do sleep 3600 & wait; done")
}

/// A container that runs a shell script.
pub fn shell(script: &str) -> Service {
    Service {
        image: Image::Named("debian:trixie-slim".to_owned()),
        command: Some(["sh", "-c", script].map(str::to_owned).to_vec()),
        environment: BTreeMap::new(),
        replicas: None,
        user: Some("10001:10001".to_owned()),
        memory: Some(32 << 20),
        cpus: Some(0.5),
        pids: Some(32),
        read_only: true,
        tmpfs: BTreeMap::new(),
        volumes: Vec::new(),
        capabilities: Vec::new(),
        shm: None,
        grace: Duration::from_secs(5),
        stdin_open: false,
    }
}

/// The agent in its trial folder, as root without any of root's powers.
pub fn workstation() -> Service {
    Service {
        image: Image::Built {
            context: Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/engine/workstation"),
            args: BTreeMap::new(),
            files: BTreeMap::new(),
            binary: Some("agent".to_owned()),
        },
        command: None,
        user: None,
        tmpfs: BTreeMap::from([("/run".to_owned(), "size=1m".to_owned())]),
        stdin_open: true,
        grace: Duration::from_secs(1),
        ..sleeper()
    }
}

/// A lab with a workstation and `services`, in which nothing else matters.
pub fn lab(services: &[(&str, Service)]) -> Lab {
    let named = services.iter().map(|(name, service)| ((*name).to_owned(), service.clone()));
    let workstation = ("workstation".to_owned(), workstation());
    Lab {
        id: "t-testbed".to_owned(),
        title: String::new(),
        summary: String::new(),
        folder: PathBuf::new(),
        system: System {
            compose: Compose { services: named.chain([workstation]).collect() },
            workstation: "workstation".to_owned(),
            prometheus: String::new(),
            internet: None,
            edge: None,
            database: None,
            deployments: BTreeMap::new(),
            history: Vec::new(),
        },
        steady_state: SteadyState {
            settle: Duration::ZERO,
            sustain: Duration::ZERO,
            relief: Duration::ZERO,
            probes: Vec::new(),
        },
        page: Page {
            alert: String::new(),
            severity: String::new(),
            summary: String::new(),
            within: Duration::ZERO,
        },
        evidence: Vec::new(),
        injects: Vec::new(),
        briefing: String::new(),
        wiki: BTreeMap::new(),
        answers: Vec::new(),
        causes: BTreeMap::new(),
        personas: BTreeMap::new(),
        dashboards: BTreeMap::new(),
    }
}

impl Ground {
    /// Waits until a sleeper has said `up` so many times: before that it takes no signal.
    pub async fn up(&self, container: &str, times: usize) {
        let ups = self.testbed.logs(container).filter(|line| ready(line.text == "up")).take(times);
        tokio::time::timeout(PATIENCE, ups.collect::<Vec<_>>()).await.unwrap();
    }

    /// Runs a shell script in a container; gives what it printed, without the last line's end.
    pub async fn run(&self, container: &str, script: &str) -> (i64, String) {
        let output = self.testbed.exec(container, &["sh", "-c", script], None).await.unwrap();
        let text = [output.stdout, output.stderr].concat();
        (output.code, String::from_utf8(text).unwrap().trim_end().to_owned())
    }
}
