//! What a process that waits in `execve` is about to run: read from its memory, in bounds. All of it
//! is a stranger's, and a second thread of that process may change it after we read it: this is a
//! record, not a guard.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::FileExt;

use nix::libc::{self, seccomp_data};
use nix::unistd::{Gid, Uid, setfsgid, setfsuid};

use super::found::{Folder, is_there};
use crate::login;

/// Arguments that are kept.
const ARGUMENTS: usize = 64;
/// Bytes of all arguments together that are kept.
const BYTES: usize = 4096;
/// The longest path (`PATH_MAX`).
const PATH: usize = 4096;
/// As much as one read takes: most words are shorter.
const STEP: usize = 256;

/// What is about to run.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Sight {
    pub(super) path: String,
    pub(super) argv: Vec<String>,
    pub(super) cut: bool,
    pub(super) cwd: String,
    /// Whether there is a file that could run, as far as can be told.
    pub(super) ran: bool,
}

/// Looks at thread `pid`, which waits in `call`.
pub(super) fn look(pid: u32, call: &seccomp_data) -> Sight {
    let memory = File::open(format!("/proc/{pid}/mem"));
    let cwd = std::fs::read_link(format!("/proc/{pid}/cwd"));
    let cwd = cwd.map(|path| path.to_string_lossy().into_owned()).unwrap_or_default();
    let [first, second, third, ..] = call.args;
    let at = i64::from(call.nr) == libc::SYS_execveat;
    let (path, argv) = if at { (second, third) } else { (first, second) };
    // What cannot be read is taken to be there.
    let mut sight = Sight { cwd, ran: true, ..Sight::default() };
    let Ok(memory) = memory else {
        // Whoever hides its memory is told of all the same, without the words.
        sight.cut = true;
        return sight;
    };
    let fd = (at && first as i32 != libc::AT_FDCWD).then_some(first as i32);
    match text(&memory, path, PATH) {
        Ok((path, cut)) => {
            (sight.path, sight.cut) = (lossy(&path), cut);
            let from = fd.map_or(Folder::OfTheProcess, Folder::Open);
            sight.ran = cut || is_there(pid, from, OsStr::from_bytes(&path));
        }
        Err(_) => sight.cut = true,
    }
    if let Some(fd) = fd.filter(|_| !sight.path.starts_with('/')) {
        sight.path = beneath(pid, fd, &sight.path);
    }
    sight.cut |= arguments(&memory, argv, &mut sight.argv).unwrap_or(true);
    sight
}

/// The path of a file that is named by a descriptor (`fexecve`) or below one.
fn beneath(pid: u32, fd: i32, path: &str) -> String {
    let folder = std::fs::read_link(format!("/proc/{pid}/fd/{fd}"));
    let folder = folder
        .map_or_else(|_| format!("/proc/self/fd/{fd}"), |it| it.to_string_lossy().into_owned());
    if path.is_empty() { folder } else { format!("{folder}/{path}") }
}

/// Whether something was left out.
fn arguments(memory: &File, at: u64, argv: &mut Vec<String>) -> io::Result<bool> {
    if at == 0 {
        return Ok(false);
    }
    let mut table = [0; (ARGUMENTS + 1) * 8];
    let read = memory.read_at(&mut table, at)?;
    let mut room = BYTES;
    for pointer in table.get(..read).unwrap_or_default().chunks_exact(8) {
        let pointer = u64::from_ne_bytes(pointer.try_into().unwrap_or_default());
        if pointer == 0 {
            return Ok(false);
        }
        if argv.len() == ARGUMENTS || room == 0 {
            return Ok(true);
        }
        let (word, cut) = text(memory, pointer, room)?;
        room -= word.len().min(room);
        argv.push(lossy(&word));
        if cut {
            return Ok(true);
        }
    }
    Ok(true)
}

/// The bytes up to a zero, and whether there were more than `limit`.
fn text(memory: &File, at: u64, limit: usize) -> io::Result<(Vec<u8>, bool)> {
    let mut kept = Vec::new();
    let mut buffer = [0; STEP];
    while kept.len() < limit {
        let read = memory.read_at(&mut buffer, at.wrapping_add(kept.len() as u64))?;
        let bytes = buffer.get(..read).unwrap_or_default();
        if let Some(end) = memchr::memchr(0, bytes) {
            kept.extend_from_slice(bytes.get(..end).unwrap_or_default());
            let cut = kept.len() > limit;
            kept.truncate(limit);
            return Ok((kept, cut));
        }
        if bytes.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        kept.extend_from_slice(bytes);
    }
    kept.truncate(limit);
    Ok((kept, true))
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// From here on this thread opens files as the user of the shells would: root without its powers may
/// not look into that user's programs, the user may.
pub(super) fn become_user() {
    setfsgid(Gid::from_raw(login::UID));
    setfsuid(Uid::from_raw(login::UID));
}
