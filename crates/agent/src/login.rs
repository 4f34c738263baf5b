//! The step between the agent and a shell: the same program again, which gives up root, leads a
//! session of its own, takes the terminal on its stdin as that session's, lets the agent watch which
//! programs it starts, and becomes bash. It returns only when it fails.

use std::ffi::OsString;
use std::io::{self, Write};
use std::os::fd::{AsFd, FromRawFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, ExitCode};

use nix::sys::signal::{SigHandler, SigSet, Signal, signal};
use nix::unistd::{Gid, Uid, getuid, setgid, setgroups, setsid, setuid, ttyname};

use crate::AgentError;
use crate::programs::filter;

/// The name under which the program takes this part.
pub const NAME: &str = "login";

/// The user of the shells, and their group.
pub(crate) const UID: u32 = 1000;

const USER: &str = "oncall";
const HOME: &str = "/home/oncall";

/// Becomes a login shell of the user; with a folder as its second argument, a shell of whoever
/// started this, with the folder's `bashrc`. The first argument is the number of the socket on which
/// the agent waits for the filter's descriptor.
pub fn main(args: &[OsString]) -> ExitCode {
    let (socket, folder) = (args.first(), args.get(1));
    let ready = heed_keys()
        .and_then(|()| if folder.is_none() { give_up_root() } else { Ok(()) })
        .and_then(|()| own_terminal())
        .and_then(|()| be_watched(socket));
    let error = match (ready, folder) {
        (Err(error), _) => error,
        (Ok(()), None) => become_shell(),
        (Ok(()), Some(folder)) => become_trial(Path::new(folder)),
    };
    // The terminal is the only place to say it.
    let _ = writeln!(io::stderr(), "{error}");
    ExitCode::FAILURE
}

/// From here on every start of a program waits for the agent. Where the kernel has no such filter,
/// the agent is told, records that, and the shell starts all the same.
fn be_watched(socket: Option<&OsString>) -> Result<(), AgentError> {
    let what = "let the agent watch";
    let number = socket.and_then(|number| number.to_str()?.parse().ok());
    let number: i32 =
        number.ok_or(io::ErrorKind::InvalidInput).map_err(AgentError::system(what))?;
    // SAFETY: the agent left this descriptor open for us and nobody else here knows of it.
    #[expect(unsafe_code, reason = "a descriptor is inherited as a number")]
    let socket = unsafe { OwnedFd::from_raw_fd(number) };
    // Both descriptors are closed when this returns: were one left in the shell, its programs would
    // wait for ever, instead of failing, once the agent is gone.
    filter::hand_over(&socket, &filter::install()).map_err(AgentError::system(what))
}

/// A signal that whoever started the agent ignores would be ignored by every program of the shell,
/// and Ctrl-C would do nothing; one that the agent itself has blocked would never arrive, and
/// neither `kill` nor `timeout` would end anything.
fn heed_keys() -> Result<(), AgentError> {
    for key in [Signal::SIGINT, Signal::SIGQUIT, Signal::SIGTSTP, Signal::SIGHUP, Signal::SIGTERM] {
        #[expect(unsafe_code, reason = "no handler of ours is replaced: this process has none")]
        let set = unsafe { signal(key, SigHandler::SigDfl) };
        set.map_err(AgentError::system("let the keys send signals"))?;
    }
    SigSet::empty().thread_set_mask().map_err(AgentError::system("let signals arrive"))
}

fn give_up_root() -> Result<(), AgentError> {
    if getuid().is_root() {
        setgroups(&[Gid::from_raw(UID)]).map_err(AgentError::system("leave root's groups"))?;
        setgid(Gid::from_raw(UID)).map_err(AgentError::system("leave root's group"))?;
        setuid(Uid::from_raw(UID)).map_err(AgentError::system("give up root"))?;
    }
    Ok(())
}

/// The first terminal that the leader of a session opens becomes the session's.
fn own_terminal() -> Result<(), AgentError> {
    setsid().map_err(AgentError::system("start a session"))?;
    let path = ttyname(io::stdin().as_fd()).map_err(AgentError::system("name the terminal"))?;
    std::fs::File::options()
        .read(true)
        .write(true)
        .open(path)
        .map(|_| ())
        .map_err(AgentError::system("take the terminal"))
}

fn become_shell() -> AgentError {
    let home = if Path::new(HOME).is_dir() { HOME } else { "/" };
    let source = Command::new("/bin/bash")
        .arg0("-bash")
        .env("HOME", HOME)
        .env("USER", USER)
        .env("LOGNAME", USER)
        .env("SHELL", "/bin/bash")
        .env("TERM", "xterm-256color")
        .env("LANG", "C.UTF-8")
        .current_dir(home)
        .exec();
    AgentError::Shell { source }
}

fn become_trial(folder: &Path) -> AgentError {
    let source = Command::new("/bin/bash")
        .arg("--rcfile")
        .arg(folder.join("bashrc"))
        .arg("-i")
        .env("HOME", folder)
        .env("TERM", "xterm-256color")
        .env("LANG", "C.UTF-8")
        .current_dir(folder)
        .exec();
    AgentError::Shell { source }
}
