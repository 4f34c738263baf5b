//! The corpus of acts: what is done and what is only looked at, each in many disguises, with the
//! truth known beforehand. Made by rule, so that the same corpus can be made again.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

/// Door, verb and target of an act.
pub type Act = (&'static str, &'static str, &'static str);

/// Words of a shell, without single quotes and `$`, and what they do.
struct Deed {
    text: &'static str,
    /// The programs that it must run; `·` is a space within a word.
    runs: &'static [&'static str],
    acts: &'static [Act],
}

/// A line that is typed, and the truth about it.
pub struct Case {
    pub class: &'static str,
    pub line: String,
    pub runs: Vec<Vec<String>>,
    pub acts: Vec<Act>,
}

const DEEDS: &[Deed] = &[
    Deed {
        text: "edgectl limit m-1042 --rate 900 && edgectl unlimit m-1042",
        runs: &["edgectl limit m-1042 --rate 900", "edgectl unlimit m-1042"],
        acts: &[("control", "limit", "m-1042"), ("control", "unlimit", "m-1042")],
    },
    Deed {
        text: "edgectl drain payments-2 && edgectl undrain payments-2",
        runs: &["edgectl drain payments-2", "edgectl undrain payments-2"],
        acts: &[("control", "drain", "payments-2"), ("control", "undrain", "payments-2")],
    },
    Deed {
        text: "docker update --memory 80m payments-2",
        runs: &["docker update --memory 80m payments-2"],
        acts: &[("docker", "update", "payments-2")],
    },
    Deed {
        text: "docker pause acquirer && docker unpause acquirer",
        runs: &["docker pause acquirer", "docker unpause acquirer"],
        acts: &[("docker", "pause", "acquirer"), ("docker", "unpause", "acquirer")],
    },
    Deed {
        text: "docker exec payments-1 sh -c \"cat /proc/1/comm\"",
        runs: &["docker exec payments-1 sh -c cat·/proc/1/comm"],
        acts: &[("docker", "exec", "payments-1")],
    },
    Deed {
        text: "echo true | docker exec -i payments-2 sh",
        runs: &["docker exec -i payments-2 sh"],
        acts: &[("docker", "exec", "payments-2")],
    },
    Deed {
        text: "docker kill --signal URG prometheus",
        runs: &["docker kill --signal URG prometheus"],
        acts: &[("docker", "kill", "prometheus")],
    },
    Deed {
        text: "psql -qc \"analyze merchants\"",
        runs: &["psql -qc analyze·merchants"],
        acts: &[("sql", "analyze", "merchants")],
    },
    Deed {
        text: "psql -qAtc \"select pg_cancel_backend(0)\"",
        runs: &["psql -qAtc select·pg_cancel_backend(0)"],
        acts: &[("sql", "cancel", "")],
    },
    Deed {
        text: "psql -qAtc \"with a as (select 0 as it) select pg_catalog.PG_Terminate_Backend(it) from a\"",
        runs: &[
            "psql -qAtc with·a·as·(select·0·as·it)·select·pg_catalog.PG_Terminate_Backend(it)·from·a",
        ],
        acts: &[("sql", "terminate", "")],
    },
    Deed {
        text: "echo \"alter system set work_mem = 8192\" | psql -q",
        runs: &["psql -q"],
        acts: &[("sql", "alter-system", "work_mem")],
    },
    Deed {
        text: "echo \"analyze merchants \\\\watch c=2 i=0.1\" | psql -qX",
        runs: &["psql -qX"],
        acts: &[("sql", "analyze", "merchants"), ("sql", "analyze", "merchants")],
    },
    Deed { text: "deployctl history payments", runs: &["deployctl history payments"], acts: &[] },
    Deed { text: "deployctl rollback --help", runs: &["deployctl rollback --help"], acts: &[] },
    Deed { text: "edgectl status", runs: &["edgectl status"], acts: &[] },
    Deed { text: "docker ps -a", runs: &["docker ps -a"], acts: &[] },
    Deed {
        text: "docker inspect edge --format restart",
        runs: &["docker inspect edge --format restart"],
        acts: &[],
    },
    Deed {
        text: "docker logs --tail 3 payments-1",
        runs: &["docker logs --tail 3 payments-1"],
        acts: &[],
    },
    Deed {
        text: "docker exec payments-1 cat /proc/1/comm",
        runs: &["docker exec payments-1 cat /proc/1/comm"],
        acts: &[],
    },
    Deed { text: "docker top payments-2", runs: &["docker top payments-2"], acts: &[] },
    Deed {
        text: "psql -qAtc \"select count(*) as terminate from merchants -- drop table merchants\"",
        runs: &["psql -qAtc select·count(*)·as·terminate·from·merchants·--·drop·table·merchants"],
        acts: &[],
    },
    Deed {
        text: "psql -qAtc \"explain analyze select 1\"",
        runs: &["psql -qAtc explain·analyze·select·1"],
        acts: &[],
    },
    Deed {
        text: "echo docker restart payments-1 deployctl rollback payments",
        runs: &[],
        acts: &[],
    },
    Deed {
        text: "git -C /src/payments log --oneline --grep rollback",
        runs: &["git -C /src/payments log --oneline --grep rollback"],
        acts: &[],
    },
    Deed {
        text: "promtool query instant http://prometheus:9090 up",
        runs: &["promtool query instant http://prometheus:9090 up"],
        acts: &[],
    },
];

