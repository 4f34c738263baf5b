//! How one attempt is sent: over a connection that is kept alive, with the patience of a merchant.

use std::time::Duration;

use anyhow::Context;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::header::{CONTENT_TYPE, HOST};
use hyper::http::request::Builder;
use hyper::{Method, Request, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use serde::Deserialize;

use crate::address::Address;
use crate::stats::{Outcome, Stats};

/// Idle connections that are kept, and for how long. A connection costs some 10 KiB here.
const MAX_IDLE: usize = 256;
const IDLE_TIMEOUT: Duration = Duration::from_secs(10);

/// A request that can be sent more than once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// GET or POST.
    pub method: Method,
    /// From the slash on.
    pub path: String,
    /// Who sends it.
    pub merchant: String,
    /// Tells the service that a repetition is one.
    pub key: Option<String>,
    /// JSON, or nothing.
    pub body: String,
}

/// What an attempt brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// How it ended.
    pub outcome: Outcome,
    /// The number of the thing that was made or shown, if it has one.
    pub paid: Option<String>,
}

/// Sends attempts and counts them.
#[derive(Debug)]
pub struct Sender {
    client: Client<HttpConnector<Address>, Full<Bytes>>,
    /// Scheme and authority of the target.
    origin: String,
    host: String,
    timeout: Duration,
    max_in_flight: u64,
    /// The figures.
    pub stats: Stats,
}

/// What we read of a payment.
#[derive(Deserialize)]
struct Paid {
    id: String,
}

impl Sender {
    /// A sender to `target`, which waits `timeout` for each answer, and for at most
    /// `max_in_flight` answers at one time.
    ///
    /// # Errors
    /// When the target is not plain HTTP.
    pub fn new(
        target: &Uri,
        address: Address,
        timeout: Duration,
        max_in_flight: usize,
    ) -> anyhow::Result<Sender> {
        let authority = target.authority().context("the target names no host")?;
        anyhow::ensure!(
            target.scheme_str() == Some("http"),
            "`{target}` is not plain HTTP, use a target like http://edge:8080"
        );
        let mut connector = HttpConnector::new_with_resolver(address);
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(timeout));
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_max_idle_per_host(MAX_IDLE)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .http1_max_buf_size(16 * 1024)
            .build(connector);
        Ok(Sender {
            client,
            origin: format!("http://{authority}"),
            host: authority.to_string(),
            timeout,
            max_in_flight: u64::try_from(max_in_flight)?,
            stats: Stats::default(),
        })
    }

    /// Sends a message once. Nothing if there is no room for one more.
    pub async fn send(&self, message: &Message) -> Option<Reply> {
        if self.stats.in_flight() >= self.max_in_flight {
            self.stats.not_sent();
            return None;
        }
        self.stats.sent();
        let reply = match tokio::time::timeout(self.timeout, self.exchange(message)).await {
            Ok(Ok(reply)) => reply,
            // Why a connection broke is the service's affair; here it only counts that it did.
            Ok(Err(_)) => Reply { outcome: Outcome::Broken, paid: None },
            Err(_) => Reply { outcome: Outcome::TimedOut, paid: None },
        };
        self.stats.ended(reply.outcome);
        Some(reply)
    }

    async fn exchange(&self, message: &Message) -> anyhow::Result<Reply> {
        let response = self.client.request(self.request(message)?).await?;
        let status = response.status().as_u16();
        // The whole body is read, or the connection could not be used again.
        let body = response.into_body().collect().await?.to_bytes();
        let paid = match status {
            200 | 201 => serde_json::from_slice::<Paid>(&body).ok().map(|paid| paid.id),
            _ => None,
        };
        Ok(Reply { outcome: Outcome::Answered(status), paid })
    }

    fn request(&self, message: &Message) -> anyhow::Result<Request<Full<Bytes>>> {
        let mut request: Builder = Request::builder()
            .method(&message.method)
            .uri(format!("{}{}", self.origin, message.path))
            .header(HOST, &self.host)
            .header("X-Merchant-Id", &message.merchant);
        if let Some(key) = &message.key {
            request = request.header("Idempotency-Key", key);
        }
        if !message.body.is_empty() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        Ok(request.body(Full::from(message.body.clone()))?)
    }
}
