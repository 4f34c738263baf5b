//! The corpus: command lines of every kind with what the kernel must be asked to run for each. Made
//! from a number, so that the same corpus can be made again.

use std::path::Path;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

/// A line that is typed.
pub(crate) struct Case {
    pub(crate) class: &'static str,
    pub(crate) line: String,
    /// The words of each program, in any order.
    pub(crate) runs: Vec<Vec<String>>,
}

/// One way to run programs: its class, the line, and the programs it runs. `#` stands for the number
/// of the case, `·` for a space within a word, `¶` for a line feed within a word, and `ø` for an
/// empty word.
type Form = (&'static str, &'static str, &'static [&'static str]);

const T: &str = "/bin/true #";

/// Made of what every Debian has. [`CALM`] is run when its tools are there.
const FORMS: &[Form] = &[
    ("plain", "/bin/true #", &[T]),
    ("plain", "true # && /bin/true # || /bin/false", &["/bin/true #"]),
    ("plain", "/bin/false # || /bin/true #", &["/bin/false #", T]),
    ("plain", "! /bin/false # ; command /bin/true # x", &["/bin/false #", "/bin/true # x"]),
    ("plain", "time /bin/true #", &[T]),
    ("quoting", "/bin/true # 'a  b' \"\" c\\ d", &["/bin/true # a··b ø c·d"]),
    ("quoting", "/bin/true # $'a\\nb' zwölf '*'", &["/bin/true # a¶b zwölf *"]),
    ("quoting", "/bin/true # {a,b}{1,2} /etc/passw[d]", &["/bin/true # a1 a2 b1 b2 /etc/passwd"]),
    ("variables", "p=/bin/true; $p # \"$p\"", &["/bin/true # /bin/true"]),
    (
        "pipe",
        "/bin/echo # | /bin/cat | /bin/cat > /dev/null",
        &["/bin/echo #", "/bin/cat", "/bin/cat"],
    ),
    ("pipe", "/bin/echo # |& /bin/cat > /dev/null", &["/bin/echo #", "/bin/cat"]),
    ("subshell", "(/bin/true #; (/bin/true # in))", &[T, "/bin/true # in"]),
    ("subshell", "{ /bin/true #; (:; :; /bin/true # in; :); }", &[T, "/bin/true # in"]),
    ("here-document", "/bin/cat <<'X' > /dev/null\rline #\rX", &["/bin/cat"]),
    ("here-document", "sh <<X\r/bin/true #\r/bin/true # two\rX", &["sh", T, "/bin/true # two"]),
    ("here-document", "/bin/cat <<< # > /dev/null", &["/bin/cat"]),
    ("alias", "by-alias #", &["/bin/true aliased #"]),
    ("alias", "by-alias #; by-alias # x", &["/bin/true aliased #", "/bin/true aliased # x"]),
    ("function", "by_function #", &["/bin/true in-function #"]),
    (
        "function",
        "g() { by_function \"$@\"; /bin/true #; }; g # x",
        &["/bin/true in-function # x", T],
    ),
    ("script", "./script.sh #", &["./script.sh #", "/bin/true in-script #", "/bin/true again #"]),
    ("script", "./bare.sh #", &["./bare.sh #", "/bin/true in-script #", "/bin/true again #"]),
    ("script", "sh script.sh #", &["sh script.sh #", "/bin/true in-script #", "/bin/true again #"]),
    ("script", ". ./bare.sh #", &["/bin/true in-script #", "/bin/true again #"]),
    ("script", "$PWD/link.sh #", &["~/link.sh #", "/bin/true in-script #", "/bin/true again #"]),
    ("trap", "trap - DEBUG; /bin/true #", &[T]),
    ("trap", "trap '' DEBUG; set +h; /bin/true #", &[T]),
    ("trap", "(trap '/bin/true # at-exit' EXIT; /bin/true #)", &[T, "/bin/true # at-exit"]),
    ("trap", "unset PS0 2> /dev/null; /bin/true #", &[T]),
    ("exec", "(exec /bin/true #)", &[T]),
    ("exec", "bash -c 'exec /bin/true #'", &["bash -c exec·/bin/true·#", T]),
    ("exec", "bash --norc -c '/bin/true #; :'", &["bash --norc -c /bin/true·#;·:", T]),
    ("renamed", "(exec -a innocent-# /bin/true x)", &["innocent-# x"]),
    (
        "renamed",
        "bash -c 'exec -a innocent-# /bin/true x'",
        &["bash -c exec·-a·innocent-#·/bin/true·x", "innocent-# x"],
    ),
    (
        "other shell",
        "sh -c '/bin/true #; /bin/true # b'",
        &["sh -c /bin/true·#;·/bin/true·#·b", T, "/bin/true # b"],
    ),
    (
        "other shell",
        "dash -c 'for i in 1 2; do /bin/true # $i; done'",
        &["dash -c for·i·in·1·2;·do·/bin/true·#·$i;·done", "/bin/true # 1", "/bin/true # 2"],
    ),
    ("other shell", "echo '/bin/true #' | sh", &["sh", T]),
    ("encoded", "echo @64 | base64 -d | sh", &["base64 -d", "sh", T]),
    ("encoded", "eval \"$(echo @64 | base64 -d)\"", &["base64 -d", T]),
    ("encoded", "bash -c \"$(echo @64 | base64 -d)\"", &["base64 -d", "bash -c /bin/true·#", T]),
    ("encoded", "$'\\x2fbin/tr\\165e' #", &[T]),
    ("eval", "eval '/bin/true #'", &[T]),
    ("eval", "x='/bin/true #'; $x; eval \"eval $x\"", &[T, T]),
    (
        "xargs",
        "printf '%s\\n' a b | xargs -n1 /bin/true #",
        &["xargs -n1 /bin/true #", "/bin/true # a", "/bin/true # b"],
    ),
    (
        "xargs",
        "echo a b | xargs -P2 -n1 /bin/true #",
        &["xargs -P2 -n1 /bin/true #", "/bin/true # a", "/bin/true # b"],
    ),
    (
        "find",
        "find /etc/passwd -exec /bin/true # {} \\;",
        &["find /etc/passwd -exec /bin/true # {} ;", "/bin/true # /etc/passwd"],
    ),
    (
        "find",
        "find /etc/passwd /etc/group -exec /bin/true # {} +",
        &[
            "find /etc/passwd /etc/group -exec /bin/true # {} +",
            "/bin/true # /etc/passwd /etc/group",
        ],
    ),
    (
        "loop",
        "for i in 1 2 3; do /bin/true # $i; done",
        &["/bin/true # 1", "/bin/true # 2", "/bin/true # 3"],
    ),
    (
        "loop",
        "n=0; while ((n++ < 2)); do /bin/true #; sleep 0.01; done",
        &[T, "sleep 0.01", T, "sleep 0.01"],
    ),
    ("loop", "until /bin/true #; do :; done", &[T]),
    (
        "loop",
        "printf '1\\n2\\n' | while read i; do /bin/true # $i; done",
        &["/bin/true # 1", "/bin/true # 2"],
    ),
    ("background", "/bin/true # & wait", &[T]),
    ("background", "(sleep 0.1; /bin/true #) &", &["sleep 0.1", T]),
    ("background", "{ read -t 0.05 <> <(:); /bin/true #; } &", &[T]),
    ("background", "coproc /bin/true #", &[T]),
    ("background", "/bin/true # & disown; /bin/true # front", &[T, "/bin/true # front"]),
    ("orphan", "(sleep 0.1 && /bin/true # &)", &["sleep 0.1", T]),
    (
        "orphan",
        "sh -c '(sleep 0.1; exec /bin/true #) &'",
        &["sh -c (sleep·0.1;·exec·/bin/true·#)·&", "sleep 0.1", T],
    ),
    ("orphan", "setsid /bin/true #", &["setsid /bin/true #", T]),
    (
        "orphan",
        "setsid sh -c 'sleep 0.1; /bin/true #; :' &",
        &[
            "setsid sh -c sleep·0.1;·/bin/true·#;·:",
            "sh -c sleep·0.1;·/bin/true·#;·:",
            "sleep 0.1",
            T,
        ],
    ),
    ("orphan", "nohup /bin/true # > /dev/null 2>&1 &", &["nohup /bin/true #", T]),
    (
        "orphan",
        "(setsid nohup setsid /bin/true # > /dev/null 2>&1 &)",
        &["setsid nohup setsid /bin/true #", "nohup setsid /bin/true #", "setsid /bin/true #", T],
    ),
    ("wrapped", "env -i /bin/true #", &["env -i /bin/true #", T]),
    (
        "wrapped",
        "env -i PATH=/nowhere:/bin true #",
        &["env -i PATH=/nowhere:/bin true #", "true #"],
    ),
    ("wrapped", "timeout 9 /bin/true #", &["timeout 9 /bin/true #", T]),
    (
        "wrapped",
        "nice env timeout 9 /bin/true #",
        &[
            "nice env timeout 9 /bin/true #",
            "env timeout 9 /bin/true #",
            "timeout 9 /bin/true #",
            T,
        ],
    ),
    ("substitution", ": $(/bin/true #) `/bin/true # b`", &[T, "/bin/true # b"]),
    (
        "substitution",
        "/bin/true $(/bin/echo # $(/bin/echo in))",
        &["/bin/echo in", "/bin/echo # in", "/bin/true # in"],
    ),
    (
        "substitution",
        "/bin/cat <(/bin/echo #) > /dev/null",
        &["/bin/cat /dev/fd/63", "/bin/echo #"],
    ),
    ("substitution", "mapfile -t x < <(/bin/echo #)", &["/bin/echo #"]),
    ("substitution", "/bin/echo # > >(/bin/cat > /dev/null); wait", &["/bin/echo #", "/bin/cat"]),
    ("builtins only", "echo # > /dev/null; cd . && pwd > /dev/null", &[]),
    ("builtins only", "no-such-program-# 2> /dev/null", &[]),
    ("failing", "./not-a-program #", &["./not-a-program #"]),
    ("failing", "env no-such-program #", &["env no-such-program #", "no-such-program #"]),
];

