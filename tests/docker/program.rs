//! A program that a test runs beside itself. It ends in order when it is dropped, so that a test that fails leaves
//! nothing on the engine to those after it.

use std::io::Read;
use std::ops::{Deref, DerefMut};
use std::process::{Child, Command, ExitStatus, Output};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// A program that runs, or did.
pub struct Program(Child);

impl Program {
    pub fn start(command: &mut Command) -> Program {
        Program(command.spawn().unwrap())
    }

    pub fn pid(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.id()).unwrap())
    }

    pub fn signal(&self, signal: Signal) {
        kill(self.pid(), signal).unwrap();
    }

    /// What it printed, once it has ended by itself.
    pub fn output(mut self) -> Output {
        let mut output =
            Output { status: ExitStatus::default(), stdout: Vec::new(), stderr: Vec::new() };
        let (stdout, stderr) = (self.stdout.take(), self.stderr.take());
        std::thread::scope(|scope| {
            scope.spawn(|| stdout.map(|mut it| it.read_to_end(&mut output.stdout).unwrap()));
            stderr.map(|mut it| it.read_to_end(&mut output.stderr).unwrap());
        });
        output.status = self.wait().unwrap();
        output
    }

    pub fn runs(&mut self) -> bool {
        self.try_wait().unwrap().is_none()
    }
}

impl Deref for Program {
    type Target = Child;

    fn deref(&self) -> &Child {
        &self.0
    }
}

impl DerefMut for Program {
    fn deref_mut(&mut self) -> &mut Child {
        &mut self.0
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // What is left here is left by a test that has failed or has nothing more to ask: the exit code says no more.
        if matches!(self.try_wait(), Ok(None)) && kill(self.pid(), Signal::SIGTERM).is_ok() {
            let _ = self.wait();
        }
    }
}
