//! The recorder of a session: the timeline in memory, the journal on disk, and everybody who
//! follows. The one way by which an event comes into being.
//!
//! Written before shown: an event is in the journal's file before any follower sees it. It is on its
//! way to stable storage within [`GROUP`], and there before `record` returns for those that decide the
//! report. Nobody who records anything else waits for the disk.
//! When the journal cannot be written, the recorder says so once on [`Recorder::failure`] and goes
//! on in memory; whether the session may go on is decided by the session, not here.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use session::event::{Door, Effect, Event, Happening, Kind, Participant, Place};
use session::journal::Header;
use session::timeline::Timeline;
use tokio::sync::{broadcast, watch};

use crate::home::SessionFolder;
use crate::journal::{Commit, JournalFile, JournalFileError};
use crate::reasons::in_words;

/// At most so long is an event in the page cache only.
pub const GROUP: Duration = Duration::from_millis(50);
/// A follower that is so many events behind has to read the timeline again.
const BACKLOG: usize = 1024;

/// Cheap to clone; all clones are the same recorder.
#[derive(Clone)]
pub struct Recorder {
    shared: Arc<Shared>,
}

struct Shared {
    inner: Mutex<Inner>,
    started: Instant,
    followers: broadcast::Sender<Arc<Event>>,
    failure: watch::Sender<Option<String>>,
    gathering: Mutex<Vec<Weak<dyn Gathers>>>,
}

/// Something that gathers what the candidate is shown before it records it.
pub trait Gathers: Send + Sync {
    /// Records what has been gathered so far.
    fn record_now(&self);
}

struct Inner {
    timeline: Timeline,
    journal: Option<JournalFile>,
    dirty: bool,
}

/// Why recording could not begin.
#[derive(Debug, thiserror::Error)]
pub enum RecorderError {
    #[error("cannot begin the journal")]
    Journal(#[from] JournalFileError),
}

// === impl Recorder ===

impl Recorder {
    /// Begins the journal of a session; its clock starts now.
    ///
    /// # Errors
    /// When the journal's file cannot be created.
    pub fn begin(
        folder: &SessionFolder,
        lab: &str,
        key: &[u8; 32],
    ) -> Result<Recorder, RecorderError> {
        let header = Header::new(&folder.id, lab, key);
        let journal = JournalFile::create(&folder.journal(), &folder.head(), &header, key)?;
        let inner = Inner { timeline: Timeline::new(), journal: Some(journal), dirty: true };
        let recorder = Recorder {
            shared: Arc::new(Shared {
                inner: Mutex::new(inner),
                started: Instant::now(),
                followers: broadcast::Sender::new(BACKLOG),
                failure: watch::Sender::new(None),
                gathering: Mutex::default(),
            }),
        };
        recorder.commit_in_groups();
        Ok(recorder)
    }

    /// Time since the session's start.
    pub fn now(&self) -> Duration {
        self.shared.started.elapsed()
    }

    /// The instant of the session's start.
    pub fn started(&self) -> Instant {
        self.shared.started
    }

    /// Records what happened, now.
    pub fn record(
        &self,
        participant: Participant,
        door: Door,
        effect: Effect,
        kind: Kind,
    ) -> Arc<Event> {
        let place = Place::Lab;
        self.happened(Happening { participant, door, effect, place, kind })
    }

    /// Has this told before each act of the candidate: what they were shown before it comes before it.
    pub fn gathers(&self, gathers: Weak<dyn Gathers>) {
        let mut gathering = self.gathering();
        gathering.retain(|other| other.strong_count() > 0);
        gathering.push(gathers);
    }

    /// Records what happened, now, wherever it did.
    pub fn happened(&self, happening: Happening) -> Arc<Event> {
        if happening.effect == Effect::Act && happening.participant == Participant::Candidate {
            let gathering: Vec<_> = self.gathering().iter().filter_map(Weak::upgrade).collect();
            gathering.iter().for_each(|gathers| gathers.record_now());
        }
        let at_once = decides(&happening.kind, happening.effect);
        let mut inner = self.lock();
        let wall = format!("{:.3}", Timestamp::now());
        let event = Arc::new(inner.timeline.record(happening, self.now(), wall).clone());
        inner.dirty = true;
        let written = match &mut inner.journal {
            Some(journal) => journal.append(&event),
            None => Ok(()),
        };
        let commit = match written {
            Ok(()) if at_once => inner.commit(),
            written => written.map(|()| None),
        };
        // In the order of their sequences, so before the next one can be recorded. Nobody following is
        // fine: the timeline keeps the event.
        let _ = self.shared.followers.send(Arc::clone(&event));
        drop(inner);
        self.keep(commit);
        event
    }

