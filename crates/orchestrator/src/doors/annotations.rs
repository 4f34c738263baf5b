//! The moments that a dashboard marks in its charts: what Prometheus says, and the control plane's own
//! changes. A mark says no more than the list of changes and the alerts do.

use dashboard::{
    Annotation, AnnotationQuery, AnnotationSource, Dashboard, Moment, Range, Variable,
};
use futures::future::join_all;

use super::Doors;
use super::dashboards::ask;
use crate::boxed;

/// A moment with what it belongs to.
#[derive(Debug, Clone, PartialEq)]
pub struct Marked {
    /// The annotation's name.
    pub annotation: String,
    /// One of Grafana's names or `#rrggbb`; may be empty.
    pub colour: String,
    pub moment: Moment,
    /// The place of the change in [`Doors::changes`], where it is one.
    pub change: Option<u64>,
}

// === impl Doors ===

impl Doors {
    /// All moments of a dashboard in `range`, in the order of time, and why some may be missing.
    #[boxed]
    pub async fn marked(
        &self,
        dashboard: &Dashboard,
        range: &Range,
        variables: &[Variable],
    ) -> (Vec<Marked>, Option<String>) {
        let asking =
            dashboard.annotations.iter().map(async |annotation| match &annotation.source {
                AnnotationSource::Prometheus(query) => {
                    self.answered(annotation, query, range, variables).await
                }
                AnnotationSource::Changes { verbs } => Ok(self.changed(annotation, verbs, range)),
            });
        let (mut marked, mut problem) = (Vec::new(), None);
        for one in join_all(asking).await {
            match one {
                Ok(some) => marked.extend(some),
                Err(why) => problem = problem.or(Some(why)),
            }
        }
        marked.sort_by(|one, other| one.moment.at.total_cmp(&other.moment.at));
        (marked, problem)
    }

    async fn answered(
        &self,
        annotation: &Annotation,
        query: &AnnotationQuery,
        range: &Range,
        variables: &[Variable],
    ) -> Result<Vec<Marked>, String> {
        let (question, range) = query.query(range, variables);
        let series = ask(self, &question, &range).await;
        let series = series.map_err(|why| format!("{}: {why}", annotation.name))?;
        let moments = query.moments(&series, &range).into_iter();
        Ok(moments.map(|moment| mark(annotation, moment, None)).collect())
    }

    fn changed(&self, annotation: &Annotation, verbs: &[String], range: &Range) -> Vec<Marked> {
        let changes = (0..).zip(self.changes()).filter(|(_, change)| verbs.contains(&change.verb));
        let marks = changes.map(|(id, change)| {
            let at = change.at.as_microsecond() as f64 / 1e6;
            let title = format!("{} {}", change.verb, change.target);
            let text = format!("{}, by {}", change.change, change.by);
            mark(annotation, Moment { at, title, text }, Some(id))
        });
        marks.filter(|mark| (range.from..=range.to).contains(&mark.moment.at)).collect()
    }
}

fn mark(annotation: &Annotation, moment: Moment, change: Option<u64>) -> Marked {
    Marked {
        annotation: annotation.name.clone(),
        colour: annotation.colour.clone(),
        moment,
        change,
    }
}
