//! Several series on one common axis of time: columns, as a drawing or a page wants them.

use std::collections::{BTreeSet, HashMap};

use crate::Series;

/// Times, and for each series one value a time.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Aligned {
    /// Seconds since the Unix epoch, in order, to the millisecond.
    pub times: Vec<f64>,
    /// In the order of the series; `None` where one has a gap.
    pub values: Vec<Vec<Option<f64>>>,
}

// === impl Aligned ===

impl Aligned {
    /// Puts all series on the times that any of them has.
    pub fn of<'a>(all: impl Iterator<Item = &'a Series> + Clone) -> Aligned {
        let points = all.clone().flat_map(|series| series.points.iter());
        let axis: BTreeSet<i64> = points.map(|(at, _)| millis(*at)).collect();
        let place: HashMap<i64, usize> = axis.iter().copied().zip(0..).collect();
        let column = |series: &Series| {
            let mut values = vec![None; axis.len()];
            for (at, value) in series.points.iter().filter(|(_, value)| value.is_finite()) {
                values[place[&millis(*at)]] = Some(*value);
            }
            values
        };
        let values = all.map(column).collect();
        Aligned { times: axis.into_iter().map(|at| at as f64 / 1000.0).collect(), values }
    }
}

fn millis(at: f64) -> i64 {
    (at * 1000.0).round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series_with_different_times_share_one_axis() {
        let all = [
            Series::new("a", vec![(1.0, 5.0), (2.0, f64::NAN)]),
            Series::new("b", vec![(2.0, 7.0)]),
        ];
        let aligned = Aligned::of(all.iter());
        assert_eq!(aligned.times, [1.0, 2.0]);
        assert_eq!(aligned.values, [vec![Some(5.0), None], vec![None, Some(7.0)]]);
    }
}
