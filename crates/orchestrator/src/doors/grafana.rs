//! What somebody asks through a real Grafana, as it is recorded. A panel's queries become a look at the
//! panel, like one in the console; what Explore asks becomes a question to Prometheus. It asks nobody.

use session::event::{Door, Effect};

use super::{Doors, beginning};
use crate::asked::metrics;

/// A question to Prometheus that somebody asked through Grafana, and its answer.
pub struct Question<'a> {
    /// What stands behind `/api/v1/`, such as `query_range`.
    pub route: &'a str,
    /// Encoded as a form.
    pub form: &'a str,
    /// The status of the answer.
    pub status: u16,
    /// The beginning of the answer, or what it showed in words.
    pub shown: &'a str,
}

// === impl Doors ===

impl Doors {
    /// Records a question. It took until now.
    pub fn note_question(&self, question: &Question<'_>) {
        let route =
            if question.route.ends_with("/values") { "label/values" } else { question.route };
        let asked = metrics::Asked {
            route,
            path: &format!("/api/v1/{}", question.route),
            question: question.form,
            status: question.status,
            shown: &beginning(question.shown),
        };
        let now_s = self.recorder.now().as_secs_f64();
        self.record(Door::Metrics, Effect::Look, metrics::in_the_console(&asked, now_s));
    }
}
