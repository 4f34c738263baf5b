//! What the page can ask for, one noun a file. Each says who may, in its first argument.

pub(crate) mod alerts;
pub(crate) mod bearings;
pub(crate) mod changes;
pub(crate) mod channel;
pub(crate) mod clock;
pub(crate) mod dashboards;
pub(crate) mod debrief;
pub(crate) mod entry;
pub(crate) mod explore;
pub(crate) mod grafana;
pub(crate) mod hints;
pub(crate) mod injects;
pub(crate) mod interviewer;
pub(crate) mod lines;
pub(crate) mod logs;
pub(crate) mod marks;
pub(crate) mod notebook;
pub(crate) mod operator;
pub(crate) mod panels;
pub(crate) mod replay;
pub(crate) mod report;
pub(crate) mod rubric;
pub(crate) mod session;
pub(crate) mod terminals;
pub(crate) mod wiki;
