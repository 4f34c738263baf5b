//! What must be true of the causes of a lab together: one page, and each can be told from the rest.

use std::collections::{BTreeMap, BTreeSet};

use crate::cause::Cause;
use crate::lab::Lab;
use crate::raw::evidence::Evidence;
use crate::raw::scalar::Id;
use crate::rule::Rule;
use crate::source::{Findings, words};

/// Says so when `cause` has exactly the tells of a sibling, so that nothing tells them apart.
pub(crate) fn can_be_told(
    id: &Id,
    cause: &Cause,
    causes: &BTreeMap<String, Cause>,
    found: &mut Findings,
) {
    let tells = |cause: &Cause| -> BTreeSet<String> {
        cause.tells.iter().map(|tell| tell.evidence.clone()).collect()
    };
    let own = tells(cause);
    let same: Vec<&str> = causes
        .values()
        .filter(|sibling| sibling.id != cause.id && tells(sibling) == own)
        .map(|sibling| sibling.id.as_str())
        .collect();
    if !own.is_empty() && !same.is_empty() {
        let message = format!("`{}` has the same tells as {}", cause.id, words(same));
        let help = "add evidence that is there for one of them and not for the other";
        found.error(Rule::SameTells, id, message, help);
    }
}

/// Says so when evidence tells no cause from another.
pub(crate) fn evidence_is_used(evidence: &[Evidence], lab: &Lab, found: &mut Findings) {
    for one in evidence {
        let mut tells = lab.causes.values().flat_map(|cause| &cause.tells);
        if !tells.any(|tell| tell.evidence == one.id.value) {
            let message = format!("`{}` is a tell of no cause", one.id.value);
            let help = "name it in the `tells` of a cause, or take it away";
            found.warn(Rule::UnusedEvidence, &one.id, message, help);
        }
    }
}
