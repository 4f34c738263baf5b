//! Where sessions are kept: the data directory, its sessions and who holds them right now.
//!
//! `<home>/sessions/<id>/` holds `journal.jsonl`, `journal.head`, terminal recordings and the
//! report. A session that runs holds a lock on `lock`; the lock goes with the process, however it
//! ends, so a session without one is over. `<home>/id` is the home's name on an engine that it
//! shares with others.

use std::fs::{self, DirBuilder, File, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use rand::RngExt;
use tempfile::NamedTempFile;
use testbed::Owner;

/// The data directory.
#[derive(Debug, Clone)]
pub struct Home {
    root: PathBuf,
}

/// The folder of one session.
#[derive(Debug, Clone)]
pub struct SessionFolder {
    pub id: String,
    pub path: PathBuf,
}

/// A session that this process runs.
#[derive(Debug)]
#[must_use = "dropping it lets others take the session for ended"]
pub struct Held {
    pub folder: SessionFolder,
    _lock: File,
}

/// Why the data directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum HomeError {
    #[error("cannot write to `{path}`; set CHECKRIDE_HOME to a folder that you may write to")]
    Write { path: PathBuf, source: io::Error },
    #[error("cannot read `{path}`")]
    Read { path: PathBuf, source: io::Error },
    #[error("there is no session `{id}`; `checkride sessions` lists them")]
    Unknown { id: String },
    #[error("`{id}` is the beginning of several sessions: {several}")]
    Ambiguous { id: String, several: String },
    #[error("`{path}` is not {bytes} bytes long; move it away and a new one is made")]
    Odd { path: PathBuf, bytes: usize },
}

// === impl Home ===

impl Home {
    /// Opens the data directory, creating it for this user only.
    ///
    /// # Errors
    /// When it can neither be found nor created.
    pub fn open(root: &Path) -> Result<Home, HomeError> {
        let home = Home { root: root.to_owned() };
        create_private(&home.sessions_folder())?;
        Ok(home)
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    fn sessions_folder(&self) -> PathBuf {
        self.root.join("sessions")
    }

    /// A new session with a fresh id, locked by this process.
    ///
    /// # Errors
    /// When its folder cannot be created.
    pub fn create(&self, now: jiff::Timestamp) -> Result<Held, HomeError> {
        loop {
            let id = fresh_id(now);
            let path = self.sessions_folder().join(&id);
            // Whoever makes the folder has the id, also of two that drew the same one.
            match DirBuilder::new().mode(0o700).create(&path) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
                Err(source) => return Err(HomeError::Write { path, source }),
            }
            let lock_path = path.join("lock");
            let lock = File::create(&lock_path)
                .and_then(|file| file.lock().map(|()| file))
                .map_err(|source| HomeError::Write { path: lock_path, source })?;
            return Ok(Held { folder: SessionFolder { id, path }, _lock: lock });
        }
    }

