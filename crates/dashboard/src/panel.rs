//! A panel: a question to the system, and how its answer is best shown.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use crate::variable::{duration, substitute};
use crate::{DashboardError, Field, LogQuery, Query, Range, Variable, grafana};

/// One panel of a dashboard.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    pub id: u64,
    /// Never empty: a panel without a title is called `Panel <id>`.
    pub title: String,
    pub description: String,
    pub kind: PanelKind,
    /// The title of the row that it stands in.
    pub row: Option<String>,
    pub field: Field,
    /// How a panel that shows one number makes it of many.
    pub reduce: Reduce,
    /// Labels that a table does not show.
    pub hidden_labels: Vec<String>,
    /// Whether lines are filled down to the ground.
    pub bars: bool,
    targets: Vec<Target>,
    /// The smallest step, when the panel names one.
    interval: Option<Duration>,
    variables: Arc<[Variable]>,
}

/// How a panel shows its series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PanelKind {
    TimeSeries,
    Stat,
    Gauge,
    /// One bar a series: Grafana's bar chart, bar gauge, pie chart and histogram.
    Bars,
    Table,
    Heatmap,
    /// Lines of a log. It has no [`Panel::queries`] but [`Panel::log_queries`].
    Logs,
    /// Another type, with its name. It is drawn as a table.
    Unknown(String),
}

/// How many values become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reduce {
    #[default]
    Last,
    First,
    Min,
    Max,
    Mean,
    Sum,
}

#[derive(Debug, Clone, PartialEq)]
struct Target {
    expr: String,
    legend: String,
    instant: bool,
}

/// Types that show something other than the answers to queries.
const WITHOUT_QUERIES: [&str; 8] =
    ["row", "text", "news", "dashlist", "alertlist", "annolist", "welcome", "gettingstarted"];

// === impl Panel ===

impl Panel {
    /// `None` for panels that hold no queries, such as texts.
    pub(crate) fn from_file(
        file: grafana::Panel,
        row: Option<&str>,
        variables: &Arc<[Variable]>,
    ) -> Option<Panel> {
        if WITHOUT_QUERIES.contains(&file.kind.as_str()) {
            return None;
        }
        let id = file.id.unwrap_or_default();
        let title = file.title.filter(|title| !title.trim().is_empty());
        let calculation = file.options.and_then(|options| options.reduce_options?.calcs);
        Some(Panel {
            id,
            title: title.unwrap_or_else(|| format!("Panel {id}")),
            description: file.description.unwrap_or_default(),
            bars: draws_bars(file.field_config.as_ref()),
            kind: PanelKind::from_type(&file.kind),
            row: row.map(str::to_owned),
            field: Field::from_file(file.field_config),
            reduce: Reduce::from_calculations(calculation.as_deref().unwrap_or_default()),
            hidden_labels: hidden_labels(file.transformations.unwrap_or_default()),
            targets: file.targets.unwrap_or_default().into_iter().filter_map(target).collect(),
            interval: file.interval.as_deref().and_then(duration),
            variables: Arc::clone(variables),
        })
    }

    /// What to ask for `range`, with all variables filled in.
    pub fn queries(&self, range: &Range) -> Vec<Query> {
        self.queries_with(range, &self.variables)
    }

    /// As [`Panel::queries`], with other values of the variables.
    pub fn queries_with(&self, range: &Range, variables: &[Variable]) -> Vec<Query> {
        let fill = |text: &str| substitute(text, variables, range, self.interval);
        let is_promql = self.kind != PanelKind::Logs;
        self.targets
            .iter()
            .filter(|_| is_promql)
            .map(|target| Query {
                expr: fill(&target.expr),
                legend: fill(&target.legend),
                instant: target.instant,
            })
            .collect()
    }

    /// Whose lines a panel of logs shows, with all variables filled in; none for other kinds.
    ///
    /// # Errors
    /// [`DashboardError::LogQl`] when a target asks what only Loki understands.
    pub fn log_queries(
        &self,
        range: &Range,
        variables: &[Variable],
    ) -> Result<Vec<LogQuery>, DashboardError> {
        let is_logs = self.kind == PanelKind::Logs;
        let logql = self.targets.iter().filter(|_| is_logs);
        let fill = |text: &str| substitute(text, variables, range, self.interval);
        logql.map(|target| LogQuery::parse(&fill(&target.expr))).collect()
    }

    /// The variables that the dashboard has, as its file chooses them.
    pub fn variables(&self) -> &[Variable] {
        &self.variables
    }
}

/// Hidden targets and those of other datasources than Prometheus ask nothing.
fn target(file: grafana::Target) -> Option<Target> {
    let expr = file.expr.filter(|expr| !expr.trim().is_empty())?;
    (file.hide != Some(true)).then(|| Target {
        expr,
        legend: file.legend_format.unwrap_or_default(),
        instant: file.instant == Some(true),
    })
}

fn draws_bars(config: Option<&grafana::FieldConfig>) -> bool {
    let custom = config.and_then(|config| config.defaults.as_ref()?.custom.as_ref());
    custom.and_then(|custom| custom.draw_style.as_deref()) == Some("bars")
}

/// What an `organize` transformation takes out.
fn hidden_labels(transformations: Vec<grafana::Transformation>) -> Vec<String> {
    let organize = transformations.into_iter().filter(|it| it.id == "organize");
    let excluded = organize.filter_map(|it| match it.options?.get_mut("excludeByName")?.take() {
        Value::Object(names) => Some(names),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            None
        }
    });
    excluded.flatten().filter(|(_, out)| *out == Value::Bool(true)).map(|(name, _)| name).collect()
}

// === impl PanelKind ===

impl PanelKind {
    fn from_type(name: &str) -> PanelKind {
        match name {
            "timeseries" | "graph" | "trend" => PanelKind::TimeSeries,
            "stat" | "singlestat" => PanelKind::Stat,
            "gauge" => PanelKind::Gauge,
            "barchart" | "bargauge" | "piechart" | "histogram" => PanelKind::Bars,
            "table" | "table-old" => PanelKind::Table,
            "heatmap" => PanelKind::Heatmap,
            "logs" => PanelKind::Logs,
            other => PanelKind::Unknown(other.to_owned()),
        }
    }
}

// === impl Reduce ===

impl Reduce {
    fn from_calculations(names: &[String]) -> Reduce {
        match names.first().map(String::as_str) {
            Some("first" | "firstNotNull") => Reduce::First,
            Some("min") => Reduce::Min,
            Some("max") => Reduce::Max,
            Some("mean") => Reduce::Mean,
            Some("sum") => Reduce::Sum,
            Some(_) | None => Reduce::Last,
        }
    }

    /// The one value of `values`; `None` when there are none.
    pub fn of(self, mut values: impl DoubleEndedIterator<Item = f64>) -> Option<f64> {
        match self {
            Reduce::Last => values.next_back(),
            Reduce::First => values.next(),
            Reduce::Min => values.reduce(f64::min),
            Reduce::Max => values.reduce(f64::max),
            Reduce::Sum => values.reduce(|sum, value| sum + value),
            Reduce::Mean => {
                let (count, sum) =
                    values.fold((0_u32, 0.0), |(count, sum), value| (count + 1, sum + value));
                (count > 0).then(|| sum / f64::from(count))
            }
        }
    }
}
