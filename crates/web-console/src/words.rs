//! The closed sets of words that the page is told, kept equal to those of the timeline.

use serde::{Deserialize, Serialize};
use session::event;
use utoipa::ToSchema;

/// Which of the two links somebody came by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    Candidate,
    Interviewer,
}

/// Declares an enum of this crate that has the variants of one of the timeline's, both ways. A new
/// variant there does not compile here until it is known.
macro_rules! same_as {
    ($(#[$doc:meta])* $name:ident = $($variant:ident),+) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "kebab-case")]
        pub enum $name { $($variant),+ }

        impl From<event::$name> for $name {
            fn from(other: event::$name) -> $name {
                match other { $(event::$name::$variant => $name::$variant),+ }
            }
        }

        impl From<$name> for event::$name {
            fn from(other: $name) -> event::$name {
                match other { $($name::$variant => event::$name::$variant),+ }
            }
        }
    };
}

same_as! {
    /// Who did it.
    Participant = Candidate, Interviewer, Lab
}
same_as! {
    /// The way in which somebody looked or acted.
    Door = Terminal, Docker, Control, Dashboards, Logs, Sql, Metrics, Changes, Wiki, Channel,
        Notebook, Page, Session
}
same_as! {
    /// What an event does: the lanes of the timeline.
    Effect = Look, Act, Say, Think, Truth
}
same_as! {
    /// Where the session is.
    Phase = Provision, Baseline, Inject, Paged, Live, Mitigated, Debrief, Sealed, Aborted
}
same_as! {
    /// How a hypothesis stands.
    Standing = Open, RuledOut, Confirmed
}
same_as! {
    /// What a debrief has a place for.
    DebriefPart = Timeline, Cause, Factors, Detection, FollowUps
}
