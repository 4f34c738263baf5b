//! `injects` in `lab.yaml`: what an interviewer may let happen during the incident. Prepared by the
//! lab, so that two candidates meet the same; when, and whether at all, a person decides.

use crate::fault::Fault;

/// Something that an interviewer may let happen.
#[derive(Debug, Clone, PartialEq)]
pub struct Inject {
    /// Kebab-case; unique in the lab.
    pub id: String,
    /// One line, for the interviewer and the report; the candidate never sees it.
    pub title: String,
    pub does: Does,
    /// Whether it may happen more than once in a session; traffic does not add up then.
    pub repeat: bool,
}

/// What happens.
#[derive(Debug, Clone, PartialEq)]
pub enum Does {
    /// Somebody speaks in the channel, unasked.
    Message {
        /// As the channel shows it, such as `Ines (merchant success)`.
        who: String,
        role: Speaker,
        text: String,
    },
    /// A fault goes in beside the cause's; it is recovered when the interviewer says so, or the session ends.
    Fault(Fault),
}

/// In which role somebody speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaker {
    /// Somebody who works on the system.
    Teammate,
    /// Somebody who depends on it.
    Stakeholder,
}
