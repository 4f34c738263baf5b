//! A release that is bad: rolled out like any other, by the control plane.

use crate::{FaultError, Hands, Lease, Recovery};

pub(crate) async fn inject(
    hands: &impl Hands,
    deployment: &str,
    release: &str,
    by: &str,
    note: &str,
) -> Result<Lease, FaultError> {
    let before = hands
        .deploy(deployment, release, by, note)
        .await
        .map_err(|source| FaultError::Refused { fault: "deploy", source })?;
    Ok(Lease {
        kind: "deploy",
        detail: format!("{deployment} {before} -> {release}"),
        recovery: Recovery::WithTheSystem,
    })
}