    /// All sessions, newest first.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn sessions(&self) -> Result<Vec<SessionFolder>, HomeError> {
        let folder = self.sessions_folder();
        let failed = |source| HomeError::Read { path: folder.clone(), source };
        let mut sessions = Vec::new();
        for entry in fs::read_dir(&folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            if let Ok(id) = entry.file_name().into_string()
                && entry.path().is_dir()
            {
                sessions.push(SessionFolder { id, path: entry.path() });
            }
        }
        sessions.sort_by(|a, b| b.id.cmp(&a.id));
        Ok(sessions)
    }

    /// The session with this id, or the only one whose id begins so. `latest` is the newest.
    ///
    /// # Errors
    /// When there is none, or more than one.
    pub fn find(&self, id: &str) -> Result<SessionFolder, HomeError> {
        let mut sessions = self.sessions()?;
        if id == "latest" {
            return sessions
                .into_iter()
                .next()
                .ok_or_else(|| HomeError::Unknown { id: id.to_owned() });
        }
        sessions.retain(|session| session.id.starts_with(id));
        if let Some(exact) = sessions.iter().position(|session| session.id == id) {
            return Ok(sessions.swap_remove(exact));
        }
        match sessions.len() {
            0 => Err(HomeError::Unknown { id: id.to_owned() }),
            1 => Ok(sessions.swap_remove(0)),
            _ => {
                let several: Vec<_> = sessions.into_iter().map(|session| session.id).collect();
                Err(HomeError::Ambiguous { id: id.to_owned(), several: several.join(", ") })
            }
        }
    }

    /// Whether a process holds the session right now. A session without a folder is not live.
    pub fn is_live(&self, id: &str) -> bool {
        let folder = SessionFolder { id: id.to_owned(), path: self.sessions_folder().join(id) };
        folder.is_live()
    }

    /// The key that signs journal heads: 32 bytes that never enter a lab, made at first use.
    ///
    /// # Errors
    /// When it can be neither read nor written.
    pub fn key(&self) -> Result<[u8; 32], HomeError> {
        self.random("key")
    }

    /// Whose the resources of a session of this home are. The home's part is random and says
    /// nothing; it is made at first use and stays.
    ///
    /// # Errors
    /// When it can be neither read nor written.
    pub fn owner(&self, session: &str) -> Result<Owner, HomeError> {
        let id: [u8; 8] = self.random("id")?;
        Ok(Owner { home: format!("{:016x}", u64::from_be_bytes(id)), session: session.to_owned() })
    }

    /// The random bytes in the file `name`, made when there is none.
    fn random<const N: usize>(&self, name: &str) -> Result<[u8; N], HomeError> {
        let path = self.root.join(name);
        match File::open(&path) {
            Ok(mut file) => {
                let mut bytes = Vec::new();
                file.read_to_end(&mut bytes)
                    .map_err(|source| HomeError::Read { path: path.clone(), source })?;
                bytes.try_into().map_err(|_| HomeError::Odd { path, bytes: N })
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => self.make_random(name),
            Err(source) => Err(HomeError::Read { path, source }),
        }
    }

    /// Writes new bytes beside the place and links them there, so that all who start at once, in one
    /// process or in several, end with the same ones. Each has a draft of its own.
    fn make_random<const N: usize>(&self, name: &str) -> Result<[u8; N], HomeError> {
        let path = self.root.join(name);
        let failed = |source| HomeError::Write { path: path.clone(), source };
        let mut bytes = [0; N];
        rand::rng().fill(&mut bytes);
        let mut draft = NamedTempFile::new_in(&self.root).map_err(failed)?;
        draft.write_all(&bytes).and_then(|()| draft.as_file().sync_all()).map_err(failed)?;
        match draft.persist_noclobber(&path) {
            Ok(_) => Ok(bytes),
            Err(lost) if lost.error.kind() == io::ErrorKind::AlreadyExists => self.random(name),
            Err(lost) => Err(failed(lost.error)),
        }
    }
}

// === impl SessionFolder ===

impl SessionFolder {
    /// The journal of the session.
    pub fn journal(&self) -> PathBuf {
        self.path.join("journal.jsonl")
    }

    /// The signed head of the journal.
    pub fn head(&self) -> PathBuf {
        self.path.join("journal.head")
    }

    /// The HTML report.
    pub fn report(&self) -> PathBuf {
        self.path.join("report.html")
    }

    /// What the panels that were looked at showed over the whole session.
    pub fn panels(&self) -> PathBuf {
        self.path.join("panels.json")
    }

    /// The recording of a terminal.
    pub fn recording(&self, terminal: &str) -> PathBuf {
        self.path.join(format!("{terminal}.cast"))
    }

    /// Waits until nobody else is closing the journal of this session, and keeps others from it
    /// while the file is held. Not the lock of [`SessionFolder::is_live`]: a session that is being
    /// closed is over.
    pub(crate) fn closing(&self) -> io::Result<File> {
        let file = File::create(self.path.join("closing"))?;
        file.lock()?;
        Ok(file)
    }

    /// There while nobody has been told that this session was found dead.
    pub(crate) fn untold(&self) -> PathBuf {
        self.path.join("untold")
    }

