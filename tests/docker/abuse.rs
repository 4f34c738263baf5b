//! Somebody who abuses the workstation, through the session's real terminal: each abuse stays in
//! its lab, the session goes on and is recorded, and a lab beside it stays usable. Prints its table
//! (`--nocapture` shows it); docs/trust/isolation.md holds one.
//!
//! With CHECKRIDE_TEST_FULL set each lasts five times as long.

use std::time::{Duration, Instant};

use crate::ground::Ground;
use crate::live::{Live, docker, text};

/// A neighbour whose prompt comes back within this, in the middle, can work.
const USABLE: Duration = Duration::from_millis(1500);
/// How often an abuse is committed at most while a neighbour cannot work beside it.
const TRIES: u32 = 3;

struct Abuse {
    name: &'static str,
    /// What is typed; `TIME` stands for how long it goes on.
    line: &'static str,
    /// What must stand in what the terminal shows in the end.
    shows: &'static str,
    /// What holds while it goes on; the answer is what is wrong.
    contained: fn(&Live<'_>) -> Option<String>,
}

const ABUSES: &[Abuse] = &[
    Abuse {
        name: "fork bomb",
        // `read` and `kill` are builtins: nothing else can be started while it goes on.
        line: "(b() { b | b & b; }; b) >/dev/null 2>&1 & read -t TIME; builtin kill -9 -1; wait",
        shows: "",
        contained: |live| {
            let processes = top(live).lines().count();
            (processes > 258).then(|| format!("{processes} processes"))
        },
    },
    Abuse {
        name: "disk fill",
        line: "for d in /tmp /home/oncall /dev/shm /run /run/oncall /var/tmp / /dev; do \
               head -c 300M /dev/zero > $d/fill; done 2>&1 | sort | uniq -c | tail -n 20; \
               read -t TIME; rm -f /tmp/fill /home/oncall/fill /dev/shm/fill",
        shows: "No space left on device",
        contained: |live| {
            // Only what is in memory and has a size can be filled.
            let full =
                text(&live.exec("workstation", None, "df -m --output=used / | tail -1").stdout);
            let used: u64 = full.trim().parse().unwrap_or(0);
            let sizes = docker(&["ps", "-s", "--format", "{{.Size}}", "--filter", &label(live)]);
            let grown = sizes.lines().find(|size| size.contains("MB (") && !size.starts_with('0'));
            grown.map(|size| format!("a root file system has grown: {size}, {used} MB used"))
        },
    },
    Abuse {
        name: "log flood",
        line: "end=$((EPOCHSECONDS+TIME)); printf -v long %02000d 1; \
               (while ((EPOCHSECONDS<end)); do exec 3<>/dev/tcp/edge/8080 && \
               printf \"GET /$long HTTP/1.0\\r\\n\\r\\n\" >&3 && cat <&3 >/dev/null; done & \
               while ((EPOCHSECONDS<end)); do printf 'select 1;\\n%.0s' {1..500}; done | \
               psql -qAt >/dev/null; wait) 2>/dev/null",
        shows: "",
        contained: |live| log_over(live, 21 << 20),
    },
    Abuse {
        name: "processor burn",
        line: "for i in 1 2 3 4 5 6 7 8; do timeout TIME bash -c 'while :; do :; done' & done; wait",
        shows: "",
        contained: |live| {
            let name = format!("{}-workstation", live.session);
            let used = docker(&["stats", "--no-stream", "--format", "{{.CPUPerc}}", &name]);
            let percent: f64 = used.trim().trim_end_matches('%').parse().unwrap_or(0.0);
            // Its limit is one core; the figure is an average over a second.
            (percent > 130.0).then(|| format!("{percent} % of a core"))
        },
    },
    Abuse {
        name: "endless output",
        line: "timeout TIME yes \"$(printf %0200d 1)\"",
        shows: "",
        contained: |_| None,
    },
    Abuse {
        name: "a thousand connections",
        line: "(for i in {1..1000}; do exec {f}<>/dev/tcp/edge/8080 || break; done; \
               echo \"opened $i\"; read -t TIME); \
               perl -MIO::Socket::UNIX -e 'for (1..1000) { push @s, IO::Socket::UNIX->new(\
               Peer => \"/run/oncall/calls.sock\", Timeout => 1) } sleep 2' 2>/dev/null",
        shows: "opened 1000",
        contained: |_| None,
    },
];

#[test]
fn whoever_uses_the_machine_up_harms_nobody() {
    let (ground, next_door) = (Ground::alone(), Ground::beside());
    let (mut live, mut neighbour) = std::thread::scope(|scope| {
        let neighbour = scope.spawn(|| Live::start(&next_door, "shrunk-pool"));
        (Live::start(&ground, "leaky-release"), neighbour.join().unwrap())
    });
    let (table, wrong) = walk(&mut live, &mut neighbour);
    println!("== abuse\n{table}");
    live.ends_in_order();
    neighbour.ends_in_order();
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// Commits each abuse in `live` and works in `neighbour` meanwhile; gives the table, and what is
/// wrong.
fn walk(live: &mut Live<'_>, neighbour: &mut Live<'_>) -> (String, Vec<String>) {
    let full = std::env::var_os("CHECKRIDE_TEST_FULL").is_some();
    let seconds = if full { 20 } else { 4 };
    let mut wrong = Vec::new();
    let calm = work(neighbour, Duration::from_secs(2));
    let mut table = format!("{:<24} {}\n", "neighbour, before", figures(&calm));
    for abuse @ Abuse { name, shows, contained, .. } in ABUSES {
        let (mut mark, mut worked) = (String::new(), Vec::new());
        // Browsers and their systems start beside this test: what an abuse does, it does each time.
        for _ in 0..TRIES {
            mark = live.type_ahead(&abuse.line.replace("TIME", &seconds.to_string()));
            worked = work(neighbour, Duration::from_secs(seconds - 1));
            let spread = contained(live);
            let shown = live.through(&mark);
            wrong.extend(spread.map(|it| format!("{name}: {it}")));
            if !shown.contains(shows) {
                wrong.push(format!("{name}: the terminal shows no `{shows}` but {shown}"));
            }
            if middle(&worked) <= USABLE {
                break;
            }
        }
        table.push_str(&format!("{name:<24} {}\n", figures(&worked)));
        if middle(&worked) > USABLE {
            wrong.push(format!("{name}: the neighbour had {}", figures(&worked)));
        }
        if !live.is_on() {
            wrong.push(format!("{name}: the session has ended"));
            break;
        }
        if !is_recorded(live, &mark) && !is_told_as_truncated(live) {
            wrong.push(format!("{name}: what the terminal showed is not in the recording"));
        }
    }
    // The person goes on as if nothing had been.
    let (printed, _) = live.type_line("oncall page");
    if !printed.contains("payments") {
        wrong.push(format!("after all of it, `oncall page` prints {printed}"));
    }
    let mark = live.type_ahead("true");
    live.through(&mark);
    if !is_recorded(live, &mark) {
        wrong.push("after all of it, the recording does not go on".to_owned());
    }
    (table, wrong)
}

/// Command lines of an ordinary kind, one after the other.
fn work(live: &mut Live<'_>, time: Duration) -> Vec<Duration> {
    let begun = Instant::now();
    let mut took = Vec::new();
    while begun.elapsed() < time || took.is_empty() {
        took.push(live.type_line("ls / >/dev/null").1);
    }
    took.sort();
    took
}

fn middle(sorted: &[Duration]) -> Duration {
    sorted[sorted.len() / 2]
}

fn figures(sorted: &[Duration]) -> String {
    let ms = |it: Duration| it.as_millis();
    format!(
        "a command line takes {:>4} ms in the middle, {:>5} ms at most ({} lines)",
        ms(middle(sorted)),
        ms(sorted[sorted.len() - 1]),
        sorted.len()
    )
}

fn top(live: &Live<'_>) -> String {
    docker(&["top", &format!("{}-workstation", live.session), "-o", "pid"])
}

fn label(live: &Live<'_>) -> String {
    format!("label=checkride.session={}", live.session)
}

/// A container whose log on the engine's disk is larger than so many bytes. Only where that disk is
/// this machine's and may be read.
fn log_over(live: &Live<'_>, limit: u64) -> Option<String> {
    live.containers().into_iter().find_map(|(name, it)| {
        let path = std::path::PathBuf::from(it["LogPath"].as_str()?);
        let folder = std::fs::read_dir(path.parent()?).ok()?.flatten();
        let logs = folder.filter(|it| it.file_name().to_string_lossy().contains("json.log"));
        let bytes: u64 = logs.filter_map(|it| Some(it.metadata().ok()?.len())).sum();
        (bytes > limit).then(|| format!("the log of {name} has {bytes} bytes"))
    })
}

/// A flood is recorded up to a bound; where it reaches that, the journal says so. Seconds of a flood do not, a
/// third of a minute does.
fn is_told_as_truncated(live: &Live<'_>) -> bool {
    let full = std::env::var_os("CHECKRIDE_TEST_FULL").is_some();
    full && live.ground.journal(&live.session).contains(r#""kind":"truncated""#)
}

fn is_recorded(live: &Live<'_>, mark: &str) -> bool {
    let folder = live.ground.home.path().join("sessions").join(&live.session);
    let casts = std::fs::read_dir(folder).unwrap().flatten();
    let mut casts = casts.filter(|it| it.path().extension().is_some_and(|it| it == "cast"));
    casts.any(|cast| {
        let bytes = std::fs::read(cast.path()).unwrap();
        text(&bytes).contains(mark)
    })
}
