//! What became of the steady state: relief, which was lost again, and mitigation, which was not.

use serde::{Deserialize, Serialize};

use super::{Assessment, Inject, before_the_end};
use crate::event::{Event, Kind};

/// The steady state came back and was lost again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Relief {
    pub from_s: f64,
    pub until_s: f64,
    /// The inject whose fault went in meanwhile: it may be that and not the cause which came back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inject: Option<String>,
}

impl Relief {
    /// Whether no inject put an end to it.
    fn is_own(&self) -> bool {
        self.inject.is_none()
    }
}

impl Assessment {
    /// Relief that no inject put an end to.
    pub fn own_relief(&self) -> impl Iterator<Item = &Relief> {
        self.relief.iter().filter(|relief| relief.is_own())
    }
}

pub(super) fn relief(events: &[Event], injects: &[Inject]) -> Vec<Relief> {
    let relief = |event: &Event| {
        let Kind::Relief { from_s, until_s } = event.kind else { return None };
        let during =
            |inject: &&Inject| inject.is_fault && (from_s..=until_s).contains(&inject.at_s);
        let inject = injects.iter().find(during).map(|inject| inject.id.clone());
        Some(Relief { from_s, until_s, inject })
    };
    before_the_end(events).iter().filter_map(relief).collect()
}

/// Every mitigation that lasted, and since when. One that was lost again was relief after all; what an
/// inject took from the candidate they had mitigated.
pub(super) fn lasting<'a>(
    events: &'a [Event],
    relief: &'a [Relief],
) -> impl DoubleEndedIterator<Item = (&'a Event, f64)> {
    let lost =
        move |since_s: f64| relief.iter().any(|relief| relief.is_own() && relief.from_s == since_s);
    before_the_end(events).iter().filter_map(move |event| {
        let Kind::Mitigated { since_s } = event.kind else { return None };
        (!lost(since_s)).then_some((event, since_s))
    })
}
