//! What the panels that somebody looked at in the console showed over the whole session, kept beside
//! the journal before the system goes, so that a replay can draw them. It records no look, and what
//! a person was shown at the time stands in the timeline.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::time::Duration;

use dashboard::{Aligned, Panel, PanelKind, Query, Range, Series};
use futures::StreamExt;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use session::event::{Door, Kind, PanelView};

use crate::doors::Doors;
use crate::home::SessionFolder;

/// Panels of one session that are kept; whoever looks at more has seen them all.
const PANELS: usize = 80;
/// Lines of one panel.
const LINES: usize = 60;
/// The file is not larger than this, in bytes (32 MiB); the panels seen last are left out.
const SIZE: usize = 32 << 20;
/// Prometheus has so long for all of it. The memory of the system is wanted back.
const WITHIN: Duration = Duration::from_secs(15);
/// Panels that are asked for at a time.
const AT_A_TIME: usize = 4;

/// One panel with the queries that were drawn, and their answers over the whole session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeptPanel {
    /// The dashboard's uid.
    pub dashboard: String,
    /// The panel's `id` in the dashboard's file.
    pub panel: u64,
    pub title: String,
    /// As they were asked, with the variables' values of that time.
    pub promql: Vec<String>,
    /// Unix time in seconds.
    pub from: f64,
    /// Unix time in seconds.
    pub to: f64,
    pub step_ms: u64,
    /// Unix times in seconds.
    pub times: Vec<f64>,
    pub lines: Vec<KeptLine>,
}

/// One line of a panel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeptLine {
    /// Which of the queries it answers.
    pub query: usize,
    pub legend: String,
    pub labels: BTreeMap<String, String>,
    /// One for each of the panel's times.
    pub values: Vec<Option<f64>>,
}

/// Keeps the panels that were in view in the console. What could not be kept is told as a gap.
pub(crate) async fn keep(doors: &Doors, folder: &SessionFolder) {
    let wanted = wanted(doors);
    if wanted.is_empty() {
        return;
    }
    let all = wanted.len();
    let now = Timestamp::now().as_microsecond() as f64 / 1e6;
    let range = Range::last(doors.recorder.now(), now);
    let asking = futures::stream::iter(wanted).map(|one| ask(doors, one, range));
    let mut asking = asking.buffered(AT_A_TIME);
    let mut panels = Vec::new();
    let all_asked = async {
        while let Some(panel) = asking.next().await {
            panels.extend(panel);
        }
    };
    // What was answered by then is kept, and the rest is told.
    let _ = tokio::time::timeout(WITHIN, all_asked).await;
    let written = write(folder, &mut panels);
    let missing = all - panels.len();
    let reason = match written {
        Err(error) => format!("what the panels showed could not be kept: {error}"),
        Ok(()) if missing > 0 => {
            format!("{missing} of {all} panels that were in view could not be kept for the replay")
        }
        Ok(()) => return,
    };
    doors.recorder.truth(Kind::Gap { door: Door::Dashboards, reason });
}

/// The panels that were kept of a session; none where there is no such file.
///
/// # Errors
/// When the file cannot be read, or is none of ours.
pub fn read(folder: &SessionFolder) -> io::Result<Vec<KeptPanel>> {
    match fs::read(folder.panels()) {
        Ok(json) => serde_json::from_slice(&json).map_err(io::Error::other),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// A panel that was in view, and what was asked for it.
struct Wanted<'a> {
    dashboard: &'a str,
    panel: &'a Panel,
    promql: Vec<String>,
}

/// Each panel with each set of queries once, in the order in which they were first seen.
fn wanted(doors: &Doors) -> Vec<Wanted<'_>> {
    let mut known = BTreeSet::new();
    let mut wanted = Vec::new();
    for event in doors.recorder.events() {
        let Kind::DashboardViewed { dashboard, panels, .. } = event.kind else { continue };
        let Some(found) = doors.dashboards.iter().find(|it| it.uid == dashboard) else { continue };
        // Those that were printed into a terminal are in its recording.
        for PanelView { title, promql, .. } in
            panels.into_iter().filter(|view| view.visible_ms.is_some())
        {
            let panel = found.panels().iter().find(|panel| panel.title == title);
            if let Some(panel) = panel
                // The lines of a log stand in the event.
                && panel.kind != PanelKind::Logs
                && wanted.len() < PANELS
                && known.insert((found.uid.clone(), panel.id, promql.clone()))
            {
                wanted.push(Wanted { dashboard: &found.uid, panel, promql });
            }
        }
    }
    wanted
}

