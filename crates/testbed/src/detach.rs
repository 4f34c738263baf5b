//! Takes containers out of their networks, in each network one after another. It ends and removes none.
//!
//! Engines before 23.0 deadlock when one container of a network is leaving it while another one's leaving is
//! being noted: the one takes the network's lock and then the controller's, the other the controller's first
//! (moby/moby#42545). From then on nothing starts or ends on that engine until it is killed. A container that
//! ends leaves its networks, so that ending many at once risks it; one that is in none ends without any of this.

use std::collections::BTreeMap;

use bollard::models::NetworkDisconnectRequest;
use futures::future::join_all;

use crate::Engine;

/// A container's place in a network, both by id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) network: String,
    pub(crate) container: String,
}

/// Returns when all have left. Networks don't wait for each other.
pub(crate) async fn all(engine: &Engine, places: impl Iterator<Item = Place>) {
    let leave = |network: String, containers: Vec<String>| async move {
        for container in containers {
            let request = NetworkDisconnectRequest { container, force: Some(true) };
            // Whatever did not leave, or had left before, is removed all the same: its removal tells what is wrong.
            let _ = engine.docker().disconnect_network(&network, request).await;
        }
    };
    join_all(by_network(places).into_iter().map(|(network, its)| leave(network, its))).await;
}

fn by_network(places: impl Iterator<Item = Place>) -> BTreeMap<String, Vec<String>> {
    let mut networks: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for Place { network, container } in places {
        networks.entry(network).or_default().push(container);
    }
    networks
}
