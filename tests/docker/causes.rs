//! Every cause with every persona, as `checkride rehearse` runs them. With CHECKRIDE_TEST_FULL set,
//! three times each.

use crate::ground::Ground;

fn rehearse(cause: &str, persona: &str) {
    let rounds = if std::env::var_os("CHECKRIDE_TEST_FULL").is_some() { 3 } else { 1 };
    for _ in 0..rounds {
        let ground = Ground::new();
        let args = ["rehearse", "payments", "--cause", cause, "--persona", persona, "--json"];
        let output = ground.run(&args);
        let (stdout, stderr) = (
            String::from_utf8_lossy(&output.stdout).into_owned(),
            String::from_utf8_lossy(&output.stderr).into_owned(),
        );
        assert_eq!(output.status.code(), Some(0), "{stdout}\n{stderr}");
        let summary: serde_json::Value = serde_json::from_str(&stdout).unwrap();
        let session = summary["session"].as_str().unwrap();
        assert!(ground.left_of(session).is_empty(), "something is left on the engine");
        assert!(ground.run(&["verify", session]).status.success(), "the journal is not intact");
        let report = std::fs::read_to_string(summary["report"].as_str().unwrap()).unwrap();
        assert!(report.contains("</html>"), "the report is not whole");
        let paged = summary["timings"]["paged_s"].as_f64().unwrap();
        assert!(paged <= 15.0, "the page took {paged} s");
    }
}

macro_rules! rehearsals {
    ($($name:ident: $cause:literal, $persona:literal;)*) => {
        $(#[test] fn $name() { rehearse($cause, $persona); })*
    };
}

rehearsals! {
    a_leaky_release_looked_into: "leaky-release", "methodical";
    a_leaky_release_jumped_at: "leaky-release", "jumper";
    a_flash_sale_looked_into: "flash-sale", "methodical";
    a_flash_sale_jumped_at: "flash-sale", "jumper";
    a_shrunk_pool_looked_into: "shrunk-pool", "methodical";
    a_shrunk_pool_jumped_at: "shrunk-pool", "jumper";
    an_all_quiet_looked_into: "all-quiet", "methodical";
    an_all_quiet_jumped_at: "all-quiet", "jumper";
}
