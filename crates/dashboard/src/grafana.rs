//! The shapes of a Grafana dashboard file, as far as they are read here. Not used beyond parsing:
//! `dashboard.rs` turns them into what the rest works with.
//!
//! Unknown keys are passed over on purpose: Grafana and its plugins write hundreds of them, and
//! every release adds some. Keys that Grafana is known to leave out or to write as `null` are
//! optional.

use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct File {
    pub(crate) title: Option<String>,
    pub(crate) uid: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) tags: Option<Vec<String>>,
    pub(crate) panels: Option<Vec<Panel>>,
    pub(crate) templating: Option<Templating>,
    pub(crate) annotations: Option<Annotations>,
    /// The wrapping that Grafana's HTTP API puts around a dashboard.
    pub(crate) dashboard: Option<Box<File>>,
    /// Only in files of the schema that Grafana 12 offers beside the classic one.
    pub(crate) api_version: Option<Value>,
    /// Only in the schema before Grafana 5.
    pub(crate) rows: Option<Value>,
}

#[derive(Deserialize)]
pub(crate) struct Annotations {
    pub(crate) list: Option<Vec<Annotation>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Annotation {
    pub(crate) name: Option<String>,
    pub(crate) enable: Option<bool>,
    /// 1 for the one that Grafana puts into each file.
    pub(crate) built_in: Option<u8>,
    /// An object since Grafana 8; a name before.
    pub(crate) datasource: Option<Value>,
    pub(crate) icon_color: Option<String>,
    pub(crate) expr: Option<String>,
    pub(crate) step: Option<String>,
    pub(crate) title_format: Option<String>,
    pub(crate) text_format: Option<String>,
    /// Its shape depends on the source.
    pub(crate) target: Option<Value>,
}

#[derive(Deserialize)]
pub(crate) struct Templating {
    pub(crate) list: Option<Vec<Variable>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Variable {
    pub(crate) name: String,
    pub(crate) label: Option<String>,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// Text, or an object for queries.
    pub(crate) query: Option<Value>,
    pub(crate) current: Option<Current>,
    pub(crate) all_value: Option<String>,
    pub(crate) multi: Option<bool>,
    pub(crate) include_all: Option<bool>,
}

#[derive(Deserialize)]
pub(crate) struct Current {
    /// Text or, with `multi`, a list of texts.
    pub(crate) value: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Panel {
    pub(crate) id: Option<u64>,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) title: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) grid_pos: Option<GridPos>,
    pub(crate) targets: Option<Vec<Target>>,
    pub(crate) field_config: Option<FieldConfig>,
    pub(crate) options: Option<Options>,
    pub(crate) transformations: Option<Vec<Transformation>>,
    /// The smallest step, such as `1s`.
    pub(crate) interval: Option<String>,
    /// The panels of a collapsed row.
    pub(crate) panels: Option<Vec<Panel>>,
}

#[derive(Deserialize, Clone, Copy)]
pub(crate) struct GridPos {
    #[serde(default)]
    pub(crate) x: f64,
    #[serde(default)]
    pub(crate) y: f64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Target {
    pub(crate) expr: Option<String>,
    pub(crate) legend_format: Option<String>,
    pub(crate) instant: Option<bool>,
    pub(crate) hide: Option<bool>,
}

#[derive(Deserialize)]
pub(crate) struct FieldConfig {
    pub(crate) defaults: Option<Defaults>,
    pub(crate) overrides: Option<Vec<Override>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Defaults {
    pub(crate) unit: Option<String>,
    pub(crate) decimals: Option<f64>,
    pub(crate) min: Option<f64>,
    pub(crate) max: Option<f64>,
    pub(crate) thresholds: Option<Thresholds>,
    pub(crate) mappings: Option<Vec<Mapping>>,
    pub(crate) custom: Option<Custom>,
    pub(crate) no_value: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct Thresholds {
    pub(crate) mode: Option<String>,
    pub(crate) steps: Option<Vec<Step>>,
}

#[derive(Deserialize)]
pub(crate) struct Step {
    pub(crate) color: String,
    /// `null` in the first step: from minus infinity.
    pub(crate) value: Option<f64>,
}

#[derive(Deserialize)]
pub(crate) struct Mapping {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// Its shape depends on the type.
    pub(crate) options: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Custom {
    pub(crate) draw_style: Option<String>,
    pub(crate) thresholds_style: Option<ThresholdsStyle>,
}

#[derive(Deserialize)]
pub(crate) struct ThresholdsStyle {
    pub(crate) mode: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct Override {
    pub(crate) matcher: Matcher,
    pub(crate) properties: Option<Vec<Property>>,
}

#[derive(Deserialize)]
pub(crate) struct Matcher {
    pub(crate) id: String,
    pub(crate) options: Option<Value>,
}

#[derive(Deserialize)]
pub(crate) struct Property {
    pub(crate) id: String,
    pub(crate) value: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Options {
    pub(crate) reduce_options: Option<ReduceOptions>,
}

#[derive(Deserialize)]
pub(crate) struct ReduceOptions {
    pub(crate) calcs: Option<Vec<String>>,
}

#[derive(Deserialize)]
pub(crate) struct Transformation {
    pub(crate) id: String,
    pub(crate) options: Option<Value>,
}
