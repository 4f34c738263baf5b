//! Whether a program only reads, judged by its words. It errs towards an act: a look that is taken for
//! an act is seen as such by whoever reads the report, an act that is taken for a look is not.
//!
//! Reading alone can change something: whoever reads `/proc/1/fd/2` takes the log of a service away
//! from whoever it was for. And some files have no end, such as `/dev/zero`. So what leads below
//! `/proc` or `/dev` makes a look an act, but for what people do read there.

/// Programs that change nothing whatever their arguments are, as long as no shell runs them and what
/// they open is a plain file.
const READERS: [&str; 25] = [
    "cat",
    "date",
    "df",
    "du",
    "free",
    "getent",
    "grep",
    "head",
    "hostname",
    "id",
    "ls",
    "md5sum",
    "nproc",
    "pg_isready",
    "printenv",
    "ps",
    "pwd",
    "readlink",
    "sha256sum",
    "stat",
    "tail",
    "uname",
    "uptime",
    "wc",
    "whoami",
];

/// Files below `/proc` that tell of the machine.
const OF_THE_MACHINE: [&str; 12] = [
    "cmdline",
    "cpuinfo",
    "diskstats",
    "filesystems",
    "loadavg",
    "meminfo",
    "mounts",
    "stat",
    "swaps",
    "uptime",
    "version",
    "vmstat",
];

/// Files below `/proc/<pid>` that tell of a process: text, made when it is asked for.
const OF_A_PROCESS: [&str; 19] = [
    "cgroup",
    "cmdline",
    "comm",
    "environ",
    "io",
    "limits",
    "maps",
    "mountinfo",
    "mounts",
    "oom_score",
    "oom_score_adj",
    "sched",
    "schedstat",
    "smaps",
    "smaps_rollup",
    "stat",
    "statm",
    "status",
    "wchan",
];

/// Whether a program surely changes nothing. A shell, an interpreter or `psql` may do anything.
pub(crate) fn only_reads(argv: &[String]) -> bool {
    let Some((program, args)) = argv.split_first() else { return false };
    let name = ["/bin/", "/usr/bin/"]
        .iter()
        .find_map(|folder| program.strip_prefix(folder))
        .unwrap_or(program);
    let any = |is: fn(&str) -> bool| args.iter().any(|word| is(word));
    match name {
        // Alone it prints the environment; with arguments it runs a program.
        "env" => args.is_empty(),
        // They ask for names, sizes and where a link leads, and open no file.
        "ls" | "stat" | "readlink" | "df" => true,
        // They may be told by a file, or from their input, what else to open.
        "wc" | "du" if any(|word| word.starts_with("--f")) => false,
        "md5sum" | "sha256sum" if any(checks) => false,
        "grep" if any(walks) && !walk_is_bounded(args) => false,
        name => READERS.contains(&name) && args.iter().all(|word| is_plain(word)),
    }
}

/// Whether a word of `md5sum` makes it open the files that another one names.
fn checks(word: &str) -> bool {
    word.starts_with("--c") || is_short(word) && word.contains('c')
}

fn is_short(word: &str) -> bool {
    word.starts_with('-') && !word.starts_with("--")
}

/// Whether a word of `grep` makes it walk through folders.
fn walks(word: &str) -> bool {
    ["--rec", "--de", "--di"].iter().any(|long| word.starts_with(long))
        || is_short(word) && word.contains(['r', 'R', 'd'])
}

/// Whether a `grep` that walks stays where it is sent: a pattern and absolute paths, with options that
/// take no word of their own.
fn walk_is_bounded(args: &[String]) -> bool {
    const LETTERS: &str = "EFGHILPRabchilnoqrsvwx";
    const LONG: [&str; 4] = ["--color", "--exclude-dir=", "--exclude=", "--include="];
    let (options, words): (Vec<&String>, Vec<&String>) =
        args.iter().partition(|word| word.starts_with('-'));
    let is_known = |option: &&String| {
        LONG.iter().any(|long| option.starts_with(long))
            || is_short(option) && option.chars().skip(1).all(|letter| LETTERS.contains(letter))
    };
    let is_walkable =
        |path: &&String| path.starts_with('/') && !matches!(parts(path)[..], [] | ["proc" | "dev"]);
    let paths = words.get(1..).unwrap_or_default();
    !paths.is_empty() && paths.iter().all(is_walkable) && options.iter().all(is_known)
}

/// Whether a word leads to nothing that reading changes, and to nothing without an end. Where a
/// container's folder is, is not known here: a relative path may start at the root.
fn is_plain(word: &str) -> bool {
    if word.starts_with('-') {
        // A path may stand behind a letter or a `=`.
        return !["proc/", "dev/", ".."].iter().any(|way| word.contains(way));
    }
    let parts = parts(word);
    // Where `..` leads is the kernel's to say: what stands before it may be a link.
    !parts.contains(&"..")
        && match &parts[..] {
            ["dev", below @ ..] => matches!(below, [] | ["null"]),
            ["proc", below @ ..] => below.is_empty() || is_read_by_people(below),
            _ => true,
        }
}