    /// Records what the lab itself did.
    pub fn truth(&self, kind: Kind) -> Arc<Event> {
        self.record(Participant::Lab, Door::Session, Effect::Truth, kind)
    }

    /// All events from now on. A follower that lags too far is told so by the channel.
    pub fn follow(&self) -> broadcast::Receiver<Arc<Event>> {
        self.shared.followers.subscribe()
    }

    /// All events so far.
    pub fn events(&self) -> Vec<Event> {
        self.lock().timeline.events().to_vec()
    }

    /// At most `most` events from sequence `seq` on.
    pub fn some_since(&self, seq: u64, most: usize) -> Vec<Event> {
        self.lock().timeline.since(seq).iter().take(most).cloned().collect()
    }

    /// Why the journal is no longer written, once that is so.
    pub fn failure(&self) -> watch::Receiver<Option<String>> {
        self.shared.failure.subscribe()
    }

    /// Closes the journal with its end record. Events after this are in memory only.
    ///
    /// # Errors
    /// When the end record cannot be written, or the journal had failed before.
    pub fn seal(&self) -> io::Result<()> {
        let mut inner = self.lock();
        let Some(journal) = inner.journal.take() else {
            let reason = self.shared.failure.borrow().clone();
            return Err(io::Error::other(reason.unwrap_or_else(|| "sealed already".to_owned())));
        };
        journal.seal().map_err(|error| io::Error::other(in_words(&error)))
    }

    fn gathering(&self) -> MutexGuard<'_, Vec<Weak<dyn Gathers>>> {
        self.shared.gathering.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.shared.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until a commit is on stable storage.
    fn keep(&self, commit: Result<Option<Commit>, JournalFileError>) {
        if let Err(error) = commit.and_then(|commit| commit.map_or(Ok(()), Commit::keep)) {
            self.give_up(&error);
        }
    }

    fn give_up(&self, error: &JournalFileError) {
        self.lock().journal = None;
        let reason = format!("the journal cannot be written: {}", in_words(error));
        // The first reason is told; what fails after it fails because of it.
        self.shared
            .failure
            .send_if_modified(|told| told.is_none() && told.replace(reason).is_none());
    }

