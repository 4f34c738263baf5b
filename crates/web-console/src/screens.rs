//! The candidate's terminals as several browsers may watch them: what was printed is kept, the newest
//! [`KEPT`], so that a page that was loaded anew misses nothing.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use orchestrator::terminal::Terminal;
use tokio::sync::{Notify, mpsc, watch};
use wire::ToTerminal;

use crate::contract::TerminalInfo;

/// Bytes of each terminal's output that are kept (1 MiB).
pub(crate) const KEPT: usize = 1 << 20;
/// A candidate's browser that is so far behind (256 KiB) holds the shell back, so that it misses
/// nothing and Ctrl-C answers at once.
const BEHIND: u64 = 256 << 10;
/// A browser that stands still for so long no longer holds anything back.
const PATIENCE: Duration = Duration::from_secs(2);

/// Terminals whose shell runs, at most.
const OPEN: usize = 12;
/// Terminals in all, at most: of each some output is kept.
const ALL: usize = 48;

/// All terminals of a session.
#[derive(Default)]
pub(crate) struct Screens {
    list: Mutex<Vec<Arc<Screen>>>,
}

/// One terminal.
pub(crate) struct Screen {
    pub(crate) name: String,
    input: Mutex<Option<mpsc::Sender<ToTerminal>>>,
    inner: Mutex<Inner>,
    /// Goes up with each change.
    news: watch::Sender<u64>,
    /// Somebody has read on, or left.
    room: Notify,
}

struct Inner {
    columns: u16,
    rows: u16,
    open: bool,
    kept: VecDeque<u8>,
    /// How many bytes came before what is kept.
    start: u64,
    /// How far each of the candidate's browsers has read.
    readers: BTreeMap<u64, u64>,
    next_reader: u64,
}

/// What a reader finds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Read {
    pub(crate) bytes: Vec<u8>,
    /// Bytes that were gone already.
    pub(crate) lost: u64,
    /// Where to read on.
    pub(crate) next: u64,
    pub(crate) size: (u16, u16),
    /// Whether more can come.
    pub(crate) open: bool,
}

/// Whether a reader holds the shell back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    HoldsBack,
    Watches,
}

/// A browser at a terminal. Leaves when it is dropped.
pub(crate) struct Reader {
    pub(crate) screen: Arc<Screen>,
    pub(crate) at: u64,
    /// `None` for one that only watches.
    number: Option<u64>,
}

// === impl Screens ===

impl Screens {
    /// Takes a terminal over, and reads what it prints until it ends.
    pub(crate) fn hold(&self, terminal: Terminal, columns: u16, rows: u16) -> Arc<Screen> {
        let Terminal { id, input, output } = terminal;
        let inner = Inner {
            columns,
            rows,
            open: true,
            kept: VecDeque::new(),
            start: 0,
            readers: BTreeMap::new(),
            next_reader: 0,
        };
        let screen = Arc::new(Screen {
            name: id,
            input: Mutex::new(Some(input)),
            inner: Mutex::new(inner),
            news: watch::Sender::new(0),
            room: Notify::new(),
        });
        tokio::spawn(Arc::clone(&screen).take(output));
        self.lock().push(Arc::clone(&screen));
        screen
    }

    /// Why no more may be opened, if so. Ended ones stay, to be read.
    pub(crate) fn full(&self) -> Option<String> {
        let all = self.list();
        let open = all.iter().filter(|it| it.open).count();
        if open >= OPEN {
            return Some(format!("there are {OPEN} already; use one of them"));
        }
        (all.len() >= ALL).then(|| format!("{ALL} were opened, and no more are kept"))
    }

    /// All terminals, in the order in which they were opened.
    pub(crate) fn list(&self) -> Vec<TerminalInfo> {
        self.lock().iter().map(|screen| screen.info()).collect()
    }

    pub(crate) fn get(&self, name: &str) -> Option<Arc<Screen>> {
        self.lock().iter().find(|screen| screen.name == name).cloned()
    }

