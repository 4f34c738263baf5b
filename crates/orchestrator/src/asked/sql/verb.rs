//! What SQL statements do, as one word each. Which of the words are acts is said here alone.

/// Weakest first: of several statements that were sent in one piece the strongest names them all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verb {
    /// No statement at all: comments, semicolons.
    Nothing,
    /// Begins or ends a transaction.
    Transaction,
    /// Changes the person's own session and nobody else's.
    Set,
    Show,
    Listen,
    Prepare,
    Explain,
    Select,
    /// `COPY … TO STDOUT`.
    CopyOut,
    /// Cannot be understood. From here on all are acts.
    Unknown,
    Notify,
    /// Calls a function that changes something which no other word names.
    Function,
    ResetStatistics,
    Analyze,
    Vacuum,
    Checkpoint,
    Lock,
    CreateIndex,
    DropIndex,
    Reindex,
    Dml,
    Ddl,
    Grant,
    AlterRole,
    /// A block of code, which may do anything.
    Do,
    Call,
    /// Reads or writes files or runs programs on the server.
    File,
    AlterSystem,
    Reload,
    Cancel,
    Terminate,
}

impl Verb {
    /// The word as it stands in the journal, and, after `sql-`, in a lab's acts.
    pub fn name(self) -> &'static str {
        match self {
            Verb::Nothing => "nothing",
            Verb::Transaction => "transaction",
            Verb::Set => "set",
            Verb::Show => "show",
            Verb::Listen => "listen",
            Verb::Prepare => "prepare",
            Verb::Explain => "explain",
            Verb::Select => "select",
            Verb::CopyOut => "copy-out",
            Verb::Unknown => "unknown",
            Verb::Notify => "notify",
            Verb::Function => "function",
            Verb::ResetStatistics => "reset-statistics",
            Verb::Analyze => "analyze",
            Verb::Vacuum => "vacuum",
            Verb::Checkpoint => "checkpoint",
            Verb::Lock => "lock",
            Verb::CreateIndex => "create-index",
            Verb::DropIndex => "drop-index",
            Verb::Reindex => "reindex",
            Verb::Dml => "dml",
            Verb::Ddl => "ddl",
            Verb::Grant => "grant",
            Verb::AlterRole => "alter-role",
            Verb::Do => "do",
            Verb::Call => "call",
            Verb::File => "file",
            Verb::AlterSystem => "alter-system",
            Verb::Reload => "reload",
            Verb::Cancel => "cancel",
            Verb::Terminate => "terminate",
        }
    }

    /// Whether it changes the state of the server, beyond the session that says it.
    pub fn acts(self) -> bool {
        self >= Verb::Unknown
    }

    /// Whether what it did stays done when the statement fails after it.
    pub fn outlives_failure(self) -> bool {
        matches!(
            self,
            Verb::Terminate | Verb::Cancel | Verb::Reload | Verb::Function | Verb::ResetStatistics
        )
    }
}
