//! What may be asked of `ps` with `docker top`: a few options and columns by name.
//!
//! The engine runs `ps` on its own machine: first for the container's processes alone, and when that
//! fails, which it does with `f` or a sorting, for all of the machine, of which it then picks by the
//! column that is headed PID. So nothing passes that fails the first time only, nothing that heads
//! a column anew, and no column that may hold a blank before that of the numbers.

use crate::Refusal;

/// Letters behind a dash, and without one (a BSD's).
const DASHED: &str = "AaeFfjlw";
const BARE: &str = "aluwx";

/// Columns without blanks.
const NARROW: [&str; 29] = [
    "%cpu", "%mem", "cls", "cputime", "etime", "etimes", "group", "ni", "nlwp", "pcpu", "pgid",
    "pid", "pmem", "ppid", "pri", "psr", "rss", "sid", "size", "stat", "state", "stime", "sz",
    "time", "tty", "uid", "user", "vsz", "wchan",
];
/// Columns that may hold one.
const WIDE: [&str; 7] = ["args", "cmd", "comm", "command", "lstart", "start", "ucmd"];

/// The words as they go to the engine.
///
/// # Errors
/// 403 for everything that is not listed above.
pub(crate) fn checked(given: &str) -> Result<String, Refusal> {
    let words: Vec<&str> = given.split(' ').filter(|word| !word.is_empty()).collect();
    let mut rest = words.iter();
    let mut is_numbered = false;
    while let Some(word) = rest.next() {
        // What people mean by it is `aux`, and so `ps` reads it.
        if *word == "-aux" {
            continue;
        }
        let (letters, known) = match word.strip_prefix('-') {
            Some(letters) => (letters, DASHED),
            None => (*word, BARE),
        };
        let (letters, columns) = match letters.split_once('o') {
            Some((letters, "")) => (letters, rest.next().copied().or(Some(""))),
            Some((letters, columns)) => (letters, Some(columns)),
            None => (letters, None),
        };
        if letters.is_empty() && columns.is_none() || !letters.chars().all(|it| known.contains(it))
        {
            return Err(Refusal::forbidden(format!(
                "`docker top` takes `aux`, `-ef` and `-eo` with columns here, and not `{word}`"
            )));
        }
        for column in columns.into_iter().flat_map(|columns| columns.split(',')) {
            is_numbered |= column == "pid";
            if WIDE.contains(&column) && !is_numbered {
                let message = format!("`{column}` comes after `pid` here: `-o pid,{column}`");
                return Err(Refusal::forbidden(message));
            }
            if !WIDE.contains(&column) && !NARROW.contains(&column) {
                let known = [&NARROW[..], &WIDE[..]].concat().join(", ");
                let message = format!("`{column}` is no column of `docker top` here; {known} are");
                return Err(Refusal::forbidden(message));
            }
        }
    }
    Ok(words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_ask_of_ps_passes() {
        for words in [
            "aux",
            "auxww",
            "-aux",
            "-ef",
            "-e -f",
            "-elf",
            "-eo pid,ppid,user,%cpu,pmem,vsz,rss,etimes,args",
            "-eopid,comm",
            "axo pid,stat,wchan",
            "-o pid -o args",
            "-o user,pid,nlwp,pri,ni,start,cmd",
        ] {
            assert_eq!(checked(words).as_deref(), Ok(words));
        }
        assert_eq!(checked(" -o  pid,args ").as_deref(), Ok("-o pid,args"));
    }

    #[test]
    fn what_might_show_other_processes_of_the_machine_is_refused() {
        for words in [
            "-orss=PID -oargs -e f",
            "-o rss=PID,args",
            "-o pid,args:200",
            "-ef f",
            "-efH",
            "axf",
            "aux e",
            "aux --sort=-rss",
            "-eO pid",
            "-e -N",
            "-C sshd",
            "-p 1",
            "1",
            "-q1",
            "-",
            "-o",
            "-eo",
            "-o pid,",
            "-o ,pid",
            "-o pid,environ",
            "-o args",
            "-o comm,pid",
            "-o args -o pid",
        ] {
            let refusal = checked(words).expect_err(words);
            assert_eq!(refusal.status, 403, "{words}");
        }
    }
}
