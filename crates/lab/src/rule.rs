//! What can be wrong with a lab, as a closed list. Each rule has a negative fixture in `tests/`.
//!
//! The words of a message are written where the rule is applied; here are only the names.

use std::fmt;

/// How bad a breach is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The lab cannot be used.
    Error,
    /// The lab can be used and is probably not what was meant.
    Warning,
}

macro_rules! rules {
    ($($(#[$doc:meta])* $rule:ident = $name:literal,)*) => {
        /// One rule that a lab must keep.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule {
            $($(#[$doc])* $rule,)*
        }

        impl Rule {
            /// Every rule, in the order of the declaration.
            pub const ALL: &[Rule] = &[$(Rule::$rule),*];

            /// The kebab-case name that stands in brackets behind a message.
            pub fn name(self) -> &'static str {
                match self {
                    $(Rule::$rule => $name,)*
                }
            }
        }
    };
}

rules! {
    // Files and folders.
    /// A file or folder that a lab must have is not there.
    FileMissing = "file-missing",
    /// A file is there and cannot be read as text.
    FileUnreadable = "file-unreadable",
    /// A file is larger than any lab needs.
    FileTooLarge = "file-too-large",
    /// A file that must say something is empty.
    FileEmpty = "file-empty",
    /// A path that is absolute, or leads nowhere.
    Path = "path",

    // YAML.
    /// The text is not YAML.
    Syntax = "syntax",
    /// Nested, repeated or referenced beyond what a lab needs.
    TooComplex = "too-complex",
    /// `version` is missing, or is one that this program does not read.
    Version = "version",
    /// A key that does not exist here.
    UnknownKey = "unknown-key",
    /// A key that must be there is not.
    MissingKey = "missing-key",
    /// The same key twice in one mapping.
    DuplicateKey = "duplicate-key",
    /// A word outside a closed list.
    UnknownWord = "unknown-word",
    /// A list where a text is wanted, a text where a number is wanted, and so on.
    WrongType = "wrong-type",

    // Single values.
    /// An id that is not kebab-case.
    IdForm = "id-form",
    /// An id that is not the name of its file or folder.
    IdName = "id-name",
    /// Two things with one id.
    DuplicateId = "duplicate-id",
    /// A text that must say something is empty.
    EmptyText = "empty-text",
    /// A text that is longer than its place.
    TooLong = "too-long",
    /// A list that must hold something is empty.
    EmptyList = "empty-list",
    /// A duration that cannot be read, is not positive, or is longer than allowed.
    Duration = "duration",
    /// A number outside of its limits.
    Number = "number",
    /// A regular expression that does not compile.
    Pattern = "pattern",
    /// An expression that is not PromQL.
    Promql = "promql",
    /// A probe without bounds, or with bounds that cannot hold together.
    ProbeBounds = "probe-bounds",
    /// Relief that takes longer than mitigation.
    SteadyState = "steady-state",

    // The system.
    /// A service that the Compose file does not have.
    UnknownService = "unknown-service",
    /// A deployment that `lab.yaml` does not have, or one that the Compose file does not build.
    UnknownDeployment = "unknown-deployment",
    /// A setting that the deployment does not have.
    UnknownSetting = "unknown-setting",
    /// A version that is neither the base nor a release.
    UnknownRelease = "unknown-release",
    /// Patches that are misnamed, leave a gap or repeat a version.
    Releases = "releases",
    /// A setting whose value contradicts its range or the Compose file.
    Setting = "setting",
    /// A dashboard file that is not JSON, lacks `uid` or `title`, or repeats a uid.
    Dashboard = "dashboard",
    /// The page's alert is in none of the rule files.
    UnknownAlert = "unknown-alert",

    // Compose.
    /// A Compose key that a lab may not use, for safety.
    ComposeUnsafe = "compose-unsafe",
    /// A Compose key or form that is outside of the subset.
    ComposeUnsupported = "compose-unsupported",
    /// `$NAME` or `${NAME}`.
    ComposeInterpolation = "compose-interpolation",
    /// A value of a Compose key that cannot be used.
    ComposeValue = "compose-value",

    // Evidence.
    /// Evidence that `lab.yaml` does not have.
    UnknownEvidence = "unknown-evidence",
    /// A teammate's answer that `answers.yaml` does not have.
    UnknownAnswer = "unknown-answer",
    /// A sighting that no page, panel or service could ever match.
    Unseeable = "unseeable",
    /// A tell with `shows` whose evidence has no probe.
    NoProbe = "no-probe",
    /// Evidence that tells no cause apart.
    UnusedEvidence = "unused-evidence",

    // Causes.
    /// A cause that the lab does not have.
    UnknownCause = "unknown-cause",
    /// A fault on the workstation, on Prometheus, or with nothing to carry it.
    BlastRadius = "blast-radius",
    /// A fault that leaves everything as it is, or that another one of its cause replaces.
    FaultWithoutEffect = "fault-without-effect",
    /// A causal chain of fewer than two links.
    ShortChain = "short-chain",
    /// A remedy that is also a trap.
    RemedyIsTrap = "remedy-is-trap",
    /// Two causes with the same tells.
    SameTells = "same-tells",
    /// A ladder of hints with too few or too many rungs.
    HintLadder = "hint-ladder",
    /// A hint that names what was changed, before the last.
    HintTells = "hint-tells",
    /// A fault that is both a cause's and an inject's, or an inject that would replace a cause's.
    InjectIsCause = "inject-is-cause",
    /// An act whose verb and parts do not fit.
    Act = "act",

    // Personas.
    /// A persona that is written for another lab.
    OtherLab = "other-lab",
    /// A text with line breaks where one line is wanted, or with blanks where one word is.
    Line = "line",
    /// Expectations that contradict each other.
    Contradiction = "contradiction",
    /// A cause that a persona has no script for.
    NoRehearsal = "no-rehearsal",
}

impl fmt::Display for Rule {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}
