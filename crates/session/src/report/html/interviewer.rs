//! What the interviewer did to the session, in the order in which it happened. Nothing where there was
//! no such thing, as in practice.

use maud::{Markup, html};

use super::{line, moment, section};
use crate::report::{Report, interviewer};

pub(super) fn used(report: &Report) -> Markup {
    let rows = interviewer::rows(&report.assessment);
    if rows.is_empty() {
        return html! {};
    }
    let body = html! {
        p.intro { (interviewer::sums(&report.assessment)) }
        div.scroll { table {
            thead { tr { th { "Since page" } th { "What" } th { "In words" } th { "Against the first action" } } }
            tbody {
                @for row in &rows {
                    tr {
                        td { (moment(report, row.seq, row.at_s)) }
                        td.tight { (line(&row.what)) }
                        td { (line(&row.words)) @if !row.then.is_empty() { p.quiet { (line(&row.then)) } } }
                        td { (row.against) }
                    }
                }
            }
        } }
    };
    section("interviewer", "What the interviewer did", &body)
}
