//! Questions to the lab's own Prometheus, asked from inside its network through the link.
//!
//! These are the orchestrator's questions (probes, the alert, panels that it draws for people);
//! what the person asks goes through their own doors.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use lab::lab::Lab;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use testbed::{HttpAnswer, Link, LinkError};

use crate::boxed;

/// The header that carries the pass.
pub(crate) const PASS_HEADER: &str = "x-scribe-pass";
/// The variable of the container that holds the pass's hash.
const PASS_HASH: &str = "SCRIBE_PASS";

/// A Prometheus, by the name under which the workstation reaches it.
#[derive(Clone)]
pub struct Prometheus {
    link: Link,
    host: String,
    port: u16,
    pass: Pass,
}

/// What shows a question to be the orchestrator's own to the scribe in front of Prometheus, which
/// writes down all others. The container is told the pass's hash alone, so that nobody who sees
/// into it can ask unseen.
#[derive(Clone)]
pub struct Pass(Arc<str>);

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
pub enum PrometheusError {
    #[error("`{0}` is not host:port")]
    Address(String),
    #[error("prometheus is out of reach")]
    Link(#[from] LinkError),
    #[error("prometheus refused `{expression}`: {said}")]
    Refused { expression: String, said: String },
    #[error("prometheus gave an answer that cannot be read")]
    Answer(#[from] serde_json::Error),
}

/// An alert that is pending or firing.
#[derive(Debug, Clone, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct Alert {
    pub labels: BTreeMap<String, String>,
    #[serde(default)]
    pub annotations: BTreeMap<String, String>,
    /// `pending` or `firing`.
    pub state: String,
    /// RFC 3339.
    pub active_at: String,
}

#[derive(Deserialize)]
struct Envelope<T> {
    data: Option<T>,
    error: Option<String>,
}

#[derive(Deserialize)]
struct Vector {
    result: serde_json::Value,
    #[serde(rename = "resultType")]
    kind: String,
}

#[derive(Deserialize)]
struct Alerts {
    alerts: Vec<Alert>,
}

#[derive(Deserialize)]
struct Rules {
    groups: Vec<RuleGroup>,
}

#[derive(Deserialize)]
struct RuleGroup {
    rules: Vec<Rule>,
}

#[derive(Deserialize)]
struct Rule {
    name: String,
    query: String,
}

// === impl Prometheus ===

impl Prometheus {
    /// A client for `host:port`.
    ///
    /// # Errors
    /// When `address` is not of that form.
    pub fn new(link: Link, address: &str, pass: Pass) -> Result<Prometheus, PrometheusError> {
        let bad = || PrometheusError::Address(address.to_owned());
        let (host, port) = address.rsplit_once(':').ok_or_else(bad)?;
        let port = port.parse().map_err(|_| bad())?;
        Ok(Prometheus { link, host: host.to_owned(), port, pass })
    }

    /// The single number that `promql` gives now; `None` when it gives no series.
    /// Of several series the first counts.
    ///
    /// # Errors
    /// When Prometheus does not answer or refuses the expression.
    #[boxed]
    pub async fn number(&self, promql: &str) -> Result<Option<f64>, PrometheusError> {
        let path = format!("/api/v1/query?query={}", encode(promql));
        let answer = self.get(&path).await?;
        let vector: Vector = unwrap(promql, &answer)?;
        Ok(first_number(&vector))
    }

    /// The raw answer to a range query, for a panel.
    ///
    /// # Errors
    /// When Prometheus is out of reach; a refused expression is in the answer itself.
    #[boxed]
    pub async fn range(
        &self,
        promql: &str,
        from: f64,
        to: f64,
        step: Duration,
    ) -> Result<Vec<u8>, PrometheusError> {
        let path = format!(
            "/api/v1/query_range?query={}&start={from:.3}&end={to:.3}&step={}",
            encode(promql),
            step.as_secs_f64(),
        );
        Ok(self.get(&path).await?.body.to_vec())
    }

    /// The raw answer to an instant query, for a panel.
    ///
    /// # Errors
    /// When Prometheus is out of reach; a refused expression is in the answer itself.
    #[boxed]
    pub async fn instant(&self, promql: &str) -> Result<Vec<u8>, PrometheusError> {
        let path = format!("/api/v1/query?query={}", encode(promql));
        Ok(self.get(&path).await?.body.to_vec())
    }

    /// The raw answer to any GET of its HTTP API, by path and query.
    ///
    /// # Errors
    /// When Prometheus is out of reach; what it refuses is in the answer itself.
    #[boxed]
    pub async fn raw(&self, path_and_query: &str) -> Result<HttpAnswer, LinkError> {
        self.get(path_and_query).await
    }

