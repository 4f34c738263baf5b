//! Engines and runtimes out of which people are known to have escaped, or that are known to hang. Pure.
//!
//! Only by version: a distribution may have mended an old one without saying so in its number, so
//! each is a warning and no refusal.

use crate::EngineVersion;

/// What may happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Harm {
    /// Somebody in a container gets out of it.
    Escape,
    /// The engine answers nobody any more, until it is killed and started again.
    Hang,
}

/// One known mistake of this engine or its runtime.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advisory {
    pub harm: Harm,
    /// Where it is known: CVE numbers, or the change that mends it.
    pub known_as: &'static str,
    /// What is too old, and what can be done with it.
    pub detail: String,
}

/// A version's first three numbers, and the number of its release candidate; a release is later
/// than all of its candidates.
type Version = (u32, u32, u32, u32);

/// One mistake: the first good version of each line that got one. Lines older than the first are
/// not mended; lines after the last never had it.
struct Known {
    program: Program,
    harm: Harm,
    known_as: &'static str,
    what: &'static str,
    mended: &'static [&'static str],
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Program {
    Runc,
    Engine,
}

const KNOWN: &[Known] = &[
    Known {
        program: Program::Runc,
        harm: Harm::Escape,
        known_as: "CVE-2019-5736",
        what: "a container can overwrite runc itself",
        mended: &["1.0.0-rc.7"],
    },
    Known {
        program: Program::Runc,
        harm: Harm::Escape,
        known_as: "CVE-2024-21626",
        what: "a leaked file descriptor opens the host's file system",
        mended: &["1.1.12"],
    },
    Known {
        program: Program::Runc,
        harm: Harm::Escape,
        known_as: "CVE-2025-31133, CVE-2025-52565, CVE-2025-52881",
        what: "masked paths, /dev/console and writes to /proc can be turned against the host",
        mended: &["1.2.8", "1.3.3", "1.4.0-rc.3"],
    },
    Known {
        program: Program::Engine,
        harm: Harm::Escape,
        known_as: "CVE-2024-29018",
        what: "names can be looked up from an internal network, which carries data out",
        mended: &["23.0.11", "25.0.5", "26.0.0-rc.3"],
    },
    Known {
        program: Program::Engine,
        harm: Harm::Hang,
        known_as: "moby/moby#42545",
        what: "it can deadlock when containers of one network end together",
        mended: &["23.0.0"],
    },
];

/// What is known of the engine and the runtime that answered.
pub fn of(version: &EngineVersion) -> Vec<Advisory> {
    let found = KNOWN.iter().filter_map(|known| {
        let (name, text) = match known.program {
            Program::Runc => ("runc", version.runc.as_deref()?),
            Program::Engine => ("Docker", version.engine.as_str()),
        };
        let mended: Vec<Version> = known.mended.iter().filter_map(|it| parse(it)).collect();
        let exposed = is_exposed(parse(text)?, &mended);
        exposed.then(|| Advisory {
            harm: known.harm,
            known_as: known.known_as,
            detail: format!(
                "{name} {text}: {}; use {name} {} or newer, or a version that your distribution \
                 has mended",
                known.what,
                known.mended.join(", ")
            ),
        })
    });
    found.collect()
}

/// A version is good from the first good one of its own line (`1.2`) on; without one of its own,
/// when it is later than all of them.
fn is_exposed(version: Version, mended: &[Version]) -> bool {
    let own = mended.iter().find(|good| (good.0, good.1) == (version.0, version.1));
    match own {
        Some(good) => version < *good,
        None => mended.iter().max().is_some_and(|last| version < *last),
    }
}