    /// Whether a process holds the session right now. One whose lock cannot be looked at, such as another user's, is
    /// taken for held: it is not for this one to end.
    pub fn is_live(&self) -> bool {
        match File::open(self.path.join("lock")) {
            Ok(lock) => matches!(lock.try_lock_shared(), Err(TryLockError::WouldBlock)),
            Err(error) => error.kind() != io::ErrorKind::NotFound,
        }
    }
}

fn create_private(path: &Path) -> Result<(), HomeError> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(|source| HomeError::Write { path: path.to_owned(), source })
}

/// `20261123-2340-k3f9`: sorts by time, says when, and is short enough for a container's name.
fn fresh_id(now: jiff::Timestamp) -> String {
    const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
    let mut random = rand::rng();
    let tail: String =
        (0..4).map(|_| char::from(LETTERS[random.random_range(0..LETTERS.len())])).collect();
    format!("{}-{tail}", now.strftime("%Y%m%d-%H%M%S"))
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::thread;

    use super::*;

    fn home() -> (tempfile::TempDir, Home) {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::open(folder.path()).unwrap();
        (folder, home)
    }

    #[test]
    fn a_session_is_live_while_it_is_held_and_over_when_the_holder_is_gone() {
        let (_folder, home) = home();
        let held = home.create(jiff::Timestamp::now()).unwrap();
        let id = held.folder.id.clone();
        assert!(home.is_live(&id));
        drop(held);
        assert!(!home.is_live(&id));
        assert!(!home.is_live("no-such-session"));
    }

    #[test]
    fn a_session_whose_lock_cannot_be_looked_at_is_taken_for_live() {
        let (_folder, home) = home();
        let held = home.create(jiff::Timestamp::now()).unwrap();
        let lock = held.folder.path.join("lock");
        std::fs::remove_file(&lock).unwrap();
        // Open fails, though not because nothing is there, and for root as well.
        std::os::unix::fs::symlink("lock", &lock).unwrap();
        assert!(home.is_live(&held.folder.id));
    }

    #[test]
    fn a_session_is_found_by_the_beginning_of_its_id_and_as_the_latest() {
        let (_folder, home) = home();
        let old = home.create(jiff::Timestamp::from_second(1_700_000_000).unwrap()).unwrap();
        let new = home.create(jiff::Timestamp::from_second(1_800_000_000).unwrap()).unwrap();
        assert_eq!(home.find("2023").unwrap().id, old.folder.id);
        assert_eq!(home.find("latest").unwrap().id, new.folder.id);
        assert!(matches!(home.find("20"), Err(HomeError::Ambiguous { .. })));
        assert!(matches!(home.find("nope"), Err(HomeError::Unknown { .. })));
    }

    #[test]
    fn two_homes_have_two_names_and_each_keeps_its_own() {
        let ((_one, one), (_two, two)) = (home(), home());
        let (first, again) = (one.owner("s").unwrap(), one.owner("s").unwrap());
        assert_eq!(first, again);
        assert_eq!(first.home.len(), 16);
        assert_ne!(first.home, two.owner("s").unwrap().home);
    }

    #[test]
    fn the_key_stays_the_same_and_is_readable_by_its_owner_only() {
        use std::os::unix::fs::PermissionsExt;
        let (_folder, home) = home();
        assert_eq!(home.key().unwrap(), home.key().unwrap());
        let mode = fs::metadata(home.root().join("key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn sessions_that_start_at_once_in_a_new_home_have_one_key() {
        for _ in 0..200 {
            let (_folder, home) = home();
            let start = Barrier::new(4);
            let made = || {
                start.wait();
                home.key()
            };
            let keys: Vec<_> = thread::scope(|scope| {
                let all: Vec<_> = (0..4).map(|_| scope.spawn(made)).collect();
                all.into_iter().map(|one| one.join().unwrap().unwrap()).collect()
            });
            assert_eq!(keys, vec![home.key().unwrap(); 4]);
            let kept = fs::read_dir(home.root()).unwrap().map(|entry| entry.unwrap().file_name());
            let mut kept: Vec<_> = kept.collect();
            kept.sort();
            assert_eq!(kept, ["key", "sessions"], "no draft is left");
        }
    }
}