/// How a deed is dressed: its class, and the line. `@` stands for its text, `~` for that text in
/// base64; what is typed before the line is through stands before `¶`.
const FORMS: &[(&str, &str)] = &[
    ("plain", "@"),
    ("list", "true && @"),
    ("list", "false || { @; }"),
    ("pipe", "{ @; } | cat"),
    ("pipe", "{ @; } 2>&1 | tail -n 1"),
    ("subshell", "( @ )"),
    ("subshell", "( ( : ; @ ) )"),
    ("substitution", "x=$(@)"),
    ("substitution", "cat <(@)"),
    ("loop", "for i in 1; do @; done"),
    ("loop", "while ! { @; }; do break; done"),
    ("function", "by_way() { @; }; by_way"),
    ("alias", "alias by-way='@'¶by-way"),
    ("eval", "eval '@'"),
    ("here-document", "sh <<'X'¶@¶X¶:"),
    ("here-document", "bash <<< '@'"),
    ("shell", "sh -c '@'"),
    ("shell", "bash --norc -c '@; :'"),
    ("shell", "dash -c '@'"),
    ("pipe to a shell", "echo '@' | sh"),
    ("encoded", "echo ~ | base64 -d | sh"),
    ("encoded", "bash -c \"$(base64 -d <<< ~)\""),
    ("script", "echo '@' > /tmp/act.sh; sh /tmp/act.sh"),
    ("script", "printf '#!/bin/sh\\n@\\n' > $HOME/act; bash $HOME/act"),
    ("script", "echo '@' > /tmp/act.sh; . /tmp/act.sh"),
    ("background", "{ @; } & wait"),
    ("background", "setsid --wait sh -c '@'"),
    ("background", "nohup sh -c '@' 2> /dev/null"),
    ("trap", "trap - DEBUG; @"),
    ("trap", "unset PROMPT_COMMAND PS0; @"),
    ("trap", "(trap '@' EXIT)"),
    ("exec", "(exec sh -c '@')"),
    ("exec", "(exec -a innocent sh -c '@')"),
    (
        "wrapped",
        "env -i PATH=\"$PATH\" TERM=$TERM LESS=$LESS PGHOST=$PGHOST PGUSER=$PGUSER PGDATABASE=$PGDATABASE PGPASSWORD=$PGPASSWORD sh -c '@'",
    ),
    ("wrapped", "timeout 30 sh -c '@'"),
    ("xargs", "echo ~ | xargs -I{} sh -c 'echo {} | base64 -d | sh'"),
    ("find", "find /tmp -maxdepth 0 -exec sh -c '@' ';'"),
    ("perl", "perl -MMIME::Base64 -e 'system decode_base64(q(~))'"),
    ("perl", "perl -MMIME::Base64 -e 'exec q(sh), q(-c), decode_base64(q(~))'"),
    ("awk", "gawk 'BEGIN { system(\"echo ~ | base64 -d | sh\") }'"),
    ("psql's escape", "psql -qX -c '\\! @'"),
    ("editor's escape", "vim -es -c ':!echo ~ | base64 -d | sh' -c ':q!'"),
    ("git's escape", "git -c alias.look='!sh -c \"echo ~ | base64 -d | sh\"' look"),
    (
        "tar's escape",
        "echo '@' > /tmp/act.sh; tar cf /dev/null --checkpoint=1 --checkpoint-action=exec='sh /tmp/act.sh' /etc/hostname",
    ),
    ("terminal in a terminal", "script -qc '@' /dev/null"),
];

/// The first `most` of the corpus, spread over all deeds and forms.
pub fn corpus(most: usize) -> Vec<Case> {
    let all = DEEDS.len() * FORMS.len();
    // A step without a common divisor with either number meets every pair once.
    (0..all).map(|number| number * 389 % all).take(most).map(case).collect()
}

fn case(number: usize) -> Case {
    let (deed, (class, form)) = (&DEEDS[number % DEEDS.len()], FORMS[number / DEEDS.len()]);
    let line = form
        .replace('~', &BASE64_STANDARD.encode(deed.text))
        .replace('@', &in_form(form, deed.text))
        .replace('¶', "\n");
    let words = |run: &&str| run.split(' ').map(|word| word.replace('·', " ")).collect();
    Case { class, line, runs: deed.runs.iter().map(words).collect(), acts: deed.acts.to_vec() }
}

/// The text as it must stand in a form: `printf` reads backslashes and percent signs itself.
fn in_form(form: &str, text: &str) -> String {
    if form.starts_with("printf") {
        text.replace('\\', "\\\\").replace('%', "%%")
    } else {
        text.to_owned()
    }
}

#[test]
fn the_corpus_has_a_thousand_different_lines_and_every_deed_in_every_form() {
    let lines: std::collections::BTreeSet<String> =
        corpus(usize::MAX).into_iter().map(|case| case.line).collect();
    assert_eq!(lines.len(), DEEDS.len() * FORMS.len());
    assert!(lines.len() >= 1000, "{}", lines.len());
}
