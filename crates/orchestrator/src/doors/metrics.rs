//! Questions to Prometheus that a person asks in the console. They carry the orchestrator's pass, so
//! that the scribe does not write them down as well, and are recorded here.

use session::event::{Door, Effect};
use testbed::{HttpAnswer, LinkError};
use tokio::sync::Semaphore;

use super::Doors;
use crate::asked::metrics;
use crate::boxed;

/// Questions of people that Prometheus works on at a time, so that the probes never wait for them.
const AT_A_TIME: usize = 4;
/// How long Prometheus may work on one, in seconds.
const TIMEOUT_S: u32 = 10;
/// The first part of an answer that is kept, in bytes.
const SHOWN: usize = 4 << 10;

static TURNS: Semaphore = Semaphore::const_new(AT_A_TIME);

/// Whether a question is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Note {
    /// It shows something of the system.
    Look,
    /// It only helps to write the next one: names.
    Nothing,
}

// === impl Doors ===

impl Doors {
    /// Asks `/api/v1/<route>?<question>`; `question` is as it stands in an address.
    ///
    /// # Errors
    /// When Prometheus is out of reach. What it refuses is an answer.
    #[boxed]
    pub async fn ask_metrics(
        &self,
        route: &str,
        question: &str,
        note: Note,
    ) -> Result<HttpAnswer, LinkError> {
        let path = format!("/api/v1/{route}");
        // It is never closed; and if it were, the question would go on without a turn.
        let _turn = TURNS.acquire().await;
        let began_s = self.recorder.now().as_secs_f64();
        let limited = format!("{path}?{question}&timeout={TIMEOUT_S}s");
        let answer = self.prometheus.raw(&limited).await?;
        if note == Note::Look {
            let known = if route.ends_with("/values") { "label/values" } else { route };
            let asked = metrics::Asked {
                route: known,
                path: &path,
                question,
                status: answer.status,
                shown: &beginning(&answer.body),
            };
            self.record(Door::Metrics, Effect::Look, metrics::in_the_console(&asked, began_s));
        }
        Ok(answer)
    }
}

fn beginning(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(&body[..body.len().min(SHOWN)]);
    text.trim_end_matches(char::REPLACEMENT_CHARACTER).to_owned()
}
