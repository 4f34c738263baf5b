//! The payments lab's database by itself, without the rest of the lab: it waits for no disk, and what was committed is
//! there when it was killed.

use std::process::{Command, Output};

use crate::ground::wait_until;
use crate::live::{docker, text};

/// The newest image in a container of its own, removed when it is dropped.
struct Database(String);

impl Database {
    fn start() -> Database {
        let images = docker(&["images", "--format", "{{.ID}}", "checkride/payments-postgres"]);
        let name = format!("t-database-{}", std::process::id());
        let newest = images.lines().next().unwrap();
        docker(&["run", "-d", "--network", "none", "--name", &name, newest]);
        let database = Database(name);
        database.is_up();
        database
    }

    fn is_up(&self) {
        wait_until("the database answers", || self.psql("select 1").status.success().then_some(()));
    }

    /// What the superuser is answered.
    fn asked(&self, sql: &str) -> String {
        text(&self.psql(sql).stdout).trim().to_owned()
    }

    fn psql(&self, sql: &str) -> Output {
        let psql = ["psql", "-qAtX", "-U", "postgres", "-d", "postgres", "-c", sql];
        Command::new("docker").args(["exec", &self.0]).args(psql).output().unwrap()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        docker(&["rm", "-fv", &self.0]);
    }
}

#[test]
fn what_was_committed_is_there_when_it_was_killed() {
    let database = Database::start();
    assert_eq!(database.asked("show fsync"), "on", "as it would be anywhere");
    let preloaded = docker(&["exec", &database.0, "grep", "-c", "libeatmydata", "/proc/1/maps"]);
    assert!(preloaded.trim().parse::<u32>().unwrap() > 0, "it waits for the disk");
    database.asked("create table kept as select 41 + 1 as it");
    docker(&["kill", &database.0]);
    docker(&["start", &database.0]);
    database.is_up();
    assert_eq!(database.asked("select it from kept"), "42");
}
