//! Grafana dashboard files: which panels they have, which queries those ask, and how the answers
//! look in a terminal.
//!
//! The same JSON serves a real Grafana and the terminal. This crate reads it, substitutes its
//! variables, reads what Prometheus answered, and draws. It does not ask Prometheus: there is no
//! network, runtime or clock in here, so time comes in as a [`Range`].
//!
//! # Layout
//! - [`Dashboard::parse`] reads a file; `grafana` holds the file's own shapes.
//! - [`Panel::queries`] gives what to ask, [`Query::read`] turns an answer into [`Series`].
//! - [`text::draw`] draws a panel as text, 40 to 400 columns wide.
//!
//! # What is read of a file
//! The classic schema (version 36 and later, Grafana 9 to 11): rows, collapsed ones too, panels in
//! the order of their grid positions, Prometheus targets, units, decimals, limits, thresholds,
//! value mappings, overrides by name, template variables, annotations of Prometheus and of changes,
//! panels of logs. Everything else is passed over, since a
//! dashboard from a newer Grafana should still show its queries.

mod aligned;
mod annotation;
mod answer;
mod dashboard;
mod error;
mod field;
mod grafana;
mod logs;
mod panel;
mod query;
mod series;
pub mod text;
pub mod unit;
mod variable;

pub use crate::aligned::Aligned;
pub use crate::annotation::{Annotation, AnnotationQuery, AnnotationSource, Moment};
pub use crate::dashboard::Dashboard;
pub use crate::error::DashboardError;
pub use crate::field::{Field, Override, Step, ThresholdMode, Thresholds};
pub use crate::logs::LogQuery;
pub use crate::panel::{Panel, PanelKind, Reduce};
pub use crate::query::{Query, Range};
pub use crate::series::Series;
pub use crate::variable::{ALL, Choices, Variable};
