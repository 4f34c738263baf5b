//! From time and value to places in a drawing.

/// Width of every drawing in its own units.
pub(super) const WIDTH: f64 = 960.0;

/// The time that a drawing spans, on [`WIDTH`].
#[derive(Debug, Clone, Copy)]
pub(super) struct Time {
    from_s: f64,
    until_s: f64,
    /// What the labels count from.
    zero_s: f64,
}

impl Time {
    pub(super) fn new(from_s: f64, until_s: f64, zero_s: Option<f64>) -> Time {
        Time { from_s, until_s: until_s.max(from_s + 1.0), zero_s: zero_s.unwrap_or(0.0) }
    }

    pub(super) fn x(self, at_s: f64) -> f64 {
        let share = (at_s - self.from_s) / (self.until_s - self.from_s);
        (share.clamp(0.0, 1.0) * WIDTH * 10.0).round() / 10.0
    }

    /// Between five and ten moments of round times, with their labels.
    pub(super) fn ticks(self) -> Vec<(f64, String)> {
        const STEPS: [f64; 12] =
            [1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0];
        let span = self.until_s - self.from_s;
        let wide = STEPS.into_iter().find(|step| span / step <= 10.0);
        let step = wide.unwrap_or(span / 8.0);
        let first = ((self.from_s - self.zero_s) / step).ceil() as i64;
        let last = ((self.until_s - self.zero_s) / step).floor() as i64;
        (first..=last)
            .map(|count| {
                let offset = count as f64 * step;
                (self.x(self.zero_s + offset), label(offset))
            })
            // A label in the middle of its tick needs room on both sides.
            .filter(|(x, _)| (16.0..=WIDTH - 16.0).contains(x))
            .collect()
    }
}

fn label(offset: f64) -> String {
    let sign = if offset < 0.0 { "\u{2212}" } else { "" };
    let whole = offset.abs().round() as u64;
    format!("{sign}{}:{:02}", whole / 60, whole % 60)
}

/// Height from value: `top` is drawn at 0, zero at `height`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Value {
    top: f64,
    height: f64,
}

impl Value {
    /// Room for every value and every bound, and a little more.
    pub(super) fn new(values: impl Iterator<Item = f64>, height: f64) -> Value {
        let most = values.filter(|value| value.is_finite()).fold(0.0, f64::max);
        Value { top: if most > 0.0 { most * 1.12 } else { 1.0 }, height }
    }

    pub(super) fn y(self, value: f64) -> f64 {
        let share = (value / self.top).clamp(0.0, 1.0);
        ((1.0 - share) * self.height * 10.0).round() / 10.0
    }
}

/// Which of a few rows a label stands in, so that no two overlap. Labels come from left to right.
#[derive(Debug, Default)]
pub(super) struct Rows {
    ends: Vec<f64>,
}

impl Rows {
    /// The row of a label that reaches from `from` to `until`.
    pub(super) fn place(&mut self, from: f64, until: f64) -> usize {
        let free = self.ends.iter().position(|end| *end < from);
        let row = free.unwrap_or(self.ends.len());
        match free {
            Some(row) => self.ends[row] = until,
            None => self.ends.push(until),
        }
        row
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_counted_from_the_page() {
        let time = Time::new(0.0, 60.0, Some(30.0));
        let labels: Vec<_> = time.ticks().into_iter().map(|(_, label)| label).collect();
        assert_eq!(labels, ["\u{2212}0:20", "\u{2212}0:10", "0:00", "0:10", "0:20"]);
        assert!((time.x(30.0) - WIDTH / 2.0).abs() < 0.1);
    }

    #[test]
    fn no_span_and_no_value_still_draw() {
        assert!(Time::new(5.0, 5.0, None).x(5.0).is_finite());
        assert!((Value::new([f64::NAN].into_iter(), 80.0).y(0.0) - 80.0).abs() < 0.1);
    }

    #[test]
    fn labels_that_would_overlap_get_rows_of_their_own() {
        let mut rows = Rows::default();
        let places = [(0.0, 50.0), (20.0, 70.0), (60.0, 90.0)].map(|(a, b)| rows.place(a, b));
        assert_eq!(places, [0, 1, 0]);
        assert_eq!(rows.len(), 2);
    }
}
