//! What an interviewer may let happen during the incident: the lab's injects, carried out and recorded.
//!
//! Whether and when is the interviewer's to say. A fault that goes in here is a lease like the cause's:
//! it is taken back when the interviewer says so, or with the cause's at the end; whoever drops the
//! whole of this leaves that to the removal of the system.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use fault::{FaultError, Lease};
use lab::inject::{Does, Inject, Speaker};
use lab::lab::Lab;
use session::event::{Door, Effect, Happening, InjectDid, Kind, Participant, Place};
use tokio::sync::Mutex;

use crate::boxed;
use crate::control::Control;
use crate::recorder::Recorder;

/// The injects of one running session.
pub struct Injects {
    lab: Arc<Lab>,
    control: Arc<Control>,
    recorder: Recorder,
    /// Held while one is carried out: they happen one after the other, and the end waits for them.
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    used: BTreeSet<String>,
    leases: Vec<Held>,
    over: bool,
}

/// A fault that is on, and the inject that put it there.
pub(crate) struct Held {
    pub(crate) inject: String,
    pub(crate) lease: Lease,
}

/// Why an inject was not used.
#[derive(Debug, thiserror::Error)]
pub enum InjectError {
    #[error("the lab has no inject `{id}`; it has {known}")]
    Unknown { id: String, known: String },
    #[error("`{id}` has been used, and the lab allows it once; choose another one")]
    Used { id: String },
    #[error("the session is ending")]
    Over,
    #[error("`{id}` could not go in; nothing was recorded of it, so try again or go without it")]
    Fault { id: String, source: FaultError },
    #[error("`{id}` has put nothing into the system that could be taken back")]
    NotOn { id: String },
    #[error("`{id}` cannot be stopped on its own; it stays until somebody acts on it, or the end")]
    Stays { id: String },
    #[error("`{id}` could not be stopped; try again, or leave it to the end")]
    Stuck { id: String, source: FaultError },
}

// === impl Injects ===

impl Injects {
    pub(crate) fn new(lab: Arc<Lab>, control: Arc<Control>, recorder: Recorder) -> Injects {
        Injects { lab, control, recorder, state: Mutex::default() }
    }

    /// Lets one happen.
    ///
    /// # Errors
    /// When there is no such inject, it was used and may be used once only, the session is ending, or
    /// the system did not take the fault.
    #[boxed]
    pub async fn make(&self, id: &str) -> Result<(), InjectError> {
        let inject = self.named(id).ok_or_else(|| self.unknown(id))?;
        let mut state = self.state.lock().await;
        if state.over {
            return Err(InjectError::Over);
        }
        if !inject.repeat && state.used.contains(id) {
            return Err(InjectError::Used { id: id.to_owned() });
        }
        self.carry_out(inject, &mut state).await?;
        state.used.insert(id.to_owned());
        Ok(())
    }

    /// Takes back the faults of one that is on.
    ///
    /// # Errors
    /// When there is no such inject, nothing of it is on, it cannot be stopped on its own, or the
    /// system does not let go of it.
    #[boxed]
    pub async fn take_back(&self, id: &str) -> Result<(), InjectError> {
        let inject = self.named(id).ok_or_else(|| self.unknown(id))?;
        let mut state = self.state.lock().await;
        if state.over {
            return Err(InjectError::Over);
        }
        let is_own = |held: &Held| held.inject == id;
        if !state.leases.iter().any(is_own) {
            return Err(InjectError::NotOn { id: id.to_owned() });
        }
        if !can_take_back(inject) {
            return Err(InjectError::Stays { id: id.to_owned() });
        }
        // One that does not stop stays a lease, for another try and for the end.
        while let Some(at) = state.leases.iter().position(is_own) {
            let lease = &state.leases[at].lease;
            let stopped = lease.recover(self.control.as_ref()).await;
            let detail =
                stopped.map_err(|source| InjectError::Stuck { id: id.to_owned(), source })?;
            let (fault, inject) = (lease.kind().to_owned(), Some(id.to_owned()));
            let kind = Kind::FaultRecovered { fault, detail, inject };
            self.happened((Door::Session, Effect::Truth), kind);
            drop(state.leases.remove(at));
        }
        Ok(())
    }

    async fn carry_out(&self, inject: &Inject, state: &mut State) -> Result<(), InjectError> {
        match &inject.does {
            Does::Message { who, role, text } => {
                let (who, text, role) = (who.clone(), text.clone(), role_name(*role).to_owned());
                let did = InjectDid::Said { who, role, text };
                self.record(inject, (Door::Channel, Effect::Say), did, None);
            }
            Does::Fault(fault) => {
                let began = self.recorder.now();
                let lease = fault::inject(fault, self.control.as_ref()).await;
                let lease =
                    lease.map_err(|source| InjectError::Fault { id: inject.id.clone(), source })?;
                let (fault, detail) = (lease.kind().to_owned(), lease.detail().to_owned());
                state.leases.push(Held { inject: inject.id.clone(), lease });
                let did = InjectDid::Injected { fault, detail };
                self.record(inject, (Door::Session, Effect::Truth), did, Some(began));
            }
        }
        Ok(())
    }

    fn record(&self, inject: &Inject, by: (Door, Effect), did: InjectDid, began: Option<Duration>) {
        let (id, title) = (inject.id.clone(), inject.title.clone());
        let began_s = began.map(|began| began.as_secs_f64());
        self.happened(by, Kind::InjectUsed { inject: id, title, did, began_s });
    }

    fn happened(&self, (door, effect): (Door, Effect), kind: Kind) {
        let (participant, place) = (Participant::Interviewer, Place::Console);
        self.recorder.happened(Happening { participant, door, effect, place, kind });
    }

    /// Ends it: nothing goes in any more. Gives the faults that are on. Waits for one that is going in.
    pub(crate) async fn end(&self) -> Vec<Held> {
        let mut state = self.state.lock().await;
        state.over = true;
        std::mem::take(&mut state.leases)
    }

    fn named(&self, id: &str) -> Option<&Inject> {
        self.lab.injects.iter().find(|inject| inject.id == id)
    }

    fn unknown(&self, id: &str) -> InjectError {
        let known: Vec<&str> = self.lab.injects.iter().map(|inject| inject.id.as_str()).collect();
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        InjectError::Unknown { id: id.to_owned(), known }
    }
}

/// Whether what it puts into the system can be taken back before the end.
pub fn can_take_back(inject: &Inject) -> bool {
    matches!(&inject.does, Does::Fault(fault) if fault::can_stop(fault))
}

/// The word for a role, as it stands in the lab and in the journal.
fn role_name(role: Speaker) -> &'static str {
    match role {
        Speaker::Teammate => "teammate",
        Speaker::Stakeholder => "stakeholder",
    }
}
