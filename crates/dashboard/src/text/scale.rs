//! The vertical scale of a chart: from where to where, and which values are written beside it.

use crate::{Panel, Series};

/// From `low` to `high`, with ticks every `step`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scale {
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) step: f64,
}

/// Ticks that a chart aims at.
const TICKS: f64 = 4.0;

// === impl Scale ===

impl Scale {
    /// A scale on which all values and the first threshold have their place. It begins at zero
    /// unless values are negative or the panel says otherwise, and it never cuts values off, even
    /// where the panel's own limits would.
    pub(super) fn of(panel: &Panel, series: &[Series]) -> Scale {
        let values = || series.iter().flat_map(Series::values);
        let field = &panel.field;
        let threshold = field.threshold_lines.then(|| field.marks().next()).flatten();
        let lowest = values().reduce(f64::min).unwrap_or(0.0);
        let highest = values().reduce(f64::max).unwrap_or(0.0);
        let low = field.min.unwrap_or(0.0).min(lowest);
        let high = field.max.unwrap_or(highest).max(highest);
        let high = threshold.map_or(high, |(value, _)| high.max(value));
        let whole = values().all(|value| value.fract() == 0.0) && field.unit != "percentunit";
        Scale::between(low, high, whole, &panel.field.unit)
    }

    fn between(low: f64, high: f64, whole: bool, unit: &str) -> Scale {
        // Beyond this the differences are no numbers any more.
        let (low, high) = (low.max(-1e300), high.min(1e300));
        let span = high - low;
        let span = if span > 0.0 && span.is_normal() { span } else { high.abs().max(1.0) };
        let mut step = nice(span / TICKS, unit);
        if whole && step < 1.0 {
            step = 1.0;
        }
        let low = (low / step).floor() * step;
        let mut top = (high / step).ceil() * step;
        if top <= low {
            top = low + step;
        }
        Scale { low, high: top, step }
    }

    /// Where `value` lies: 0 at the low end, 1 at the high end.
    pub(super) fn share(&self, value: f64) -> f64 {
        ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
    }

    /// The values that are written, from the lowest.
    pub(super) fn ticks(&self) -> Vec<f64> {
        let count = ((self.high - self.low) / self.step).round().clamp(1.0, 12.0) as usize;
        (0..=count)
            .map(|tick| self.low + (self.high - self.low) * tick as f64 / count as f64)
            // A tick beside zero is zero: rounding leaves dust like 1e-17.
            .map(|tick| if tick.abs() < self.step / 1e6 { 0.0 } else { tick })
            .collect()
    }
}

/// The next larger step that people count in: 1, 2 and 5 times a power of ten, the parts of a
/// minute or hour for long times, powers of two for bytes.
fn nice(rough: f64, unit: &str) -> f64 {
    const LONG: [f64; 12] =
        [15.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0, 7200.0, 21_600.0];
    match unit {
        "s" if rough > 10.0 => {
            LONG.iter().copied().find(|step| *step >= rough).unwrap_or_else(|| decimal(rough))
        }
        "bytes" | "binBps" => 2_f64.powf(rough.max(1.0).log2().ceil()),
        _ => decimal(rough),
    }
}

fn decimal(rough: f64) -> f64 {
    let power = 10_f64.powf(rough.log10().floor());
    let steps = [1.0, 2.0, 5.0];
    // A hair of tolerance, so that 0.2 is not taken for more than 2 × 0.1.
    let step = steps.iter().find(|step| **step * power >= rough * (1.0 - 1e-9));
    step.map_or(power * 10.0, |step| step * power)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticks(low: f64, high: f64, whole: bool, unit: &str) -> Vec<f64> {
        let rounded = |value: f64| (value * 1e9).round() / 1e9;
        Scale::between(low, high, whole, unit).ticks().into_iter().map(rounded).collect()
    }

    #[test]
    fn ticks_are_numbers_that_people_count_in() {
        assert_eq!(ticks(0.0, 8.0, true, ""), [0.0, 2.0, 4.0, 6.0, 8.0]);
        assert_eq!(ticks(0.0, 61.3, false, "reqps"), [0.0, 20.0, 40.0, 60.0, 80.0]);
        assert_eq!(ticks(0.0, 0.4, false, "s"), [0.0, 0.1, 0.2, 0.3, 0.4]);
        assert_eq!(ticks(0.0, 100.0, false, "s"), [0.0, 30.0, 60.0, 90.0, 120.0]);
        assert_eq!(ticks(0.0, 4000.0, false, "bytes"), [0.0, 1024.0, 2048.0, 3072.0, 4096.0]);
        assert_eq!(ticks(-3.0, 5.0, false, ""), [-4.0, -2.0, 0.0, 2.0, 4.0, 6.0]);
    }

    #[test]
    fn counts_have_no_ticks_between_whole_numbers() {
        assert_eq!(ticks(0.0, 1.0, true, ""), [0.0, 1.0]);
        assert_eq!(ticks(0.0, 2.0, true, ""), [0.0, 1.0, 2.0]);
    }

    #[test]
    fn a_flat_line_has_a_scale_too() {
        assert_eq!(ticks(0.0, 0.0, true, ""), [0.0, 1.0]);
        assert_eq!(ticks(7.0, 7.0, true, "").first(), Some(&6.0));
        assert_eq!(ticks(0.0, 0.0, false, "percentunit"), [0.0, 0.5]);
    }

    #[test]
    fn extremes_stay_numbers() {
        for (low, high) in [(f64::MIN, f64::MAX), (0.0, f64::MIN_POSITIVE), (1e300, 1e300)] {
            let scale = Scale::between(low, high, false, "");
            assert!(scale.share(low).is_finite() && scale.share(high).is_finite());
            assert!(scale.ticks().iter().all(|tick| tick.is_finite()), "{low} to {high}");
        }
    }
}
