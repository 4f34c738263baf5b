//! Probes: a name, an expression, and bounds that can be kept.

use crate::lab::Probe;
use crate::raw::{self, at::At, probe::Unit};
use crate::rule::Rule;
use crate::source::Findings;

/// Reads a probe.
pub(crate) fn probe(raw: &raw::probe::Probe, found: &mut Findings) -> Probe {
    bounds(raw, found);
    Probe {
        name: found.id(&raw.name),
        title: found.line(&raw.title),
        promql: found.promql(&raw.promql),
        at_least: raw.at_least.as_ref().map(|bound| bound.value),
        at_most: raw.at_most.as_ref().map(|bound| bound.value),
        unit: raw.unit.name().to_owned(),
    }
}

fn bounds(raw: &raw::probe::Probe, found: &mut Findings) {
    if raw.at_least.is_none() && raw.at_most.is_none() {
        let message = format!("the probe `{}` has no bound", raw.name.value);
        found.error(Rule::ProbeBounds, &raw.name, message, "add `at-least`, `at-most`, or both");
    }
    for bound in [&raw.at_least, &raw.at_most].into_iter().flatten() {
        bound_fits(raw.unit, bound, found);
    }
    if let (Some(least), Some(most)) = (&raw.at_least, &raw.at_most)
        && least.value > most.value
    {
        let message =
            format!("no number is at least {} and at most {} at once", least.value, most.value);
        found.error(Rule::ProbeBounds, least, message, "let `at-least` be the smaller of the two");
    }
}

fn bound_fits(unit: Unit, bound: &At<f64>, found: &mut Findings) {
    if !bound.value.is_finite() {
        let message = format!("`{}` is no bound", bound.value);
        found.error(Rule::ProbeBounds, bound, message, "write a number, or leave the bound out");
    } else if unit == Unit::Ratio && !(0.0..=1.0).contains(&bound.value) {
        let message = format!("`{}` is not a ratio", bound.value);
        let help = "write a number from 0 to 1, such as 0.05 for 5 %; or choose another unit";
        found.error(Rule::ProbeBounds, bound, message, help);
    }
}