/// Made of what many machines have.
const MORE: &[(&str, Form)] = &[
    (
        "/usr/bin/perl",
        ("perl", "perl -e 'exec \"/bin/true\", \"#\"'", &["perl -e exec·\"/bin/true\",·\"#\"", T]),
    ),
    (
        "/usr/bin/perl",
        (
            "perl",
            "perl -e 'system \"/bin/true\", \"#\"; exec {\"/bin/true\"} \"innocent\", \"#\"'",
            &[
                "perl -e system·\"/bin/true\",·\"#\";·exec·{\"/bin/true\"}·\"innocent\",·\"#\"",
                T,
                "innocent #",
            ],
        ),
    ),
    (
        "/usr/bin/perl",
        (
            "orphan",
            "perl -MPOSIX -e 'fork and exit; setsid(); fork and exit; exec \"/bin/true\", \"#\"'",
            &[
                "perl -MPOSIX -e fork·and·exit;·setsid();·fork·and·exit;·exec·\"/bin/true\",·\"#\"",
                T,
            ],
        ),
    ),
    (
        "/usr/bin/python3",
        (
            "python",
            "/usr/bin/python3 -c 'import os; os.execv(\"/bin/true\", [\"innocent\", \"#\"])'",
            &[
                "/usr/bin/python3 -c import·os;·os.execv(\"/bin/true\",·[\"innocent\",·\"#\"])",
                "innocent #",
            ],
        ),
    ),
    (
        "/usr/bin/python3",
        (
            "python",
            "/usr/bin/python3 -c 'import subprocess; subprocess.run([\"/bin/true\", \"#\"])'",
            &["/usr/bin/python3 -c import·subprocess;·subprocess.run([\"/bin/true\",·\"#\"])", T],
        ),
    ),
];

