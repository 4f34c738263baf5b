//! Secrets in their shapes, what only looks like one, and how much of a text one may take.

use super::*;

#[test]
fn a_secret_that_the_word_before_announces_is_taken_out() {
    let is_cleaned = |words: &[&str], expected: &[&str]| {
        let mut value = Value::from(words);
        clean(&mut value);
        assert_eq!(value, Value::from(expected));
    };
    is_cleaned(
        &["curl", "-u", "ada:hunter2", "edge"],
        &["curl", "-u", "ada:[redacted 7 bytes]", "edge"],
    );
    is_cleaned(
        &["x", "--token", "hunter2", "--", "y"],
        &["x", "--token", "[redacted 7 bytes]", "--", "y"],
    );
    is_cleaned(&["sh", "-c", "x --token hunter2"], &["sh", "-c", "x --token [redacted 7 bytes]"]);
    is_cleaned(&["psql", "-c", "select 1"], &["psql", "-c", "select 1"]);
}

#[test]
fn secrets_are_taken_out_and_what_they_are_for_stays() {
    let cases = [
        ("PGPASSWORD=hunter2 psql", "PGPASSWORD=[redacted 7 bytes] psql"),
        ("export API_TOKEN='canary 1'", "export API_TOKEN='[redacted 6 bytes] 1'"),
        (r#"{"client_secret": "canary"}"#, r#"{"client_secret": "[redacted 6 bytes]"}"#),
        ("mysql --password hunter2 -h x", "mysql --password [redacted 7 bytes] -h x"),
        (
            "curl -H 'Authorization: Bearer abc.def' http://x",
            "curl -H 'Authorization: Bearer [redacted 7 bytes]' http://x",
        ),
        (
            "psql postgres://oncall:hunter2@postgres/payments",
            "psql postgres://oncall:[redacted 7 bytes]@postgres/payments",
        ),
        ("alter role x password 'hunter2'", "alter role x password '[redacted 7 bytes]'"),
        (
            "alter role x password 'it''s'; select",
            "alter role x password '[redacted 5 bytes]'; select",
        ),
        ("alter role x password 'hun;ter", "alter role x password '[redacted 3 bytes];ter"),
        ("curl -s -u admin:hunter2 http://x", "curl -s -u admin:[redacted 7 bytes] http://x"),
        (
            "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END",
            "-----BEGIN RSA PRIVATE KEY-----[redacted 6 bytes]-----END",
        ),
        ("key AKIAABCDEFGHIJKLMNOP!", "key [redacted 20 bytes]!"),
        ("eyJhbGciOiJI.eyJzdWIiOiIx.SflKxwRJSM", "[redacted 36 bytes]"),
    ];
    for (told, clean) in cases {
        assert_eq!(text(told), clean);
    }
}

#[test]
fn a_private_key_is_taken_out_in_each_of_its_forms() {
    let line = "MIIEpAIBAAKCAQEA7b0Ul3cC9".repeat(3);
    let begin = "-----BEGIN RSA PRIVATE KEY-----";
    for end in ["\n", "\r\n", "\\n", " ", ""] {
        let encrypted = format!("{end}Proc-Type: 4,ENCRYPTED{end}DEK-Info: AES-128-CBC,6F{end}");
        // The lines of a header are parted by something.
        for before in [end, if end.is_empty() { end } else { &encrypted }] {
            let whole = format!("{begin}{before}{line}{end}{line}{end}c2hvcnQ={end}-----END RSA");
            let cut = format!("{begin}{before}{line}{end}{line}");
            for key in [whole, cut] {
                let told = text(&key);
                assert!(!told.contains("MIIE") && !told.contains("c2hvcnQ"), "{key}: {told}");
            }
        }
    }
}

#[test]
fn nobody_takes_their_own_words_out_by_the_beginning_of_a_secret() {
    let whole = [
        ": \"password '\"; git log -p; : \"'\"",
        "echo \"password '\" | sh #'",
        "echo \"password '\ngit log -p\n'\"",
        "sed 's/^/-----BEGIN PRIVATE KEY-----/' /src/payments/pool.rs",
        "-----BEGIN PRIVATE KEY-----let pool = Pool::new();\n-----BEGIN PRIVATE KEY-----done",
        "-----BEGIN PRIVATE KEY-----\n/var/log/payments/current\ngit log",
    ];
    for words in whole {
        let told = text(words);
        for stays in words.split(['\'', '"', ' ']).filter(|word| word.len() > 2) {
            assert!(told.contains(stays), "{stays}: {told}");
        }
    }
    let told = text(&format!("alter role x password '{}'", "long ".repeat(50))).into_owned();
    assert!(told.contains("'[redacted 128 bytes]") && told.ends_with("long '"), "{told}");
    let long = "QUJD".repeat(5000);
    let told = text(&format!("-----BEGIN PRIVATE KEY-----\n{long}")).into_owned();
    assert!(told.contains("[redacted 8192 bytes]DQUJD"), "{}", &told[..80]);
}

#[test]
fn what_was_taken_out_once_stays_as_it_is() {
    for words in [
        "mysql --password hunter2 -h x",
        "alter role x password 'hunter2'",
        "curl -u ada:hunter2 http://x",
        "authorization: token abc",
        "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END",
    ] {
        let once = text(words).into_owned();
        assert_ne!(once, words);
        assert_eq!(text(&once), once);
    }
}

#[test]
fn what_only_speaks_of_secrets_stays_as_it_is() {
    let innocent = [
        "grep -i token /var/log/x",
        "the password is wrong",
        "http://prometheus:9090/api/v1/query?query=up",
        "select * from pg_roles where rolpassword is null",
        "https://wiki/tokens#rotation",
        "cat ~/.ssh/config --user me",
        "idempotency key 7f3a already used",
        "12:30:01 payments@edge 200",
    ];
    for words in innocent {
        assert_eq!(text(words), words);
    }
}

#[test]
fn every_text_of_an_event_is_cleaned_and_the_rest_stays() {
    let dirty = Kind::LineEnded {
        terminal: "terminal-1".to_owned(),
        line_id: 7,
        line: "PGPASSWORD=canary psql".to_owned(),
        cwd: "/".to_owned(),
        started_s: 1.5,
        duration_s: 0.25,
        exit: Some(2),
        printed_bytes: 9,
        printed: "token=canary".to_owned(),
    };
    let text = serde_json::to_string(&kind(dirty)).unwrap();
    assert!(!text.contains("canary"), "{text}");
    assert!(text.contains(r#""started_s":1.5,"duration_s":0.25,"exit":2"#), "{text}");
}
