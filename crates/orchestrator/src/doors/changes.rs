//! Deployments, settings, scaling, restarts and limits as one list, with what they changed.

use jiff::Timestamp;
use session::event::{Door, Effect, Kind};

use super::{Doors, beginning, deployctl, diff};
use crate::control::history::Change;

// === impl Doors ===

impl Doors {
    /// All changes, oldest first. Looking is not yet recorded; see [`Doors::note_changes_read`].
    pub fn changes(&self) -> Vec<Change> {
        let mut changes: Vec<Change> =
            self.control.history().newest_first(None, None).cloned().collect();
        changes.reverse();
        changes
    }

    /// Records that the list of changes was read, as `deployctl history` is.
    pub fn note_changes_read(&self, changes: &[Change]) {
        let shown = deployctl::changes_table(changes.iter().rev(), Timestamp::now());
        self.note_change_look("history", String::new(), String::new(), &shown);
    }

    /// What a change of release changed, as `deployctl diff` shows it; recorded. `None` for a change
    /// that was none of a release.
    ///
    /// # Errors
    /// When a release is unknown or a patch cannot be read; the message is for the person who asked.
    pub fn diff_of(&self, change: &Change) -> Option<Result<String, String>> {
        let (from, to) = releases(change)?;
        let text = diff::between(&self.lab, from, to, false);
        if let Ok(text) = &text {
            self.note_change_look("diff", from.to_owned(), to.to_owned(), text);
        }
        Some(text)
    }

    fn note_change_look(&self, verb: &str, target: String, detail: String, shown: &str) {
        let kind = Kind::Control {
            verb: verb.to_owned(),
            target,
            detail,
            before: None,
            after: None,
            ok: true,
            shown: beginning(shown),
            began: None,
        };
        self.record(Door::Changes, Effect::Look, kind);
    }
}

/// The releases between which a change led.
pub fn releases(change: &Change) -> Option<(&str, &str)> {
    let is_release = matches!(change.verb.as_str(), "deploy" | "rollback");
    change.change.split_once(" -> ").filter(|_| is_release)
}