/// `None` when none of its queries was answered.
async fn ask(doors: &Doors, wanted: Wanted<'_>, range: Range) -> Option<KeptPanel> {
    let Wanted { dashboard, panel, promql } = wanted;
    let mut lines: Vec<(usize, Series)> = Vec::new();
    let mut answered = false;
    for (index, (expr, query)) in promql.iter().zip(panel.queries(&range)).enumerate() {
        // One that wants a single value is asked at every moment, since each was the last once.
        let query = Query { expr: expr.clone(), ..query };
        let asked = doors.prometheus.range(&query.expr, range.from, range.to, range.step).await;
        let Some(series) = asked.ok().and_then(|body| query.read(&body).ok()) else { continue };
        answered = true;
        lines.extend(series.into_iter().map(|one| (index, one)));
    }
    lines.truncate(LINES);
    let aligned = Aligned::of(lines.iter().map(|(_, series)| series));
    let line = |((query, series), values): ((usize, Series), Vec<Option<f64>>)| {
        let Series { legend, labels, .. } = series;
        KeptLine { query, legend, labels, values }
    };
    answered.then(|| KeptPanel {
        dashboard: dashboard.to_owned(),
        panel: panel.id,
        title: panel.title.clone(),
        promql,
        from: range.from,
        to: range.to,
        step_ms: u64::try_from(range.step.as_millis()).unwrap_or(u64::MAX),
        times: aligned.times,
        lines: lines.into_iter().zip(aligned.values).map(line).collect(),
    })
}

/// Writes as many as fit, and takes the others out of the list.
fn write(folder: &SessionFolder, panels: &mut Vec<KeptPanel>) -> io::Result<()> {
    let mut json = b"[".to_vec();
    let mut fit = 0;
    for panel in panels.iter() {
        let one = serde_json::to_vec(panel).map_err(io::Error::other)?;
        if json.len() + one.len() > SIZE {
            break;
        }
        if fit > 0 {
            json.push(b',');
        }
        json.extend(one);
        fit += 1;
    }
    json.push(b']');
    panels.truncate(fit);
    fs::write(folder.panels(), json)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::home::Home;

    fn panel(title: &str, points: usize) -> KeptPanel {
        let line = KeptLine {
            query: 0,
            legend: "a".to_owned(),
            labels: BTreeMap::new(),
            values: vec![Some(0.123_456_789); points],
        };
        KeptPanel {
            dashboard: "pool".to_owned(),
            panel: 1,
            title: title.to_owned(),
            promql: vec!["up".to_owned()],
            from: 0.0,
            to: 1.0,
            step_ms: 1000,
            times: vec![1.5; points],
            lines: vec![line],
        }
    }

    #[test]
    fn what_is_kept_is_read_again_and_what_is_too_much_is_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::open(folder.path()).unwrap();
        let held = home.create(Timestamp::now()).unwrap();
        assert_eq!(read(&held.folder).unwrap(), [], "nothing was looked at");
        let mut panels = vec![panel("In use", 3), panel("Waiting", 1 << 22)];
        write(&held.folder, &mut panels).unwrap();
        assert_eq!(panels.len(), 1, "the second one is too large");
        assert_eq!(read(&held.folder).unwrap(), panels);
        std::fs::write(held.folder.panels(), "[{").unwrap();
        assert!(read(&held.folder).is_err());
    }
}
