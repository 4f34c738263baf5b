//! The bank's numbers.

use std::time::Duration;

use prometheus::process_collector::ProcessCollector;
use prometheus::{Encoder, Histogram, HistogramOpts, IntCounterVec, Opts, Registry, TextEncoder};

use crate::authorize::Answer;

/// The only route that is counted.
const ROUTE: &str = "/v1/authorizations";

/// In seconds, dense around the usual time of an answer. One in twenty takes a second and a moment:
/// without a bucket close above, a quantile of them would be two.
const BUCKETS: &[f64] = &[0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.05, 2.0];

/// Clones share the numbers.
#[derive(Debug, Clone)]
pub(crate) struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    duration: Histogram,
    authorizations: IntCounterVec,
}

impl Metrics {
    pub(crate) fn new() -> Result<Metrics, prometheus::Error> {
        let registry = Registry::new();
        let requests = IntCounterVec::new(
            Opts::new("http_requests_total", "Answers given."),
            &["route", "status"],
        )?;
        let duration = Histogram::with_opts(
            HistogramOpts::new("http_request_duration_seconds", "Time to answer a request.")
                .buckets(BUCKETS.to_vec()),
        )?;
        let authorizations = IntCounterVec::new(
            Opts::new("authorizations_total", "Authorizations by outcome."),
            &["outcome"],
        )?;
        registry.register(Box::new(requests.clone()))?;
        registry.register(Box::new(duration.clone()))?;
        registry.register(Box::new(authorizations.clone()))?;
        registry.register(Box::new(ProcessCollector::for_self()))?;
        Ok(Metrics { registry, requests, duration, authorizations })
    }

    pub(crate) fn answered(&self, answer: &Answer) {
        let outcome = match answer {
            Answer::Approved { .. } => "approved",
            Answer::Declined { .. } => "declined",
        };
        self.authorizations.with_label_values(&[outcome]).inc();
    }

    pub(crate) fn served(&self, status: u16, took: Duration) {
        self.requests.with_label_values(&[ROUTE, &status.to_string()]).inc();
        self.duration.observe(took.as_secs_f64());
    }

    /// All numbers in Prometheus' text format.
    pub(crate) fn encode(&self) -> Result<String, prometheus::Error> {
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut text)?;
        String::from_utf8(text).map_err(|error| prometheus::Error::Msg(error.to_string()))
    }
}
