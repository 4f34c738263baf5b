//! The calls that change a container's state: acts, with the state before and after.

use bytes::Bytes;
use gate::{Change, Container, Refusal, Scope};
use hyper::Response;
use serde_json::json;
use session::event::{Certainty, Effect, Kind};

use super::body::{self, Body};
use super::{Gate, Upstream};

impl<U: Upstream> Gate<U> {
    /// Changes the state of a container, to the end also when the client goes away meanwhile.
    pub(super) async fn change(
        &self,
        scope: &Scope,
        reference: &str,
        change: &Change,
    ) -> Response<Body> {
        let container = scope.find(reference).cloned();
        let (gate, change, reference) = (self.clone(), change.clone(), reference.to_owned());
        let changing = tokio::spawn(async move {
            let done = match container {
                Ok(container) => gate.changed(&container, &change).await,
                Err(refusal) => {
                    gate.note_change(None, &reference, &change, (None, None), Some(&refusal));
                    Err(refusal)
                }
            };
            match (done, change) {
                (Ok(()), Change::Update(_)) => body::json(&json!({ "Warnings": null })),
                (Ok(()), _) => body::nothing(),
                (Err(refusal), _) => body::refusal(&refusal),
            }
        });
        changing.await.unwrap_or_else(|_| body::refusal(&body::broken()))
    }

    async fn changed(&self, container: &Container, change: &Change) -> Result<(), Refusal> {
        // Before it begins, so that what is seen while a container stops does not come before it.
        let began = self.notes.act_started(change.verb(), &container.name, &change.detail());
        let before = self.state(container).await;
        if let Change::Update(limits) = change
            && limits.memory.is_some()
        {
            self.programs.limited(&container.name);
        }
        let done = self.upstream.change(&container.name, change).await;
        let after = match done {
            Ok(()) => self.state(container).await,
            Err(_) => None,
        };
        let words = |state: Option<(String, String)>| {
            state.map(
                |(state, limits)| {
                    if matches!(change, Change::Update(_)) { limits } else { state }
                },
            )
        };
        let states = (words(before), words(after));
        self.note_change(began, &container.name, change, states, done.as_ref().err());
        done
    }

    fn note_change(
        &self,
        began: Option<u64>,
        container: &str,
        change: &Change,
        (before, after): (Option<String>, Option<String>),
        refusal: Option<&Refusal>,
    ) {
        self.notes.record(
            Effect::Act,
            Kind::Docker {
                verb: change.verb().to_owned(),
                target: container.to_owned(),
                detail: change.detail(),
                before,
                after,
                ok: refusal.is_none(),
                certainty: Certainty::Observed,
                continued: false,
                shown: refusal.map(|refusal| refusal.message.clone()).unwrap_or_default(),
                began,
            },
        );
    }
}

/// For a body of a request that has none.
pub(super) const NO_BODY: Bytes = Bytes::new();