/// Typed before the corpus.
pub(crate) const SETUP: &[&str] =
    &["alias by-alias='/bin/true aliased'", "by_function() { /bin/true in-function \"$@\"; }"];

/// Puts the scripts of the corpus into the shell's folder.
pub(crate) fn prepare(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let body = "/bin/true in-script \"$1\"\n/bin/true again \"$1\"\n";
    let files = [
        ("script.sh", format!("#!/bin/sh\n{body}"), 0o755),
        ("bare.sh", body.to_owned(), 0o755),
        ("not-a-program", String::new(), 0o644),
    ];
    for (name, text, mode) in files {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    }
    std::os::unix::fs::symlink("script.sh", folder.join("link.sh")).unwrap();
}

/// `count` cases of all forms in turn, every one with words of its own.
pub(crate) fn corpus(count: usize, folder: &Path) -> Vec<Case> {
    let more = MORE.iter().filter(|(tool, _)| Path::new(tool).exists()).map(|(_, form)| form);
    let forms: Vec<&Form> = FORMS.iter().chain(more).collect();
    // In an order in which each form meets others before and after it: a stride without a factor
    // in common with the number of forms visits them all.
    let stride = (forms.len() / 2..).find(|it| coprime(*it, forms.len())).unwrap();
    (0..count).map(|number| case(forms[number * stride % forms.len()], number, folder)).collect()
}

fn coprime(one: usize, other: usize) -> bool {
    if other == 0 { one == 1 } else { coprime(other, one % other) }
}

fn case((class, line, runs): &Form, number: usize, folder: &Path) -> Case {
    let mark = format!("c{number}");
    let hidden = BASE64_STANDARD.encode(format!("/bin/true {mark}"));
    let word = |word: &str| match word {
        "ø" => String::new(),
        word => word
            .replace('#', &mark)
            .replace('·', " ")
            .replace('¶', "\n")
            .replace("~/", &format!("{}/", folder.display())),
    };
    let words = |run: &&str| run.split(' ').map(word).collect();
    let line = line.replace('#', &mark).replace("@64", &hidden);
    Case { class, line, runs: runs.iter().map(words).collect() }
}