/// Reads `1.1.5+ds1`, `20.10.24+dfsg1`, `v1.4.0-rc.3`, `1.0.0-rc93`; `None` for what is no version.
fn parse(text: &str) -> Option<Version> {
    let text = text.trim().trim_start_matches('v');
    let end = text.find(|it: char| it != '.' && !it.is_ascii_digit()).unwrap_or(text.len());
    let (numbers, rest) = text.split_at(end);
    let mut numbers = numbers.split('.').map(|number| number.parse::<u32>().ok());
    let (major, minor) = (numbers.next()??, numbers.next().flatten().unwrap_or(0));
    let patch = numbers.next().flatten().unwrap_or(0);
    let candidate = rest.strip_prefix("-rc").map(|rest| rest.trim_start_matches('.'));
    let candidate = candidate.and_then(|rest| {
        let end = rest.find(|it: char| !it.is_ascii_digit()).unwrap_or(rest.len());
        rest[..end].parse::<u32>().ok()
    });
    Some((major, minor, patch, candidate.unwrap_or(u32::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MASKED: &str = "CVE-2025-31133, CVE-2025-52565, CVE-2025-52881";

    fn known(engine: &str, runc: Option<&str>) -> Vec<&'static str> {
        let version = EngineVersion {
            engine: engine.to_owned(),
            api: "1.41".to_owned(),
            os: "linux/amd64".to_owned(),
            runc: runc.map(str::to_owned),
        };
        of(&version).into_iter().map(|advisory| advisory.known_as).collect()
    }

    #[test]
    fn runtimes_with_a_known_way_out_are_named() {
        let table: &[(&str, &[&str])] = &[
            ("1.0.0-rc6", &["CVE-2019-5736", "CVE-2024-21626", MASKED]),
            ("1.0.0-rc93", &["CVE-2024-21626", MASKED]),
            ("1.1.5+ds1", &["CVE-2024-21626", MASKED]),
            ("1.1.12", &[MASKED]),
            ("1.1.15", &[MASKED]),
            ("1.2.7", &[MASKED]),
            ("1.2.8", &[]),
            ("v1.2.8-1~deb13u1", &[]),
            ("1.3.2", &[MASKED]),
            ("1.3.3", &[]),
            ("1.4.0-rc.2", &[MASKED]),
            ("1.4.0-rc.3", &[]),
            ("1.4.0", &[]),
            ("1.5.1", &[]),
            ("unknown", &[]),
        ];
        for (runc, wanted) in table {
            assert_eq!(known("28.0.0", Some(runc)), *wanted, "runc {runc}");
        }
        assert_eq!(known("28.0.0", None), [] as [&str; 0]);
    }

    #[test]
    fn engines_that_carry_names_out_of_an_internal_network_are_named() {
        for engine in ["23.0.10", "24.0.9", "25.0.4", "26.0.0-rc2"] {
            assert_eq!(known(engine, None), ["CVE-2024-29018"], "Docker {engine}");
        }
        for engine in ["23.0.11", "25.0.5", "26.0.0-rc3", "26.0.0", "28.3.1", ""] {
            assert_eq!(known(engine, None), [] as [&str; 0], "Docker {engine}");
        }
    }

    #[test]
    fn engines_that_deadlock_are_named_beside_their_ways_out() {
        for engine in ["20.10.23", "20.10.24+dfsg1", "20.10.26"] {
            assert_eq!(known(engine, None), ["CVE-2024-29018", "moby/moby#42545"], "{engine}");
        }
        assert_eq!(known("23.0.0", None), ["CVE-2024-29018"]);
    }

    #[test]
    fn an_advisory_names_what_is_there_and_what_to_do() {
        let version = EngineVersion {
            engine: "28.0.0".to_owned(),
            api: "1.48".to_owned(),
            os: "linux/amd64".to_owned(),
            runc: Some("1.2.7".to_owned()),
        };
        let found = of(&version);
        assert!(found[0].detail.starts_with("runc 1.2.7: masked paths"), "{:?}", found[0]);
        assert!(found[0].detail.contains("use runc 1.2.8, 1.3.3, 1.4.0-rc.3 or newer"));
    }
}
