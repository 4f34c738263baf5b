//! Why the engine did not do what it was asked, without the client library's types.

use bollard::errors::Error;

type Source = Box<dyn std::error::Error + Send + Sync>;

/// What the engine (or the way to it) answered instead of doing it.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error(
        "the disk that holds the engine's data is full; free some, with `docker system prune` \
         for example ({said})"
    )]
    DiskFull { said: String },
    #[error("there is no such thing on the engine ({said})")]
    NotFound { said: String },
    #[error("it is in conflict with something on the engine ({said})")]
    Conflict { said: String },
    #[error(
        "the engine did not answer in time; see whether it is overloaded or stuck, and with \
         `checkride doctor` whether it is one that is known to hang"
    )]
    TimedOut,
    #[error("the connection to the engine broke; see whether it still runs")]
    Unreachable(#[source] Source),
    #[error("the engine refused ({said})")]
    Refused { status: Option<u16>, said: String },
}

impl Refusal {
    /// Whether the thing was not there.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Refusal::NotFound { .. })
    }

    /// Whether the thing was there already, in use, or being removed by somebody else.
    pub fn is_conflict(&self) -> bool {
        matches!(self, Refusal::Conflict { .. })
    }

    /// Whether no answer came at all.
    pub(crate) fn is_silence(&self) -> bool {
        matches!(self, Refusal::TimedOut | Refusal::Unreachable(_))
    }

    /// The engine's own words, if it said any.
    pub fn said(&self) -> &str {
        match self {
            Refusal::DiskFull { said }
            | Refusal::NotFound { said }
            | Refusal::Conflict { said }
            | Refusal::Refused { said, .. } => said,
            Refusal::TimedOut | Refusal::Unreachable(_) => "",
        }
    }

    fn from_answer(status: Option<u16>, said: &str) -> Refusal {
        let said = said.trim().to_owned();
        if said.contains("no space left on device") {
            return Refusal::DiskFull { said };
        }
        match status {
            Some(404) => Refusal::NotFound { said },
            Some(409) => Refusal::Conflict { said },
            status => Refusal::Refused { status, said },
        }
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Refusal {
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "the library's other variants depend on its features; all mean a broken way"
        )]
        match error {
            Error::DockerResponseServerError { status_code, message } => {
                Refusal::from_answer(Some(status_code), &message)
            }
            Error::DockerStreamError { error } | Error::DockerContainerWaitError { error, .. } => {
                Refusal::from_answer(None, &error)
            }
            Error::RequestTimeoutError => Refusal::TimedOut,
            other => Refusal::Unreachable(Box::new(other)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(status_code: u16, message: &str) -> Refusal {
        Error::DockerResponseServerError { status_code, message: message.to_owned() }.into()
    }

    #[test]
    fn a_full_disk_is_named_whatever_the_status() {
        let refusal = answered(500, "write /var/lib/docker/tmp/x: no space left on device");
        assert!(matches!(refusal, Refusal::DiskFull { .. }), "{refusal}");
        assert!(refusal.to_string().contains("free some"));
    }

    #[test]
    fn absence_and_conflict_are_told_apart() {
        assert!(answered(404, "No such container: x").is_not_found());
        assert!(answered(409, "name is already in use").is_conflict());
        assert!(!answered(500, "whatever").is_conflict());
    }

    #[test]
    fn an_error_in_the_middle_of_a_stream_keeps_its_words() {
        let refusal = Refusal::from(Error::DockerStreamError { error: "pull failed\n".into() });
        assert_eq!(refusal.said(), "pull failed");
    }
}
