//! The session's network: internal, without an address of the host in it.

use std::collections::HashMap;

use bollard::models::{Ipam, IpamConfig, NetworkCreateRequest};
use bollard::query_parameters::ListNetworksOptions;

use super::address::{self, Subnet};
use crate::{Engine, Owner, Refusal};

/// A subnet that was free when we looked may be taken by the time we ask; so many times we look
/// for the next one.
const TRIES: usize = 32;

/// A network that exists on the engine.
#[derive(Debug, Clone)]
pub(crate) struct Network {
    pub(crate) name: String,
    pub(crate) subnet: Subnet,
}

/// Why there is no network.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NetworkError {
    #[error("all subnets are taken")]
    Exhausted,
    #[error(transparent)]
    Refused(#[from] Refusal),
}

/// Creates the session's network on a subnet that nobody uses.
pub(crate) async fn create(engine: &Engine, owner: &Owner) -> Result<Network, NetworkError> {
    let taken = taken(engine).await?;
    let session = owner.session.as_str();
    for subnet in address::candidates(session, &taken).take(TRIES) {
        let docker = engine.docker().clone();
        let request = request(owner, subnet);
        match engine.create(async move { docker.create_network(request).await }).await {
            Ok(_) => return Ok(Network { name: session.to_owned(), subnet }),
            Err(refusal) if refusal.said().contains("overlaps") => {
                tracing::debug!(%subnet, "subnet was taken in between");
            }
            Err(refusal) => return Err(refusal.into()),
        }
    }
    Err(NetworkError::Exhausted)
}

async fn taken(engine: &Engine) -> Result<Vec<Subnet>, Refusal> {
    let networks = engine.docker().list_networks(None::<ListNetworksOptions>).await?;
    let configs = networks.into_iter().filter_map(|network| network.ipam?.config).flatten();
    Ok(configs.filter_map(|config| Subnet::parse(&config.subnet?)).collect())
}

/// `internal` leaves out the route to the world; `inhibit_ipv4` leaves out the bridge's own
/// address, at which the host would still answer.
fn request(owner: &Owner, subnet: Subnet) -> NetworkCreateRequest {
    let option = ("com.docker.network.bridge.inhibit_ipv4", "true");
    NetworkCreateRequest {
        name: owner.session.clone(),
        driver: Some("bridge".to_owned()),
        internal: Some(true),
        enable_ipv6: Some(false),
        ipam: Some(Ipam {
            config: Some(vec![IpamConfig {
                subnet: Some(subnet.to_string()),
                gateway: Some(subnet.gateway().to_string()),
                ..IpamConfig::default()
            }]),
            ..Ipam::default()
        }),
        options: Some(HashMap::from([(option.0.to_owned(), option.1.to_owned())])),
        labels: Some(owner.labels()),
        ..NetworkCreateRequest::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_network_has_no_way_to_the_host_or_out() {
        let owner = Owner { home: "h-1".to_owned(), session: "s-1".to_owned() };
        let request = request(&owner, Subnet::parse("10.213.0.32/27").unwrap());
        assert_eq!(request.internal, Some(true));
        let options = request.options.unwrap();
        assert_eq!(options["com.docker.network.bridge.inhibit_ipv4"], "true");
        assert_eq!(request.labels.as_ref().unwrap()["checkride.session"], "s-1");
        assert_eq!(request.labels.unwrap()["checkride.home"], "h-1");
        let config = request.ipam.unwrap().config.unwrap().remove(0);
        assert_eq!(config.subnet.as_deref(), Some("10.213.0.32/27"));
        assert_eq!(config.gateway.as_deref(), Some("10.213.0.33"));
    }
}
