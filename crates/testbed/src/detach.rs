//! Takes containers out of their networks, in each network one after another. It ends and removes none.
//!
//! Engines before 23.0 deadlock when one container of a network is leaving it while another one's leaving is
//! being noted: the one takes the network's lock and then the controller's, the other the controller's first
//! (moby/moby#42545). From then on nothing starts or ends on that engine until it is killed. A container that
//! ends leaves its networks, so that ending many at once risks it; one that is in none ends without any of this.

use std::collections::BTreeMap;

use bollard::models::NetworkDisconnectRequest;
use futures::future::join_all;

use crate::{Engine, Refusal};

/// A container's place in a network, both by id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) network: String,
    pub(crate) container: String,
}

/// Returns when all have left, or the engine answers no more. Networks don't wait for each other.
pub(crate) async fn all(engine: &Engine, places: impl Iterator<Item = Place>) {
    let leave = |network: String, containers: Vec<String>| async move {
        let network = network.as_str();
        let one = |container| async move {
            let request = NetworkDisconnectRequest { container, force: Some(true) };
            engine.docker().disconnect_network(network, request).await.map_err(Refusal::from)
        };
        one_after_another(containers, one).await;
    };
    join_all(by_network(places).into_iter().map(|(network, its)| leave(network, its))).await;
}

/// What did not leave, or had left before, is removed all the same, and its removal tells what is wrong. An engine
/// that is silent is asked no more: it would be waited for once for each of them.
async fn one_after_another<F>(containers: Vec<String>, leave: impl Fn(String) -> F)
where
    F: Future<Output = Result<(), Refusal>>,
{
    for container in containers {
        if leave(container).await.is_err_and(|refusal| refusal.is_silence()) {
            return;
        }
    }
}

fn by_network(places: impl Iterator<Item = Place>) -> BTreeMap<String, Vec<String>> {
    let mut networks: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for Place { network, container } in places {
        networks.entry(network).or_default().push(container);
    }
    networks
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[tokio::test]
    async fn a_refusal_stops_nobody_else_and_a_silent_engine_is_asked_once() {
        let asked = Mutex::new(Vec::new());
        let leave = |container: String| {
            let answer = match container.as_str() {
                "gone" => Err(Refusal::NotFound { said: String::new() }),
                "stuck" => Err(Refusal::TimedOut),
                _ => Ok(()),
            };
            asked.lock().unwrap().push(container);
            std::future::ready(answer)
        };
        let containers = ["edge", "gone", "bank", "stuck", "payments"].map(str::to_owned);
        one_after_another(containers.to_vec(), leave).await;
        assert_eq!(*asked.lock().unwrap(), ["edge", "gone", "bank", "stuck"]);
    }
}
