//! How the values of a panel are meant: unit, limits, thresholds, words for numbers.

use serde_json::Value;

use crate::{grafana, unit};

/// The standard options of a panel's values.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Field {
    /// Grafana's id of the unit, such as `s` or `reqps`; empty for a plain number.
    pub unit: String,
    /// Digits after the decimal point; `None` for as many as the value needs.
    pub decimals: Option<usize>,
    pub min: Option<f64>,
    pub max: Option<f64>,
    pub thresholds: Thresholds,
    /// Whether a time series shows its thresholds as lines.
    pub threshold_lines: bool,
    /// What to say in place of a value that is not there.
    pub no_value: Option<String>,
    pub overrides: Vec<Override>,
    /// Words for single numbers, such as 1 for `up`.
    words: Vec<(f64, String)>,
}

/// Where values become remarkable.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Thresholds {
    pub mode: ThresholdMode,
    /// Ascending; the first begins at minus infinity.
    pub steps: Vec<Step>,
}

/// What the numbers of thresholds mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ThresholdMode {
    #[default]
    Absolute,
    /// Of the way from the field's minimum to its maximum.
    Percentage,
}

/// From `from` upwards values have this colour, one of Grafana's names or `#rrggbb`.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    pub from: f64,
    pub colour: String,
}

/// Other options for the series of one name.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Override {
    pub legend: String,
    pub unit: Option<String>,
    pub decimals: Option<usize>,
    /// One of Grafana's names or `#rrggbb`.
    pub colour: Option<String>,
    pub display_name: Option<String>,
}

// === impl Field ===

impl Field {
    pub(crate) fn from_file(file: Option<grafana::FieldConfig>) -> Field {
        let Some(file) = file else { return Field::default() };
        let overrides = file.overrides.unwrap_or_default();
        let overrides = overrides.into_iter().filter_map(Override::from_file).collect();
        let Some(defaults) = file.defaults else {
            return Field { overrides, ..Field::default() };
        };
        let style = defaults.custom.and_then(|custom| custom.thresholds_style?.mode);
        Field {
            unit: defaults.unit.unwrap_or_default(),
            decimals: defaults.decimals.and_then(digits),
            min: defaults.min.filter(|min| min.is_finite()),
            max: defaults.max.filter(|max| max.is_finite()),
            thresholds: defaults.thresholds.map(Thresholds::from_file).unwrap_or_default(),
            threshold_lines: style.is_some_and(|style| style != "off"),
            no_value: defaults.no_value.filter(|text| !text.is_empty()),
            overrides,
            words: words(defaults.mappings.unwrap_or_default()),
        }
    }

    /// A value of the series `legend` as people read it: in its unit, or in the word that the
    /// panel has for it.
    pub fn say(&self, legend: &str, value: f64) -> String {
        self.in_words(legend, value, unit::say)
    }

    /// The same where the unit's name stands at the head of the panel: `58.4`, not `58.4 req/s`,
    /// but `150 ms` and `5%` all the same.
    pub fn say_short(&self, legend: &str, value: f64) -> String {
        // A unit of the series' own is not the one at the head.
        match self.of(legend).and_then(|own| own.unit.as_ref()) {
            Some(_) => self.in_words(legend, value, unit::say),
            None => self.in_words(legend, value, unit::say_short),
        }
    }

    fn in_words(
        &self,
        legend: &str,
        value: f64,
        say: fn(f64, &str, Option<usize>) -> String,
    ) -> String {
        if let Some((_, word)) = self.words.iter().find(|(number, _)| *number == value) {
            return word.clone();
        }
        let own = self.of(legend);
        let unit = own.and_then(|own| own.unit.as_deref()).unwrap_or(&self.unit);
        say(value, unit, own.and_then(|own| own.decimals).or(self.decimals))
    }

    /// What is special about the series `legend`.
    pub fn of(&self, legend: &str) -> Option<&Override> {
        self.overrides.iter().find(|it| it.legend == legend)
    }

    /// The threshold's colour for a value; `None` where the panel has no thresholds.
    pub fn colour_at(&self, value: f64) -> Option<&str> {
        let value = match self.thresholds.mode {
            ThresholdMode::Absolute => value,
            ThresholdMode::Percentage => {
                let (min, max) = (self.min.unwrap_or(0.0), self.max.unwrap_or(100.0));
                (value - min) / (max - min) * 100.0
            }
        };
        let step = self.thresholds.steps.iter().rev().find(|step| value >= step.from)?;
        Some(&step.colour)
    }

    /// The thresholds as values, without the one that begins at minus infinity.
    pub fn marks(&self) -> impl Iterator<Item = (f64, &str)> {
        let (min, max) = (self.min.unwrap_or(0.0), self.max.unwrap_or(100.0));
        let finite = self.thresholds.steps.iter().filter(|step| step.from.is_finite());
        finite.map(move |step| match self.thresholds.mode {
            ThresholdMode::Absolute => (step.from, step.colour.as_str()),
            ThresholdMode::Percentage => {
                (min + step.from / 100.0 * (max - min), step.colour.as_str())
            }
        })
    }
}

// === impl Thresholds ===

impl Thresholds {
    fn from_file(file: grafana::Thresholds) -> Thresholds {
        let mode = match file.mode.as_deref() {
            Some("percentage") => ThresholdMode::Percentage,
            Some(_) | None => ThresholdMode::Absolute,
        };
        let steps = file.steps.unwrap_or_default().into_iter();
        let mut steps: Vec<Step> = steps
            .map(|step| Step { from: step.value.unwrap_or(f64::NEG_INFINITY), colour: step.color })
            .collect();
        steps.sort_by(|one, other| one.from.total_cmp(&other.from));
        Thresholds { mode, steps }
    }
}

// === impl Override ===

impl Override {
    /// Only overrides by name are read: the other matchers need more than a name.
    fn from_file(file: grafana::Override) -> Option<Override> {
        if file.matcher.id != "byName" {
            return None;
        }
        let legend = file.matcher.options?.as_str()?.to_owned();
        let mut own = Override { legend, ..Override::default() };
        for property in file.properties.unwrap_or_default() {
            let value = property.value.unwrap_or_default();
            let text = value.as_str().map(str::to_owned);
            match property.id.as_str() {
                "unit" => own.unit = text,
                "displayName" => own.display_name = text,
                "decimals" => own.decimals = value.as_f64().and_then(digits),
                "color" => own.colour = value["fixedColor"].as_str().map(str::to_owned),
                _ => {}
            }
        }
        Some(own)
    }
}

/// More digits than a double has would only be noise.
fn digits(decimals: f64) -> Option<usize> {
    (0.0..=12.0).contains(&decimals).then_some(decimals as usize)
}

/// Value mappings: `{"1": {"text": "up"}}`. Ranges and regular expressions are passed over.
fn words(mappings: Vec<grafana::Mapping>) -> Vec<(f64, String)> {
    let by_value = mappings.into_iter().filter(|mapping| mapping.kind == "value");
    let options = by_value.filter_map(|mapping| match mapping.options {
        Some(Value::Object(options)) => Some(options),
        Some(_) | None => None,
    });
    options
        .flatten()
        .filter_map(|(number, result)| {
            Some((number.parse().ok()?, result["text"].as_str()?.to_owned()))
        })
        .collect()
}
