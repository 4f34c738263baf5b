//! Exit codes, and which error ends with which.

use std::process::ExitCode;

use orchestrator::home::HomeError;
use orchestrator::run::RunError;
use testbed::clean::CleanError;
use testbed::{EngineError, ImageError};
use web_console::serve::BindError;
use web_console::tls::TlsError;

/// How the program ends. `checkride --help` lists these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    Ok = 0,
    /// What was asked is answered, and the answer is no: an expectation did not hold, a journal is
    /// broken, a lab has mistakes.
    No = 1,
    /// The words were not understood. Clap ends with this one by itself.
    Usage = 2,
    /// Something outside is missing: the engine, permission, disk space, an image that cannot be
    /// built.
    Environment = 3,
    /// The session could not do its part: the system did not start, a fault did not bite.
    Session = 4,
    /// Ctrl-C, or a signal that asks to end.
    Interrupted = 130,
}

impl From<Code> for ExitCode {
    fn from(code: Code) -> ExitCode {
        ExitCode::from(code as u8)
    }
}

/// Something that the caller named and that is not there.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct UsageError(pub String);

/// The code for an error, by its innermost kind that says something.
pub fn code_of(error: &anyhow::Error) -> Code {
    for cause in error.chain() {
        if let Some(error) = cause.downcast_ref::<RunError>() {
            return code_of_run(error);
        }
        if let Some(HomeError::Unknown { .. } | HomeError::Ambiguous { .. }) =
            cause.downcast_ref::<HomeError>()
        {
            return Code::Usage;
        }
        let outside =
            cause.is::<EngineError>() || cause.is::<ImageError>() || cause.is::<CleanError>();
        if outside || cause.is::<HomeError>() {
            return Code::Environment;
        }
        if let Some(error) = cause.downcast_ref::<BindError>() {
            return match error {
                BindError::Address(_) => Code::Usage,
                BindError::Bind { .. } => Code::Environment,
            };
        }
        if cause.is::<UsageError>() || cause.is::<TlsError>() {
            return Code::Usage;
        }
        // A file that cannot be read or written is no answer to what was asked.
        if cause.is::<std::io::Error>() {
            return Code::Environment;
        }
    }
    Code::No
}

/// The code for a session that did not end well.
pub fn code_of_run(error: &RunError) -> Code {
    match error {
        RunError::Interrupted => Code::Interrupted,
        RunError::Home(_)
        | RunError::Recorder(_)
        | RunError::Files(_)
        | RunError::Journal(_)
        | RunError::Unseen { .. } => Code::Environment,
        RunError::Provision(_)
        | RunError::Stage(_)
        | RunError::Terminal(_)
        | RunError::NotReady { .. }
        | RunError::NotSteady { .. }
        | RunError::ShownWhenHealthy { .. }
        | RunError::Inject(_)
        | RunError::DidNotBite { .. }
        | RunError::DidNotPage { .. }
        | RunError::Died { .. }
        | RunError::Play(_)
        | RunError::Prometheus(_)
        | RunError::Clean(_) => Code::Session,
    }
}
