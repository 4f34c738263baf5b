//! Whether a journal is whole, and where it is not.
//!
//! Streaming, in one pass and about the memory of one line; any bytes give a verdict. The chain is
//! checked on the raw bytes of each line. What the chain cannot show (a tail that was cut off, a
//! journal that was made anew) is shown by the signed head and the signed seal.

use std::io::BufRead;

use serde::{Deserialize, Serialize};

use super::head::{self, Head, key_id, seal_message};
use super::line::{self, Hash, Parts};
use super::{Header, LINE_LIMIT, VERSION};

mod sentence;

/// What can be said about a journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    pub state: State,
    /// What the header names; `None` when there is no readable header.
    pub session: Option<String>,
    pub lab: Option<String>,
    /// The id of the key that signs.
    pub key: Option<String>,
    /// Events from the start on that are proven to be as they were written.
    pub events: u64,
    /// Bytes from the start on that are so proven, header and seal included.
    pub intact_bytes: u64,
    /// The hash of the last proven line, lower-case hex; empty when there is none.
    pub hash: String,
    /// Whether a signature of the given key covers the end of the journal.
    pub signature: Signature,
    /// Where it is broken; only with [`State::Broken`].
    pub broken: Option<Break>,
    /// All of this in one or two sentences.
    pub sentence: String,
}

/// How a journal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Intact from header to seal.
    Sealed,
    /// Intact and not ended: the session runs, or its recorder died.
    Unsealed,
    /// Intact up to a last line that was not written to its end, as a crash leaves it.
    Torn,
    /// Not as it was written.
    Broken,
}

/// What the signatures cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Signature {
    /// The seal is signed by the given key.
    Seal,
    /// The head is signed by the given key and covers this many lines after the header.
    Head { lines: u64 },
    /// No public key was given, or there is neither head nor seal: a cut tail would not be found.
    Unchecked,
    /// There is one, and it is not right.
    Wrong,
}

/// Where a journal is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Break {
    pub problem: Problem,
    /// The sequence that is wrong or not there; `None` for the header and for the head.
    pub seq: Option<u64>,
    /// Where that line begins, or should begin: bytes from the start of the file.
    pub offset: u64,
}

/// In which way a journal is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Problem {
    /// The operating system could not read it.
    Unreadable,
    /// There is no header, or one of another program or version.
    NoHeader,
    /// A line is not what its hash was made over.
    Altered,
    /// One or more lines are not there.
    Missing,
    /// A line stands in another's place, and that one comes later.
    Reordered,
    /// A line stands there again.
    Repeated,
    /// A line that is whole by itself but does not follow the one before: of another journal, or
    /// made anew.
    Foreign,
    /// The end is not there.
    Truncated,
    /// Something stands after the seal.
    AfterSeal,
    /// A line is longer than any that is written.
    TooLong,
    /// The head beside the journal is unreadable, of another journal, or not signed by the key.
    BadHead,
    /// The seal is not signed by the key.
    BadSeal,
    /// The public key is not the one that the header names.
    OtherKey,
}

impl Verdict {
    /// Whether everything that was written is there as it was written, as far as can be known.
    /// A line torn by a crash had not been written.
    pub fn is_intact(&self) -> bool {
        self.state != State::Broken
    }
}

/// Checks a journal, with the bytes of its head file and the public key where they are at hand.
pub fn verify(
    journal: impl BufRead,
    head: Option<&[u8]>,
    public_key: Option<&[u8; 32]>,
) -> Verdict {
    let head_given = head.is_some();
    let mut walk = Walk {
        lines: Lines { journal, line: Vec::new(), offset: 0 },
        public_key,
        head: head.and_then(Head::from_bytes),
        header: None,
        last: None,
        next: 0,
        proven: 0,
        sealed: false,
        seal_checked: false,
    };
    let ended = walk.chain().and_then(|torn| {
        if head_given && walk.head.is_none() {
            return Err(walk.break_here(Problem::BadHead, None));
        }
        walk.check_head()?;
        Ok(torn)
    });
    walk.verdict(ended)
}

/// How the last line of a journal ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tail {
    Whole,
    Torn { bytes: u64 },
}

/// Reads lines of bounded length, and knows where they begin.
struct Lines<R> {
    journal: R,
    line: Vec<u8>,
    /// Where the next line begins.
    offset: u64,
}