    /// A thread of its own, so that a slow disk never holds a terminal up. Ends with the recorder.
    fn commit_in_groups(&self) {
        let weak = Arc::downgrade(&self.shared);
        std::thread::spawn(move || {
            loop {
                std::thread::sleep(GROUP);
                let Some(shared) = weak.upgrade() else { return };
                let recorder = Recorder { shared };
                let commit = recorder.lock().commit();
                recorder.keep(commit);
            }
        });
    }
}

// === impl Inner ===

impl Inner {
    /// What has to be brought to the disk, if there is anything.
    fn commit(&mut self) -> Result<Option<Commit>, JournalFileError> {
        match &mut self.journal {
            Some(journal) if std::mem::take(&mut self.dirty) => journal.commit().map(Some),
            _ => Ok(None),
        }
    }
}

/// Whether an event decides the report and must not be lost to a power cut.
fn decides(kind: &Kind, effect: Effect) -> bool {
    effect == Effect::Act
        || matches!(
            kind,
            Kind::SessionStarted { .. }
                | Kind::PhaseEntered { .. }
                | Kind::FaultInjected { .. }
                | Kind::FaultProven { .. }
                | Kind::Paged { .. }
                | Kind::Mitigated { .. }
                | Kind::Done
                | Kind::Consented
                | Kind::TimeOver { .. }
                | Kind::CalledOff
                | Kind::HintGiven { .. }
                | Kind::InjectUsed { .. }
                | Kind::Paused
                | Kind::Resumed
                | Kind::Rated { .. }
                | Kind::DebriefSubmitted
                | Kind::RecordClosed
                | Kind::SessionEnded { .. }
        )
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::home::{Held, Home};

    /// A recorder in a home of its own.
    pub(crate) fn begun() -> (tempfile::TempDir, Held, Recorder) {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::open(folder.path()).unwrap();
        let held = home.create(Timestamp::now()).unwrap();
        let recorder = Recorder::begin(&held.folder, "payments", &home.key().unwrap()).unwrap();
        (folder, held, recorder)
    }

    #[test]
    fn an_event_is_in_the_file_before_a_follower_sees_it() {
        let (_home, held, recorder) = begun();
        let mut follower = recorder.follow();
        recorder.record(Participant::Candidate, Door::Page, Effect::Look, Kind::PageRead);
        assert_eq!(follower.try_recv().unwrap().seq, 0);
        let journal = std::fs::read_to_string(held.folder.journal()).unwrap();
        assert!(journal.contains("page-read"), "{journal}");
    }

    #[test]
    fn a_journal_that_somebody_deletes_is_missed() {
        let (_home, held, recorder) = begun();
        std::fs::remove_file(held.folder.journal()).unwrap();
        recorder.truth(Kind::Done);
        let reason = recorder.failure().borrow().clone();
        assert!(reason.is_some_and(|reason| reason.contains("somebody deleted it")));
    }

    #[test]
    fn followers_see_events_in_the_order_in_which_they_were_recorded() {
        let (_home, _held, recorder) = begun();
        let mut follower = recorder.follow();
        std::thread::scope(|scope| {
            for kind in [Kind::Done, Kind::PageRead] {
                let recorder = &recorder;
                // The one waits for the disk each time, the other never.
                scope.spawn(move || {
                    for _ in 0..100 {
                        let (whose, door) = (Participant::Candidate, Door::Page);
                        recorder.record(whose, door, Effect::Look, kind.clone());
                    }
                });
            }
        });
        let seen: Vec<u64> =
            std::iter::from_fn(|| follower.try_recv().ok()).map(|it| it.seq).collect();
        assert_eq!(seen, (0..200).collect::<Vec<u64>>());
    }

    /// Gathers one look at a log.
    struct Gathering(Recorder, Mutex<Option<Kind>>);

    impl Gathers for Gathering {
        fn record_now(&self) {
            let Some(kind) = self.1.lock().unwrap().take() else { return };
            self.0.record(Participant::Candidate, Door::Logs, Effect::Look, kind);
        }
    }

    #[test]
    fn what_was_shown_before_an_act_comes_before_it() {
        let (_home, _held, recorder) = begun();
        let gathering = Arc::new(Gathering(recorder.clone(), Mutex::new(Some(Kind::WikiListed))));
        let weak: Weak<Gathering> = Arc::downgrade(&gathering);
        recorder.gathers(weak);
        let by = |whose, effect, kind| recorder.record(whose, Door::Control, effect, kind);
        let act = || Kind::ActStarted {
            verb: "rollback".to_owned(),
            target: "payments".to_owned(),
            detail: String::new(),
        };
        by(Participant::Candidate, Effect::Look, Kind::DashboardsListed);
        by(Participant::Lab, Effect::Act, act());
        by(Participant::Candidate, Effect::Act, act());
        by(Participant::Candidate, Effect::Act, act());
        let names: Vec<String> = recorder.events().iter().map(|it| it.kind.name()).collect();
        let first = ["dashboards-listed", "act-started", "wiki-listed", "act-started"];
        assert_eq!(names, [&first[..], &["act-started"]].concat());
    }

    #[test]
    fn a_sealed_journal_takes_no_more_and_says_so() {
        let (_home, held, recorder) = begun();
        recorder.truth(Kind::Done);
        recorder.seal().unwrap();
        assert!(recorder.seal().is_err());
        recorder.truth(Kind::Done);
        let journal = std::fs::read_to_string(held.folder.journal()).unwrap();
        assert_eq!(journal.matches("\"done\"").count(), 1, "{journal}");
    }
}
