//! A setting that is wrong: changed like any other, by the control plane.

use crate::{FaultError, Hands, Lease, Recovery};

pub(crate) async fn inject(
    hands: &impl Hands,
    deployment: &str,
    key: &str,
    value: &str,
    by: &str,
    note: &str,
) -> Result<Lease, FaultError> {
    let before = hands
        .configure(deployment, key, value, by, note)
        .await
        .map_err(|source| FaultError::Refused { fault: "config", source })?;
    Ok(Lease {
        kind: "config",
        detail: format!("{deployment} {key} {before} -> {value}"),
        recovery: Recovery::WithTheSystem,
    })
}