    /// The alert of this name when it is firing.
    ///
    /// # Errors
    /// When Prometheus does not answer.
    #[boxed]
    pub async fn firing(&self, name: &str) -> Result<Option<Alert>, PrometheusError> {
        let answer = self.get("/api/v1/alerts").await?;
        let alerts: Alerts = unwrap(name, &answer)?;
        Ok(alerts.alerts.into_iter().find(|alert| {
            alert.state == "firing" && alert.labels.get("alertname").is_some_and(|it| it == name)
        }))
    }

    /// The expression of an alert or recording rule.
    ///
    /// # Errors
    /// When Prometheus does not answer.
    #[boxed]
    pub async fn rule(&self, name: &str) -> Result<Option<String>, PrometheusError> {
        let answer = self.get("/api/v1/rules").await?;
        let rules: Rules = unwrap(name, &answer)?;
        let mut all = rules.groups.into_iter().flat_map(|group| group.rules);
        Ok(all.find(|rule| rule.name == name).map(|rule| rule.query))
    }
}

impl Prometheus {
    async fn get(&self, path: &str) -> Result<HttpAnswer, LinkError> {
        let pass = Some((PASS_HEADER, &*self.pass.0));
        self.link.http_get_with(&self.host, self.port, path, pass).await
    }
}

// === impl Pass ===

impl Default for Pass {
    fn default() -> Pass {
        Pass(format!("{:032x}", rand::random::<u128>()).into())
    }
}

impl Pass {
    /// As it stands in the header.
    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    /// The lab, with its Prometheus knowing this pass.
    pub fn known_in(&self, lab: &Lab) -> Lab {
        let mut lab = lab.clone();
        let hash = hex::encode(Sha256::digest(self.0.as_bytes()));
        let prometheus = lab.system.prometheus_service().to_owned();
        if let Some(service) = lab.system.compose.services.get_mut(&prometheus) {
            service.environment.insert(PASS_HASH.to_owned(), hash);
        }
        lab
    }
}

fn unwrap<T: for<'de> Deserialize<'de>>(
    expression: &str,
    answer: &HttpAnswer,
) -> Result<T, PrometheusError> {
    let refused =
        |said: String| PrometheusError::Refused { expression: expression.to_owned(), said };
    let envelope: Envelope<T> = match serde_json::from_slice(&answer.body) {
        Ok(envelope) => envelope,
        Err(_) if answer.status != 200 => return Err(refused(format!("status {}", answer.status))),
        Err(error) => return Err(error.into()),
    };
    match envelope {
        Envelope { data: Some(data), error: None } => Ok(data),
        Envelope { error, .. } => {
            Err(refused(error.unwrap_or_else(|| format!("status {}", answer.status))))
        }
    }
}

/// Prometheus writes numbers as strings, NaN and Inf among them; those count as no value.
fn first_number(vector: &Vector) -> Option<f64> {
    let sample = match vector.kind.as_str() {
        "scalar" => &vector.result,
        _ => vector.result.get(0)?.get("value")?,
    };
    let number: f64 = sample.get(1)?.as_str()?.parse().ok()?;
    number.is_finite().then_some(number)
}

/// Percent-encodes everything but unreserved characters.
fn encode(text: &str) -> String {
    use std::fmt::Write;
    text.bytes().fold(String::with_capacity(text.len() * 2), |mut out, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                out.push(char::from(byte));
            }
            // Writing to a String cannot fail.
            _ => drop(write!(out, "%{byte:02X}")),
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number_in(json: &str) -> Option<f64> {
        first_number(&serde_json::from_str(json).unwrap())
    }

    #[test]
    fn a_vector_and_a_scalar_give_their_number_and_nan_gives_none() {
        let vector = |value: &str| {
            format!(
                r#"{{"resultType":"vector","result":[{{"metric":{{}},"value":[1,"{value}"]}}]}}"#
            )
        };
        assert_eq!(number_in(&vector("0.25")), Some(0.25));
        assert_eq!(number_in(&vector("NaN")), None);
        assert_eq!(number_in(r#"{"resultType":"scalar","result":[1,"7"]}"#), Some(7.0));
        assert_eq!(number_in(r#"{"resultType":"vector","result":[]}"#), None);
    }

    #[test]
    fn an_expression_is_encoded_for_a_url() {
        assert_eq!(encode("a{b=\"c\"}[5s]"), "a%7Bb%3D%22c%22%7D%5B5s%5D");
    }
}