    /// Hangs all up.
    pub(crate) fn hang_up(&self) {
        for screen in self.lock().iter() {
            screen.input().take();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Arc<Screen>>> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

// === impl Screen ===

impl Screen {
    async fn take(self: Arc<Screen>, mut output: mpsc::Receiver<Vec<u8>>) {
        while let Some(bytes) = output.recv().await {
            if tokio::time::timeout(PATIENCE, self.has_room()).await.is_err() {
                self.lock().readers.clear();
            }
            self.lock().push(&bytes);
            self.tell();
        }
        self.lock().open = false;
        self.input().take();
        self.tell();
    }

    async fn has_room(&self) {
        loop {
            let room = self.room.notified();
            if self.lock().behind() < BEHIND {
                return;
            }
            room.await;
        }
    }

    /// Where to write to; `None` when the shell is gone.
    pub(crate) fn keyboard(&self) -> Option<mpsc::Sender<ToTerminal>> {
        self.input().clone()
    }

    /// Changes the size, here and for the shell.
    pub(crate) async fn resize(&self, columns: u16, rows: u16) {
        {
            let mut inner = self.lock();
            if (inner.columns, inner.rows) == (columns, rows) {
                return;
            }
            (inner.columns, inner.rows) = (columns, rows);
        }
        self.tell();
        if let Some(keyboard) = self.keyboard() {
            // A shell that has just gone needs no size.
            let _ = keyboard.send(ToTerminal::Resize { columns, rows }).await;
        }
    }

    /// Sits down at the terminal, `from` a byte on, or at the oldest that is kept.
    pub(crate) fn sit_down(self: &Arc<Screen>, from: Option<u64>, pace: Pace) -> Reader {
        let mut inner = self.lock();
        let (start, end) = (inner.start, inner.end());
        let at = from.filter(|from| (start..=end).contains(from)).unwrap_or(start);
        let number = (pace == Pace::HoldsBack).then(|| {
            inner.next_reader += 1;
            let number = inner.next_reader;
            inner.readers.insert(number, end);
            number
        });
        drop(inner);
        Reader { screen: Arc::clone(self), at, number }
    }

    /// Changes whenever there is something new to read.
    pub(crate) fn news(&self) -> watch::Receiver<u64> {
        self.news.subscribe()
    }

    pub(crate) fn info(&self) -> TerminalInfo {
        let inner = self.lock();
        TerminalInfo {
            name: self.name.clone(),
            columns: inner.columns,
            rows: inner.rows,
            open: inner.open,
        }
    }

    fn tell(&self) {
        self.news.send_modify(|count| *count += 1);
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn input(&self) -> MutexGuard<'_, Option<mpsc::Sender<ToTerminal>>> {
        self.input.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

// === impl Inner ===

impl Inner {
    fn end(&self) -> u64 {
        self.start + self.kept.len() as u64
    }

    fn behind(&self) -> u64 {
        let slowest = self.readers.values().min().copied().unwrap_or(self.end());
        self.end().saturating_sub(slowest)
    }

    fn push(&mut self, bytes: &[u8]) {
        self.kept.extend(bytes);
        let over = self.kept.len().saturating_sub(KEPT);
        self.kept.drain(..over);
        self.start += over as u64;
    }

    fn read(&self, from: u64, most: usize) -> Read {
        let at = from.clamp(self.start, self.end());
        let skip = usize::try_from(at - self.start).unwrap_or(usize::MAX);
        let bytes: Vec<u8> = self.kept.iter().skip(skip).take(most).copied().collect();
        let next = at + bytes.len() as u64;
        Read {
            lost: at.saturating_sub(from),
            open: self.open || next < self.end(),
            bytes,
            next,
            size: (self.columns, self.rows),
        }
    }
}

// === impl Reader ===

impl Reader {
    /// The end of what there is to read now.
    pub(crate) fn end(&self) -> u64 {
        self.screen.lock().end()
    }

    /// What there is from here on, at most `most` bytes; the place stays until [`Reader::has_read`].
    pub(crate) fn read(&self, most: usize) -> Read {
        self.screen.lock().read(self.at, most)
    }

    /// What was read has been sent.
    pub(crate) fn has_read(&mut self, next: u64) {
        self.at = next;
        let Some(number) = self.number else { return };
        self.screen.lock().readers.insert(number, next);
        self.screen.room.notify_waiters();
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        if let Some(number) = self.number {
            self.screen.lock().readers.remove(&number);
            self.screen.room.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terminal() -> (Terminal, mpsc::Sender<Vec<u8>>, mpsc::Receiver<ToTerminal>) {
        let (input, keys) = mpsc::channel(4);
        let (print, output) = mpsc::channel(4);
        (Terminal { id: "terminal-1".to_owned(), input, output }, print, keys)
    }

    /// Waits until the screen has taken so many bytes.
    async fn end_is(screen: &Screen, end: u64) {
        let mut news = screen.news();
        let there = news.wait_for(|_| screen.lock().end() >= end);
        tokio::time::timeout(Duration::from_secs(10), there).await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn a_page_that_comes_back_reads_on_where_it_was() {
        let (terminal, print, _keys) = terminal();
        let screens = Screens::default();
        let screen = screens.hold(terminal, 80, 24);
        print.send(b"hello ".to_vec()).await.unwrap();
        end_is(&screen, 6).await;
        let mut first = screen.sit_down(None, Pace::HoldsBack);
        assert_eq!(first.read(100).bytes, b"hello ");
        first.has_read(6);
        drop(first);
        print.send(b"world".to_vec()).await.unwrap();
        end_is(&screen, 11).await;
        assert_eq!(screen.sit_down(Some(6), Pace::HoldsBack).read(100).bytes, b"world");
        assert_eq!(screen.sit_down(None, Pace::Watches).read(100).bytes, b"hello world");
        assert_eq!(screen.sit_down(Some(99), Pace::Watches).read(100).bytes, b"hello world");
    }

    #[tokio::test]
    async fn a_slow_candidate_holds_the_shell_back_and_a_slow_interviewer_loses() {
        let (terminal, print, _keys) = terminal();
        let screens = Screens::default();
        let screen = screens.hold(terminal, 80, 24);
        let watching = screen.sit_down(None, Pace::Watches);
        let mut reader = screen.sit_down(None, Pace::HoldsBack);
        let chunk = 64 << 10;
        let printing = tokio::spawn(async move {
            for _ in 0..32 {
                print.send(vec![b'x'; chunk]).await.unwrap();
            }
        });
        let mut total = 0;
        let mut news = screen.news();
        while total < 32 * chunk {
            let read = reader.read(chunk);
            assert_eq!(read.lost, 0);
            total += read.bytes.len();
            reader.has_read(read.next);
            if read.bytes.is_empty() {
                news.changed().await.unwrap();
            }
        }
        printing.await.unwrap();
        let missed = watching.read(10);
        assert_eq!(missed.lost, (32 * chunk - KEPT) as u64);
        assert_eq!(missed.bytes, [b'x'; 10]);
    }

    #[tokio::test]
    async fn an_end_is_seen_after_all_that_was_printed() {
        let (terminal, print, mut keys) = terminal();
        let screens = Screens::default();
        let screen = screens.hold(terminal, 80, 24);
        print.send(b"bye".to_vec()).await.unwrap();
        drop(print);
        let mut news = screen.news();
        news.wait_for(|_| !screen.info().open).await.unwrap();
        let reader = screen.sit_down(None, Pace::HoldsBack);
        assert!(reader.read(2).open, "there is more to read");
        assert!(!reader.read(3).open);
        assert!(screen.keyboard().is_none());
        assert!(keys.recv().await.is_none(), "it was hung up");
    }

    #[tokio::test]
    async fn a_size_is_told_once() {
        let (terminal, _print, mut keys) = terminal();
        let screens = Screens::default();
        let screen = screens.hold(terminal, 80, 24);
        screen.resize(80, 24).await;
        screen.resize(100, 30).await;
        assert_eq!(keys.recv().await, Some(ToTerminal::Resize { columns: 100, rows: 30 }));
        let info = &screens.list()[0];
        assert_eq!((info.columns, info.rows, info.open), (100, 30, true));
        screens.hang_up();
        assert!(keys.recv().await.is_none());
    }
}
