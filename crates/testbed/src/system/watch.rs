//! The engine's events about the session's containers: which died, and when to look again.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bollard::Docker;
use bollard::models::EventMessage;
use bollard::query_parameters::EventsOptionsBuilder;
use futures::{Stream, StreamExt};
use tokio::sync::watch;

use super::expected::Expected;
use crate::{Engine, Owner};

/// An engine that does not answer is asked again after this.
const AGAIN: Duration = Duration::from_secs(1);

/// A container that ended without having been asked to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Death {
    /// As people type it, such as `payments-1`.
    pub name: String,
    /// 128 + the signal when one killed it.
    pub exit_code: i64,
    /// It wanted more memory than its limit.
    pub oom: bool,
}

/// What has been heard so far.
#[derive(Debug, Clone, Default)]
struct Heard {
    deaths: Vec<Death>,
    /// Grows with every event, so that whoever waits for a change looks again.
    events: u64,
}

/// Listens to the engine from its creation until it is dropped.
pub(super) struct Watch {
    heard: watch::Receiver<Heard>,
    expected: Arc<Expected>,
    task: tokio::task::JoinHandle<()>,
}

impl Watch {
    pub(super) fn start(engine: &Engine, owner: &Owner) -> Watch {
        let (sender, heard) = watch::channel(Heard::default());
        let expected = Arc::new(Expected::default());
        let listener = Listener {
            docker: engine.docker().clone(),
            owner: owner.clone(),
            expected: expected.clone(),
            heard: sender,
        };
        Watch { heard, expected, task: tokio::spawn(listener.run()) }
    }

    /// What is being ended on purpose; say so before the engine is asked.
    pub(super) fn expected(&self) -> &Expected {
        &self.expected
    }

    pub(super) fn deaths(&self) -> impl Stream<Item = Death> + Send + Unpin + use<> {
        let state = (self.heard.clone(), 0);
        Box::pin(futures::stream::unfold(state, |(mut heard, next)| async move {
            let death = {
                let known = heard.wait_for(|heard| heard.deaths.len() > next).await.ok()?;
                known.deaths[next].clone()
            };
            Some((death, (heard, next + 1)))
        }))
    }

    /// Changes with every event about a container of the session.
    pub(super) fn changes(&self) -> Changes {
        let mut heard = self.heard.clone();
        heard.mark_unchanged();
        Changes(heard)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Tells when something happened since it was asked for, or asked last.
pub(super) struct Changes(watch::Receiver<Heard>);

impl Changes {
    /// Waits for the next event; `false` when there will be none.
    pub(super) async fn next(&mut self) -> bool {
        self.0.changed().await.is_ok()
    }
}

struct Listener {
    docker: Docker,
    owner: Owner,
    expected: Arc<Expected>,
    heard: watch::Sender<Heard>,
}

impl Listener {
    async fn run(self) {
        // From a second ago on, so that nothing between this call and the first byte is lost.
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let (mut since, mut last) = (now.saturating_sub(1), 0);
        let mut oom = HashSet::new();
        loop {
            let mut events = Box::pin(self.docker.events(Some(self.options(since))));
            while let Some(Ok(event)) = events.next().await {
                let at = event.time_nano.unwrap_or_default();
                // The engine begins again with a whole second.
                if at > last {
                    (last, since) = (at, u64::try_from(at / 1_000_000_000).unwrap_or(since));
                    self.heard(event, &mut oom).await;
                }
            }
            tracing::warn!("the engine's events broke off, and are asked for again");
            tokio::time::sleep(AGAIN).await;
        }
    }

    fn options(&self, since: u64) -> bollard::query_parameters::EventsOptions {
        let mut filters = self.owner.filter();
        filters.insert("type".to_owned(), vec!["container".to_owned()]);
        let kinds = ["start", "die", "oom", "destroy"].map(str::to_owned);
        filters.insert("event".to_owned(), kinds.to_vec());
        EventsOptionsBuilder::new().since(&since.to_string()).filters(&filters).build()
    }

    async fn heard(&self, event: EventMessage, oom: &mut HashSet<String>) {
        let Some(actor) = event.actor else { return };
        let id = actor.id.unwrap_or_default();
        let attributes = actor.attributes.unwrap_or_default();
        let mut death = None;
        match event.action.as_deref() {
            Some("oom") => {
                oom.insert(id);
            }
            Some("start") => {
                self.expected.started(&id);
            }
            Some("die") if !self.expected.died(&id) => {
                let name = attributes.get("name").map(String::as_str).unwrap_or_default();
                let code = attributes.get("exitCode").and_then(|code| code.parse().ok());
                death = Some(Death {
                    name: plain(&self.owner.session, name),
                    exit_code: code.unwrap_or(-1),
                    oom: oom.contains(&id) || self.killed_for_memory(&id).await,
                });
            }
            Some(_) | None => {}
        }
        self.heard.send_modify(|heard| {
            heard.events += 1;
            heard.deaths.extend(death);
        });
    }

    /// The engine's own word, which does not depend on the order of the two events.
    async fn killed_for_memory(&self, id: &str) -> bool {
        let inspected = self.docker.inspect_container(id, None).await;
        // A container that is gone already can only be judged by the event.
        inspected.ok().and_then(|it| it.state?.oom_killed).unwrap_or(false)
    }
}

/// The name that people type, from the name on the engine.
fn plain(session: &str, engine_name: &str) -> String {
    let prefix = format!("{session}-");
    engine_name.strip_prefix(&prefix).unwrap_or(engine_name).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_session_is_taken_off_a_name_once() {
        assert_eq!(plain("s-1", "s-1-payments-1"), "payments-1");
        assert_eq!(plain("s", "s-s-1"), "s-1");
        assert_eq!(plain("s-1", "other"), "other");
    }
}
