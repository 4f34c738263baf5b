//! The stage of one session: the running system with everything that is connected to it. Set up
//! once after the containers were started, struck when the session is over.

use std::sync::Arc;

use dashboard::Dashboard;
use futures::StreamExt;
use lab::lab::{DashboardFile, Lab};
use session::event::{Kind, Place};
use testbed::{Death, Images, Testbed};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use crate::asked::clock::EngineClock;
use crate::asked::record::Record;
use crate::asked::{metrics, sql};
use crate::control::Control;
use crate::docker::{Gate, LabGate, Upstairs};
use crate::doors::{Doors, PageText};
use crate::grafana::{self, Grafana};
use crate::health::{self, Now};
use crate::home::SessionFolder;
use crate::injects::Injects;
use crate::logs::Logs;
use crate::prometheus::{Pass, Prometheus, PrometheusError};
use crate::recorder::Recorder;
use crate::terminal::Terminals;
use crate::workstation;

/// A running system and its connections. Its tasks end when it is dropped; the containers do not.
pub(crate) struct Stage {
    pub(crate) control: Arc<Control>,
    pub(crate) prometheus: Prometheus,
    pub(crate) terminals: Terminals,
    pub(crate) doors: Arc<Doors>,
    pub(crate) injects: Arc<Injects>,
    pub(crate) now: watch::Receiver<Now>,
    /// How many shells have shown their first prompt.
    pub(crate) prompts: watch::Receiver<u32>,
    pub(crate) judge: watch::Sender<bool>,
    pub(crate) page: watch::Sender<Option<PageText>>,
    pub(crate) done: watch::Receiver<bool>,
    /// Those that write down what servers were asked; each ends with its server's log.
    asked: JoinSet<()>,
    _tasks: JoinSet<()>,
}

/// Containers that died though nobody asked them to.
pub(crate) type Deaths = mpsc::UnboundedReceiver<Death>;

/// Why a stage could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    #[error("the dashboard `{uid}` of the lab cannot be read")]
    Dashboard { uid: String, source: dashboard::DashboardError },
    #[error("somebody else serves this system already")]
    Taken,
    #[error("the lab's prometheus has no address")]
    Prometheus(#[from] PrometheusError),
}

/// What a stage is set up with.
pub(crate) struct Parts<'a> {
    pub(crate) lab: &'a Arc<Lab>,
    pub(crate) cause: &'a str,
    pub(crate) images: &'a Arc<Images>,
    pub(crate) recorder: &'a Recorder,
    pub(crate) folder: &'a SessionFolder,
    pub(crate) pass: Pass,
    pub(crate) grafana: Option<&'a grafana::Wanted>,
}

// === impl Stage ===