/// A path's segments, without those that lead nowhere.
fn parts(path: &str) -> Vec<&str> {
    path.split('/').filter(|part| !matches!(*part, "" | ".")).collect()
}

fn is_read_by_people(below_proc: &[&str]) -> bool {
    let is_process =
        |name: &str| name == "self" || !name.is_empty() && name.bytes().all(|b| b.is_ascii_digit());
    match below_proc {
        ["sys", ..] | ["net" | "pressure", _] => true,
        [file] => OF_THE_MACHINE.contains(file),
        [process, file] => is_process(process) && OF_A_PROCESS.contains(file),
        [process, "net", _] => is_process(process),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads(line: &str) -> bool {
        only_reads(&line.split(' ').map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn a_program_that_can_only_read_is_a_look() {
        for line in [
            "cat /etc/haproxy/haproxy.cfg",
            "/bin/ls -l",
            "ps aux",
            "env",
            "whoami",
            "tail -f /x",
            "grep -n maxconn /etc/haproxy/haproxy.cfg",
            "grep -H x /etc/hosts /dev/null",
            "grep -rni --include=*.conf shared_buffers /etc /var/lib/postgresql",
            "grep -r . /proc/sys/net",
            "du -sh /",
            "wc -l /etc/passwd",
            "md5sum /usr/local/bin/payments",
            "cat ./conf/..data",
        ] {
            assert!(reads(line), "{line}");
        }
    }

    #[test]
    fn whatever_may_change_something_is_an_act() {
        for line in [
            "sh",
            "bash -c ls",
            "env sh",
            "psql -c select",
            "kill 1",
            "find / -delete",
            "top",
            "/tmp/cat x",
            "./ls",
            "sort -o x y",
            "date;reboot",
            "CAT x",
            "",
        ] {
            assert!(!reads(line), "{line}");
        }
    }

    #[test]
    fn who_reads_what_is_meant_for_another_or_has_no_end_acts() {
        for line in [
            "cat /proc/1/fd/2",
            "cat //proc/./1//fd/2",
            "cat /etc/../proc/1/fd/2",
            "cat /var/run/../proc/1/fd/2",
            "cat proc/1/fd/2",
            "cat ../proc/1/fd/2",
            "cat ../fd/2",
            "tail -f /proc/1/fd/1",
            "tail -F /proc/self/root/proc/1/fd/1",
            "head -c 1 /proc/1/task/1/fd/2",
            "head /proc/1/mem",
            "cat /proc/1/cwd/x",
            "cat /proc/1/root/etc/passwd",
            "md5sum /proc/1/map_files/x",
            "wc /proc/1/pagemap",
            "cat /proc/kmsg",
            "md5sum /dev/zero",
            "wc -c dev/urandom",
            "cat /dev/fd/3",
            "grep x -f/proc/1/fd/2",
            "grep --file=/proc/1/fd/2 x",
            "grep -fproc/1/fd/2 x",
            "date --file=/x/../proc/1/fd/2",
        ] {
            assert!(!reads(line), "{line}");
        }
    }

    #[test]
    fn what_people_read_of_a_process_and_the_machine_stays_a_look() {
        for line in [
            "cat /proc/1/comm",
            "cat /proc/1/status /proc/1/limits",
            "cat /proc/self/cgroup",
            "grep VmRSS /proc/17/smaps_rollup",
            "cat /proc/meminfo /proc/loadavg /proc/cpuinfo",
            "cat /proc/net/tcp /proc/1/net/sockstat",
            "cat /proc/pressure/memory",
            "cat /proc/sys/net/core/somaxconn",
            "ls -l /proc/1/fd",
            "readlink /proc/1/exe",
            "stat /dev/null",
        ] {
            assert!(reads(line), "{line}");
        }
    }

    #[test]
    fn who_is_told_elsewhere_what_to_open_acts() {
        for line in [
            "wc --files0-from=-",
            "du --f=-",
            "md5sum -c -",
            "sha256sum -wc",
            "md5sum --check /tmp/sums",
            "grep -r x /",
            "grep -R x /proc",
            "grep -r x",
            "grep -r x .",
            "grep -R -D read x /",
            "grep -r --label /a /x",
            "grep -rf /a /x",
            "grep --recursive --regexp=/a /x",
            "grep -d recurse x /etc",
            "grep --di=recurse x /",
        ] {
            assert!(!reads(line), "{line}");
        }
    }
}
