//! Every number that the service publishes, in one place, with its labels and its unit.
//!
//! Each [`Metrics`] owns a registry, so that two services in one process (as in tests) do not
//! count into each other.

use prometheus::{
    Encoder, Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge,
    IntGaugeVec, Opts, Registry, TextEncoder,
};

/// From "answered from memory" to "given up by the merchant", in seconds.
const REQUEST_BUCKETS: &[f64] =
    &[0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0, 1.1, 1.5, 2.0, 3.0, 5.0];

/// Waiting for a connection should take no time at all, so the small end matters, in seconds. Whoever
/// gets none gives up after a second: without a bucket close above, a quantile of them would be two.
const WAIT_BUCKETS: &[f64] =
    &[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 1.0, 1.05, 2.0];

/// The service's metrics. Clones share the numbers.
#[derive(Debug, Clone)]
pub struct Metrics {
    registry: Registry,
    /// Answers given, by route, method and status.
    pub http_requests: IntCounterVec,
    /// Time from the request's head to the answer's head, by route and method.
    pub http_duration: HistogramVec,
    /// Requests that are being worked on now.
    pub http_in_flight: IntGauge,
    /// Requests by merchant, whatever became of them.
    pub merchant_requests: IntCounterVec,
    /// The pool's limit.
    pub pool_size: IntGauge,
    /// Connections that are open, in use or not.
    pub pool_connections: IntGauge,
    /// Connections that somebody holds.
    pub pool_in_use: IntGauge,
    /// Requests that wait for a connection.
    pub pool_waiting: IntGauge,
    /// Time until a connection was had or given up.
    pub pool_wait: Histogram,
    /// Requests that waited in vain.
    pub pool_timeouts: IntCounter,
    /// Time from taking a connection to giving it back, by operation.
    pub db_hold: HistogramVec,
    /// Calls to the bank, by outcome.
    pub acquirer_requests: IntCounterVec,
    /// Time that the bank took.
    pub acquirer_duration: Histogram,
    /// Payments, by what became of them.
    pub payments: IntCounterVec,
}

impl Metrics {
    /// Registers everything once.
    ///
    /// # Errors
    /// When two metrics have the same name, which only a mistake in this file can bring about.
    pub fn new() -> Result<Metrics, prometheus::Error> {
        let registry = Registry::new();
        describe_build(&registry)?;
        let r = &registry;
        Ok(Metrics {
            http_requests: counters(
                r,
                "http_requests_total",
                "Answers given.",
                &["route", "method", "status"],
            )?,
            http_duration: histograms(
                r,
                "http_request_duration_seconds",
                "Time to answer a request.",
                REQUEST_BUCKETS,
                &["route", "method"],
            )?,
            http_in_flight: gauge(r, "http_requests_in_flight", "Requests being worked on.")?,
            merchant_requests: counters(
                r,
                "merchant_requests_total",
                "Requests by merchant.",
                &["merchant"],
            )?,
            pool_size: gauge(r, "db_pool_size", "Connections that the pool may open.")?,
            pool_connections: gauge(r, "db_pool_connections", "Connections that are open.")?,
            pool_in_use: gauge(r, "db_pool_in_use", "Connections that somebody holds.")?,
            pool_waiting: gauge(r, "db_pool_waiting", "Requests waiting for a connection.")?,
            pool_wait: histogram(
                r,
                "db_pool_wait_seconds",
                "Time until a connection was had or given up.",
                WAIT_BUCKETS,
            )?,
            pool_timeouts: counter(
                r,
                "db_pool_timeouts_total",
                "Requests that got no connection.",
            )?,
            db_hold: histograms(
                r,
                "db_hold_seconds",
                "Time for which a connection was held, counted when it is given back.",
                REQUEST_BUCKETS,
                &["operation"],
            )?,
            acquirer_requests: counters(
                r,
                "acquirer_requests_total",
                "Calls to the bank.",
                &["outcome"],
            )?,
            acquirer_duration: histogram(
                r,
                "acquirer_request_duration_seconds",
                "Time that the bank took.",
                REQUEST_BUCKETS,
            )?,
            payments: counters(r, "payments_total", "Payments by outcome.", &["outcome"])?,
            registry,
        })
    }

    /// All numbers in Prometheus' text format.
    ///
    /// # Errors
    /// When the format refuses a name or a label.
    pub fn encode(&self) -> Result<String, prometheus::Error> {
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut text)?;
        String::from_utf8(text).map_err(|error| prometheus::Error::Msg(error.to_string()))
    }
}

fn describe_build(registry: &Registry) -> Result<(), prometheus::Error> {
    let build = IntGaugeVec::new(Opts::new("build_info", "The release that runs."), &["version"])?;
    registry.register(Box::new(build.clone()))?;
    build.with_label_values(&[env!("CARGO_PKG_VERSION")]).set(1);
    describe_process(registry)
}

/// Memory, descriptors, processor time and start time of this process.
fn describe_process(registry: &Registry) -> Result<(), prometheus::Error> {
    let process = prometheus::process_collector::ProcessCollector::for_self();
    registry.register(Box::new(process))
}

fn counter(r: &Registry, name: &str, help: &str) -> Result<IntCounter, prometheus::Error> {
    let counter = IntCounter::new(name, help)?;
    r.register(Box::new(counter.clone()))?;
    Ok(counter)
}

fn counters(
    r: &Registry,
    name: &str,
    help: &str,
    labels: &[&str],
) -> Result<IntCounterVec, prometheus::Error> {
    let counters = IntCounterVec::new(Opts::new(name, help), labels)?;
    r.register(Box::new(counters.clone()))?;
    Ok(counters)
}

fn gauge(r: &Registry, name: &str, help: &str) -> Result<IntGauge, prometheus::Error> {
    let gauge = IntGauge::new(name, help)?;
    r.register(Box::new(gauge.clone()))?;
    Ok(gauge)
}

fn histogram(
    r: &Registry,
    name: &str,
    help: &str,
    buckets: &[f64],
) -> Result<Histogram, prometheus::Error> {
    let opts = HistogramOpts::new(name, help).buckets(buckets.to_vec());
    let histogram = Histogram::with_opts(opts)?;
    r.register(Box::new(histogram.clone()))?;
    Ok(histogram)
}

fn histograms(
    r: &Registry,
    name: &str,
    help: &str,
    buckets: &[f64],
    labels: &[&str],
) -> Result<HistogramVec, prometheus::Error> {
    let opts = HistogramOpts::new(name, help).buckets(buckets.to_vec());
    let histograms = HistogramVec::new(opts, labels)?;
    r.register(Box::new(histograms.clone()))?;
    Ok(histograms)
}