/// One step of [`Lines`].
enum Next {
    Line,
    Torn,
    End,
}

impl<R: BufRead> Lines<R> {
    fn next(&mut self) -> Result<Next, Problem> {
        self.line.clear();
        let mut limited = std::io::Read::take(&mut self.journal, LINE_LIMIT as u64 + 1);
        limited.read_until(b'\n', &mut self.line).map_err(|_| Problem::Unreadable)?;
        match self.line.last() {
            None => Ok(Next::End),
            Some(_) if self.line.len() > LINE_LIMIT => Err(Problem::TooLong),
            Some(b'\n') => Ok(Next::Line),
            Some(_) => Ok(Next::Torn),
        }
    }
}

/// The pass over a journal: what is proven so far.
struct Walk<'a, R> {
    lines: Lines<R>,
    public_key: Option<&'a [u8; 32]>,
    head: Option<Head>,
    header: Option<Header>,
    last: Option<Hash>,
    /// The sequence that must come next.
    next: u64,
    /// Bytes.
    proven: u64,
    sealed: bool,
    seal_checked: bool,
}

impl<R: BufRead> Walk<'_, R> {
    /// Walks the chain to its end.
    fn chain(&mut self) -> Result<Tail, Break> {
        self.read_header()?;
        loop {
            match self.lines.next().map_err(|problem| self.break_at_next(problem))? {
                Next::End => return Ok(Tail::Whole),
                _ if self.sealed => return Err(self.break_at_next(Problem::AfterSeal)),
                Next::Torn => return Ok(Tail::Torn { bytes: self.lines.line.len() as u64 }),
                Next::Line => self.read_line()?,
            }
        }
    }

    fn read_header(&mut self) -> Result<(), Break> {
        let header_break = |problem| Break { problem, seq: None, offset: 0 };
        match self.lines.next().map_err(header_break)? {
            Next::Line => {}
            Next::Torn | Next::End => return Err(header_break(Problem::NoHeader)),
        }
        let parts = line::parts(&self.lines.line).filter(|parts| parts.prev.is_none());
        let parts = parts.ok_or(header_break(Problem::NoHeader))?;
        let header: Option<Header> = serde_json::from_slice(&parts.json()).ok();
        let known = |header: &Header| header.journal == "checkride" && header.version == VERSION;
        let header = header.filter(known).ok_or(header_break(Problem::NoHeader))?;
        if !parts.is_true() {
            return Err(header_break(Problem::Altered));
        }
        let hash = parts.hash();
        if self.public_key.is_some_and(|key| key_id(key) != header.key) {
            return Err(header_break(Problem::OtherKey));
        }
        if self.is_signed_for_another(&header) {
            return Err(header_break(Problem::Foreign));
        }
        self.last = hash;
        self.header = Some(header);
        self.advance();
        Ok(())
    }

    /// Whether the head is rightly signed, and names another session than the header does.
    fn is_signed_for_another(&self, header: &Header) -> bool {
        let (Some(head), Some(key)) = (&self.head, self.public_key) else { return false };
        head.session != header.session && head.is_signed_by(key)
    }

    fn read_line(&mut self) -> Result<(), Break> {
        let found = line::parts(&self.lines.line).filter(Parts::is_true);
        let Some(parts) = found else { return Err(self.break_at_next(Problem::Altered)) };
        let (seq, hash, seal) = (parts.seq(), parts.hash(), parts.seal());
        let follows = parts.prev == self.last.as_ref().map(|last| &last[..]);
        if seq != Some(self.next) || !follows {
            return Err(self.out_of_order(seq));
        }
        if let Some(signature) = seal {
            self.check_seal(&signature)?;
        }
        self.check_head_here(hash)?;
        self.last = hash;
        self.next += 1;
        self.advance();
        Ok(())
    }

    fn advance(&mut self) {
        self.lines.offset += self.lines.line.len() as u64;
        self.proven = self.lines.offset;
    }

    /// The line is whole but is not the next one: tells why, reading on where that helps.
    fn out_of_order(&mut self, seq: Option<u64>) -> Break {
        let here = self.break_at_next(Problem::Foreign);
        let problem = match seq {
            Some(seq) if seq > self.next => self.missing_or_reordered(),
            Some(seq) if seq < self.next => Problem::Repeated,
            Some(_) | None => Problem::Foreign,
        };
        Break { problem, ..here }
    }

    fn missing_or_reordered(&mut self) -> Problem {
        while let Ok(Next::Line) = self.lines.next() {
            let found = line::parts(&self.lines.line).and_then(|parts| parts.seq());
            if found == Some(self.next) {
                return Problem::Reordered;
            }
        }
        Problem::Missing
    }

    fn check_seal(&mut self, signature: &str) -> Result<(), Break> {
        self.sealed = true;
        let Some(key) = self.public_key else { return Ok(()) };
        let session = self.header.as_ref().map_or("", |header| header.session.as_str());
        let prev = self.last.as_ref().map(line::text).unwrap_or_default();
        if !head::is_signed(key, &seal_message(session, self.next, &prev), signature) {
            return Err(self.break_at_next(Problem::BadSeal));
        }
        self.seal_checked = true;
        Ok(())
    }

    /// The line that the head names must be the one that the head means.
    fn check_head_here(&self, hash: Option<Hash>) -> Result<(), Break> {
        let Some(head) = &self.head else { return Ok(()) };
        let hash = hash.as_ref().map(line::text);
        let named = head.lines == self.next + 1;
        if named && hash.as_deref() != Some(head.hash.as_str()) {
            // Whole, in order, and still not it: the line and all before it may be made anew.
            let problem = if self.head_is_ours() { Problem::Foreign } else { Problem::BadHead };
            return Err(self.break_at_next(problem));
        }
        Ok(())
    }

    /// After the whole chain: the head must be of this journal, and name nothing that is not there.
    fn check_head(&self) -> Result<(), Break> {
        let Some(head) = &self.head else { return Ok(()) };
        if !self.head_is_ours() {
            return Err(self.break_here(Problem::BadHead, None));
        }
        if head.lines > self.next {
            return Err(self.break_here(Problem::Truncated, Some(self.next)));
        }
        Ok(())
    }

    fn head_is_ours(&self) -> bool {
        let (Some(head), Some(header)) = (&self.head, &self.header) else { return false };
        head.session == header.session
            && head.key == header.key
            && self.public_key.is_none_or(|key| head.is_signed_by(key))
    }

    fn break_at_next(&self, problem: Problem) -> Break {
        self.break_here(problem, Some(self.next))
    }

    fn break_here(&self, problem: Problem, seq: Option<u64>) -> Break {
        Break { problem, seq, offset: self.lines.offset }
    }

    fn signature(&self) -> Signature {
        match (&self.head, self.public_key) {
            _ if self.seal_checked => Signature::Seal,
            (Some(head), Some(_)) => Signature::Head { lines: head.lines },
            (Some(_) | None, _) => Signature::Unchecked,
        }
    }

    fn verdict(self, ended: Result<Tail, Break>) -> Verdict {
        let state = match ended {
            Err(_) => State::Broken,
            Ok(Tail::Torn { .. }) => State::Torn,
            Ok(Tail::Whole) if self.sealed => State::Sealed,
            Ok(Tail::Whole) => State::Unsealed,
        };
        let broken = ended.err();
        let signature = match broken.map(|broken| broken.problem) {
            Some(Problem::BadHead | Problem::BadSeal | Problem::OtherKey) => Signature::Wrong,
            Some(_) => Signature::Unchecked,
            None => self.signature(),
        };
        let seal_lines = u64::from(
            self.sealed && broken.is_none_or(|broken| broken.problem != Problem::BadSeal),
        );
        let events = self.next.saturating_sub(seal_lines);
        let torn = match ended {
            Ok(Tail::Torn { bytes }) => bytes,
            Ok(Tail::Whole) | Err(_) => 0,
        };
        let sentence = sentence::sentence(state, events, signature, broken, torn);
        Verdict {
            state,
            session: self.header.as_ref().map(|header| header.session.clone()),
            lab: self.header.as_ref().map(|header| header.lab.clone()),
            key: self.header.map(|header| header.key),
            events,
            intact_bytes: self.proven,
            hash: self.last.as_ref().map(line::text).unwrap_or_default(),
            signature,
            broken,
            sentence,
        }
    }
}
