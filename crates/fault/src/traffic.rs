//! More traffic from one merchant: open-loop arrivals on top of the ordinary ones.

use crate::{FaultError, Hands, Lease, Recovery};

/// A surge that is on, in the process of the service that sends the traffic.
pub(crate) struct Surge {
    container: String,
    merchant: String,
}

pub(crate) async fn inject(
    hands: &impl Hands,
    merchant: &str,
    rate: f64,
    retries: u32,
) -> Result<Lease, FaultError> {
    let container = hands.internet().ok_or(FaultError::NoInternet)?.to_owned();
    let (rate_text, retries_text) = (rate.to_string(), retries.to_string());
    let argv = [
        "internet",
        "surge",
        "--merchant",
        merchant,
        "--rate",
        &rate_text,
        "--retries",
        &retries_text,
    ];
    run(hands, &container, &argv).await?;
    Ok(Lease {
        kind: "traffic",
        detail: format!("{merchant} +{rate}/s, {retries} retries"),
        recovery: Recovery::Traffic(Surge { container, merchant: merchant.to_owned() }),
    })
}

impl Surge {
    /// Ends this merchant's surge alone; another's is another fault.
    pub(crate) async fn recover(&self, hands: &impl Hands) -> Result<String, FaultError> {
        run(hands, &self.container, &["internet", "calm", "--merchant", &self.merchant]).await?;
        Ok("the surge was calmed".to_owned())
    }
}

async fn run(hands: &impl Hands, container: &str, argv: &[&str]) -> Result<(), FaultError> {
    let output = hands.testbed().exec(container, argv, None).await.map_err(|source| {
        FaultError::Exec { fault: "traffic", container: container.to_owned(), source }
    })?;
    if output.code == 0 {
        return Ok(());
    }
    Err(FaultError::Program {
        fault: "traffic",
        container: container.to_owned(),
        code: output.code,
        said: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
    })
}
