//! A transaction that somebody else holds open in the database: a lock, a long read, a batch.
//!
//! It runs in the database's own container over its local socket, under the application name that
//! the lab gives it. It ends by itself when its time is over, and with the container.

use std::time::Duration;

use testbed::SpawnedExec;

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
    let name = format!("PGAPPNAME={application}");
    let opening = opening(statement);
    let hold_text = hold.as_secs_f64().to_string();
    let argv = ["env", &name, "sh", "-c", SCRIPT, "sh", &opening, &hold_text];
    let running = hands.testbed().spawn_exec(service, &argv).await.map_err(|source| {
        FaultError::Exec { fault: "sql", container: service.to_owned(), source }
    })?;
    Ok(Lease {
        kind: "sql",
        detail: format!("{application} in {service} for {}s: {statement}", hold.as_secs_f64()),
        recovery: Recovery::Sql(Transaction { container: service.to_owned(), running }),
    })
}

/// Feeds psql a transaction, leaves it open as a person would who went for coffee, and takes
/// everything back. `psql` reads its database and role from the container's environment.
const SCRIPT: &str =
    r#"(printf '%s\n' "$1"; sleep "$2"; echo 'ROLLBACK;') | psql -X -q -v ON_ERROR_STOP=1"#;

/// The statements that open the transaction.
fn opening(statement: &str) -> String {
    format!("BEGIN;\n{};", statement.trim().trim_end_matches(';'))
}

impl Transaction {
    pub(crate) async fn recover(self) -> Result<String, FaultError> {
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
    fn a_transaction_is_opened_before_the_statement_and_closed_by_the_script() {
        assert_eq!(opening(" LOCK TABLE payments; "), "BEGIN;\nLOCK TABLE payments;");
        assert!(SCRIPT.contains("ROLLBACK;"));
    }
}