impl Stage {
    /// Connects everything to a system whose containers have just been started.
    ///
    /// # Errors
    /// When the lab's own files do not fit together.
    pub(crate) fn set_up(
        testbed: Testbed,
        parts: &Parts<'_>,
    ) -> Result<(Stage, Deaths), StageError> {
        let &Parts { lab, cause, images, recorder, folder, ref pass, grafana } = parts;
        let dashboards = Arc::new(read_dashboards(lab)?);
        let testbed = Arc::new(testbed);
        let link = testbed.link().clone();
        let prometheus = Prometheus::new(link.clone(), &lab.system.prometheus, pass.clone())?;
        let clock = EngineClock::since(recorder.started());
        let logs = Logs::of(&lab.system, clock.clone());
        for container in testbed.containers() {
            logs.follow(&testbed, &container);
        }
        let control = Arc::new(Control::new(
            Arc::clone(lab),
            Arc::clone(&testbed),
            Arc::clone(images),
            logs.clone(),
            jiff::Timestamp::now(),
        ));
        let grafana = grafana.map(|wanted| Grafana::new(&testbed, wanted, lab, pass, recorder));
        let (grafana, keeper) = grafana.unzip();
        let (page, page_seen) = watch::channel(None);
        let (done, done_seen) = watch::channel(false);
        let doors = Arc::new(Doors {
            lab: Arc::clone(lab),
            cause: cause.to_owned(),
            control: Arc::clone(&control),
            prometheus: prometheus.clone(),
            logs,
            recorder: recorder.clone(),
            dashboards,
            grafana,
            page: page_seen,
            done,
            place: Place::Lab,
            paces: Arc::default(),
            notebook: Arc::default(),
        });
        let injects = Injects::new(Arc::clone(lab), Arc::clone(&control), recorder.clone());
        let upstairs = Upstairs::new(lab, &testbed, images, &control);
        let docker = Gate::new(upstairs, recorder.clone(), folder.clone());
        let (prompted, prompts) = watch::channel(0);
        let (judge, judged) = watch::channel(false);
        let (pulse, now) = watch::channel(Now::default());
        let (dead, deaths) = mpsc::unbounded_channel();
        let incoming = link.incoming().ok_or(StageError::Taken)?;
        let (mut tasks, mut asked) = (JoinSet::new(), JoinSet::new());
        tasks.spawn(workstation::serve(
            incoming,
            recorder.clone(),
            Arc::clone(&doors),
            docker.clone(),
            prompted,
        ));
        tasks.spawn(health::watch(
            Arc::clone(lab),
            prometheus.clone(),
            recorder.clone(),
            judged,
            pulse,
        ));
        if let Some(database) = &lab.system.database {
            let lines = testbed.logs(&database.service);
            let record = Record::new(recorder.clone(), clock.clone());
            asked.spawn(sql::follow(lines, database.role.clone(), record));
        }
        let lines = testbed.logs(lab.system.prometheus_service());
        asked.spawn(metrics::follow(lines, Record::new(recorder.clone(), clock)));
        if let Some(keeper) = keeper {
            tasks.spawn(keeper.keep(now.clone(), lab.steady_state.settle));
        }
        tasks.spawn(report_deaths(Arc::clone(&testbed), recorder.clone(), docker, dead));
        let terminals = Terminals::new(link, recorder.clone(), folder.clone());
        let stage = Stage {
            control,
            prometheus,
            terminals,
            doors,
            injects: Arc::new(injects),
            now,
            prompts,
            judge,
            page,
            done: done_seen,
            asked,
            _tasks: tasks,
        };
        Ok((stage, deaths))
    }
}

impl Stage {
    /// The containers.
    pub(crate) fn testbed(&self) -> &Testbed {
        fault::Hands::testbed(self.control.as_ref())
    }

    /// Lets go of the system, but for those who read on what its servers were asked up to the last
    /// line: they are through when the containers are gone.
    pub(crate) fn strike(self) -> JoinSet<()> {
        self.asked
    }
}

fn read_dashboards(lab: &Lab) -> Result<Vec<Dashboard>, StageError> {
    let parse = |(uid, dashboard): (&String, &DashboardFile)| {
        Dashboard::parse(&dashboard.text)
            .map_err(|source| StageError::Dashboard { uid: uid.clone(), source })
    };
    lab.dashboards.iter().map(parse).collect()
}

async fn report_deaths(
    testbed: Arc<Testbed>,
    recorder: Recorder,
    docker: LabGate,
    dead: mpsc::UnboundedSender<Death>,
) {
    let mut deaths = Box::pin(testbed.deaths());
    while let Some(death) = deaths.next().await {
        if docker.explains(&death) {
            continue; // The person's own doing, and recorded as theirs.
        }
        if death.name == grafana::NAME {
            continue; // Its keeper tells of it.
        }
        let (what, remedy) = in_words(&death);
        recorder.truth(Kind::Trouble { what, remedy });
        if dead.send(death).is_err() {
            return; // The session is over.
        }
    }
}

/// What a death was and what can be done about it.
pub(crate) fn in_words(death: &Death) -> (String, String) {
    let name = &death.name;
    if death.oom {
        let what = format!("`{name}` was killed for lack of memory");
        return (what, format!("raise `mem_limit` of `{name}` in the lab's compose file"));
    }
    let what = format!("`{name}` ended with {}", death.exit_code);
    (what, format!("look at its last log lines; `docker start {name}` brings it back"))
}
