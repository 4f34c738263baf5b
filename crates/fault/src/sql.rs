//! A transaction that somebody else holds open in the database: a lock, a long read, a batch.
//!
//! It runs in the database's own container over its local socket, under the application name that
//! the lab gives it. It ends by itself when its time is over, and with the container.

use std::time::Duration;

use testbed::SpawnedExec;
use tokio::io::AsyncWriteExt;

use crate::{FaultError, Hands, Lease, Recovery};

/// A transaction that is (or was) open.
pub(crate) struct Transaction {
    container: String,
    running: SpawnedExec,
}

pub(crate) async fn inject(
    hands: &impl Hands,
    service: &str,
    application: &str,
    statement: &str,
    hold: Duration,
) -> Result<Lease, FaultError> {
    let failed = |source| FaultError::Exec { fault: "sql", container: service.to_owned(), source };
    let name = format!("PGAPPNAME={application}");
    let testbed = hands.testbed();
    let spawned = testbed.spawn_exec(service, &PSQL, &[&name]).await;
    let (running, mut input) = spawned.map_err(failed)?;
    let opening = opening(statement);
    tokio::spawn(async move {
        // A psql that is gone has ended its transaction; `recover` says how.
        let _ = input.write_all(opening.as_bytes()).await;
        tokio::time::sleep(hold).await;
        let _ = input.write_all(b"ROLLBACK;\n").await;
        let _ = input.shutdown().await;
    });
    Ok(Lease {
        kind: "sql",
        detail: format!("{application} in {service} for {}s: {statement}", hold.as_secs_f64()),
        recovery: Recovery::Sql(Transaction { container: service.to_owned(), running }),
    })
}

/// A psql that is fed a transaction, which stays open as with a person who went for coffee. It reads
/// its database and role from the container's environment. When nobody holds its input any more, as
/// after a kill of this process, it ends and everything is taken back.
const PSQL: [&str; 5] = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1"];

/// The statements that open the transaction.
fn opening(statement: &str) -> String {
    format!("BEGIN;\n{};\n", statement.trim().trim_end_matches(';'))
}

impl Transaction {
    pub(crate) async fn recover(&self) -> Result<String, FaultError> {
        let failed =
            |source| FaultError::Exec { fault: "sql", container: self.container.clone(), source };
        let ended = self.running.ended().await.map_err(failed)?;
        Ok(match ended {
            Some(0) => "the transaction was over".to_owned(),
            Some(code) => format!("the transaction had ended with {code}"),
            None => "the transaction ends with the database's container".to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transaction_is_opened_before_the_statement() {
        assert_eq!(opening(" LOCK TABLE payments; "), "BEGIN;\nLOCK TABLE payments;\n");
    }
}
