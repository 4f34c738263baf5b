//! What changed the system, and what each change was with regard to the cause.

use std::collections::BTreeMap;

use lab::cause::{ActPattern, Cause, Remedy};
use lab::lab::is_of;
use serde::{Deserialize, Serialize};

use super::Clock;
use crate::event::{Door, Effect, Event, Kind, Participant};

/// One act of the candidate on the system.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Act {
    /// Where in the record it began.
    pub seq: u64,
    /// When it began.
    pub at_s: f64,
    pub since_page_s: Option<f64>,
    /// When it had been carried out, or had failed; `None` when the record does not say.
    pub ended_s: Option<f64>,
    pub door: Door,
    pub verb: String,
    pub target: String,
    pub detail: String,
    pub before: Option<String>,
    pub after: Option<String>,
    pub ok: bool,
    pub is: ActIs,
    /// For a trap: why it does not cure.
    pub because: Option<String>,
}

/// What an act was with regard to the cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ActIs {
    /// It restores the steady state for good.
    Remedy,
    /// The lab names it as tempting and not curing.
    Trap,
    /// Nothing needed to be changed.
    Unneeded,
    /// None of these.
    Neither,
}

impl Act {
    /// The act as one would type it, such as `config-set payments pool-size=20`.
    pub fn words(&self) -> String {
        let parts = [&self.verb, &self.target, &self.detail];
        let parts = parts.into_iter().filter(|part| !part.is_empty());
        parts.map(String::as_str).collect::<Vec<_>>().join(" ")
    }
}

/// The acts of the candidate, each at the sequence at which it began: what is seen while one goes on
/// does not come before it.
#[derive(Default)]
pub(crate) struct Acts {
    all: BTreeMap<u64, Act>,
}

impl Acts {
    /// Takes the next event, whoever it is by; whether it is an act or the end of one. `paged_at_s` is
    /// when the page went out.
    pub(crate) fn take(&mut self, cause: &Cause, paged_at_s: Option<f64>, event: &Event) -> bool {
        if event.effect != Effect::Act || event.participant != Participant::Candidate {
            return false;
        }
        let mut act = act(cause, Clock { paged_at_s }, event);
        let began = event.kind.began().and_then(|seq| self.all.get(&seq));
        if let Some(began) = began {
            (act.seq, act.at_s, act.since_page_s) = (began.seq, began.at_s, began.since_page_s);
        }
        self.all.insert(act.seq, act);
        true
    }

    /// The first that was carried out, or is under way.
    pub(crate) fn first(&self) -> Option<&Act> {
        self.all.values().find(|act| act.ok)
    }

    /// Those that were carried out, and those that were not.
    pub(super) fn parted(self) -> (Vec<Act>, Vec<Act>) {
        self.all.into_values().partition(|act| act.ok)
    }
}

fn act(cause: &Cause, clock: Clock, event: &Event) -> Act {
    let mut act = Act {
        seq: event.seq,
        at_s: event.at_s(),
        since_page_s: clock.since_page(event.at_s()),
        ended_s: Some(event.at_s()),
        door: event.door,
        verb: String::new(),
        target: String::new(),
        detail: String::new(),
        before: None,
        after: None,
        ok: true,
        is: ActIs::Neither,
        because: None,
    };
    // By either door a restart is one.
    if let Kind::Control { verb, target, detail, before, after, ok, .. }
    | Kind::Docker { verb, target, detail, before, after, ok, .. } = &event.kind
    {
        act.verb.clone_from(verb);
        act.target.clone_from(target);
        act.detail.clone_from(detail);
        act.before.clone_from(before);
        act.after.clone_from(after);
        act.ok = *ok;
    } else if let Kind::ActStarted { verb, target, detail } = &event.kind {
        act.verb.clone_from(verb);
        act.target.clone_from(target);
        act.detail.clone_from(detail);
        act.ended_s = None;
    } else if let Kind::Sql { verb, target, detail, ok, .. } = &event.kind {
        act.verb = format!("sql-{verb}");
        act.target.clone_from(target);
        act.detail.clone_from(detail);
        act.ok = *ok;
    } else {
        // A door that acts without the control plane: the kind's own name is the verb.
        act.verb = event.kind.name();
    }
    (act.is, act.because) = what_it_is(cause, &act);
    act
}

fn what_it_is(cause: &Cause, act: &Act) -> (ActIs, Option<String>) {
    if let Remedy::Acts(remedies) = &cause.remedy
        && remedies.iter().any(|remedy| is_instance(remedy, act))
    {
        return (ActIs::Remedy, None);
    }
    if let Some(trap) = cause.traps.iter().find(|trap| is_instance(&trap.act, act)) {
        return (ActIs::Trap, Some(trap.because.clone()));
    }
    match cause.remedy {
        Remedy::Nothing => (ActIs::Unneeded, None),
        Remedy::Acts(_) => (ActIs::Neither, None),
    }
}

/// Whether `act` is what `pattern` describes. A deployment's name fits its replicas too. A pattern's
/// detail must stand in the act's detail as a whole word: `pool-size` fits `pool-size=20`, `2.3.2` fits
/// `2.4.0 -> 2.3.2`.
pub fn is_instance(pattern: &ActPattern, act: &Act) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
    let has_word = |word: &String| {
        act.detail == *word || act.detail.split(|c| !is_part(c)).any(|part| part == word)
    };
    pattern.verb == act.verb
        && pattern.target.as_ref().is_none_or(|target| is_of(&act.target, target))
        && pattern.detail.as_ref().is_none_or(has_word)
        && is_within(pattern, act)
}

/// Whether the act's number keeps the pattern's bounds, where it has any.
fn is_within(pattern: &ActPattern, act: &Act) -> bool {
    if pattern.at_least.is_none() && pattern.at_most.is_none() {
        return true;
    }
    // Of a setting that is being set, or that failed half-way, the detail has the value.
    let set = || act.detail.split_once('=').map(|(_, value)| value);
    let number = match act.verb.as_str() {
        "config-set" => act.after.as_deref().or_else(set),
        _ => Some(act.detail.as_str()),
    };
    let number = number.and_then(|text| text.parse::<f64>().ok());
    number.is_some_and(|number| {
        pattern.at_least.is_none_or(|least| number >= least)
            && pattern.at_most.is_none_or(|most| number <= most)
    })
}
