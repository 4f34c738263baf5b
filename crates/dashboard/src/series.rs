//! One line of a panel: its name and its values over time.

use std::collections::BTreeMap;

/// A named sequence of values, in the order of time.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Series {
    /// The name after the legend template was filled in. Untrusted: it may hold what a label held.
    pub legend: String,
    /// Seconds since the Unix epoch, and the value. NaN and infinities count as gaps.
    pub points: Vec<(f64, f64)>,
    /// The labels as Prometheus gave them, for tables. Empty where there are none.
    pub labels: BTreeMap<String, String>,
}

// === impl Series ===

impl Series {
    /// A series without labels.
    pub fn new(legend: impl Into<String>, points: Vec<(f64, f64)>) -> Series {
        Series { legend: legend.into(), points, labels: BTreeMap::new() }
    }

    /// The values that are numbers, in the order of time.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = f64> + '_ {
        self.points.iter().map(|(_, value)| *value).filter(|value| value.is_finite())
    }

    /// The last number, `None` when there is none.
    pub fn last(&self) -> Option<f64> {
        self.values().next_back()
    }

    /// The smallest number.
    pub fn min(&self) -> Option<f64> {
        self.values().reduce(f64::min)
    }

    /// The largest number.
    pub fn max(&self) -> Option<f64> {
        self.values().reduce(f64::max)
    }
}
