//! What a replay is made of: the recordings of the terminals, piece by piece, and what the panels
//! showed. Names come from the timeline, never from the address alone.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;

use axum::extract::State;
use orchestrator::kept::{self, KeptPanel};
use serde::{Deserialize, Serialize};
use session::event::Kind;
use utoipa::{IntoParams, ToSchema};

use super::panels::{PanelData, PanelQuery, PanelSeries};
use super::report::is_ready;
use crate::console::Console;
use crate::extract::{Json, Path, Query};
use crate::problem::Problem;
use crate::who::Reader;

/// Bytes of a recording in one answer (512 KiB).
const PIECE: usize = 512 << 10;
/// The longest line of a recording: what one frame prints, with each byte spelt out (2 MiB).
const LINE: usize = 2 << 20;

/// The recording of one terminal.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecordingInfo {
    /// Such as `terminal-1`; a part of the piece's address.
    pub terminal: String,
    /// When it was opened, in seconds since the session's start.
    pub opened_s: f64,
    pub columns: u16,
    pub rows: u16,
    /// Of the whole file, with what was typed.
    pub bytes: u64,
}

/// From where.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct FromByte {
    /// `next` of the piece before; 0 when left out.
    #[serde(default)]
    pub from: u64,
}

/// A piece of a recording. What was typed is not in it: the screen shows what was meant to be seen.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
pub struct RecordingPiece {
    pub frames: Vec<Frame>,
    /// Give it as `from` to go on; `null` at the end.
    pub next: Option<u64>,
}

/// One moment of a recording.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
pub struct Frame {
    /// Seconds since the session's start.
    pub at_s: f64,
    pub what: FrameWhat,
    /// Raw: what a program printed. A size is `columns x rows`, such as `120x32`.
    pub text: String,
}

/// What a frame is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FrameWhat {
    Printed,
    Resized,
    /// A word of the recorder itself.
    Marked,
}

/// What the panels that were in view showed over the whole session.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReplayPanels {
    pub panels: Vec<ReplayPanel>,
    /// The files of their dashboards.
    pub dashboards: Vec<ReplayDashboard>,
}

/// One panel.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReplayPanel {
    /// The dashboard's uid.
    pub dashboard: String,
    /// The panel's `id` in the file.
    pub panel: u64,
    pub title: String,
    /// As they were asked then; events of looks name the same.
    pub promql: Vec<String>,
    pub data: PanelData,
}

/// One dashboard, as its file stands under `grafana/dashboards`.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReplayDashboard {
    pub uid: String,
    #[schema(value_type = Object)]
    pub file: serde_json::Value,
}

/// The recordings of all terminals.
#[utoipa::path(get, path = "/api/report/recordings", operation_id = "replay_recordings",
    tag = "report",
    responses((status = 200, body = Vec<RecordingInfo>), (status = 403, body = Problem),
        (status = 409, body = Problem)))]
pub(crate) async fn recordings(
    _who: Reader,
    State(console): State<Console>,
) -> Result<Json<Vec<RecordingInfo>>, Problem> {
    let record = is_ready(&console)?;
    let info = |event: session::event::Event| {
        let at_s = event.at_s();
        let Kind::TerminalOpened { terminal, columns, rows } = event.kind else { return None };
        let path = console.folder()?.recording(&terminal);
        // One that cannot be read has no bytes to show.
        let bytes = std::fs::metadata(path).map_or(0, |file| file.len());
        Some(RecordingInfo { terminal, opened_s: at_s, columns, rows, bytes })
    };
    Ok(Json(record.events().into_iter().filter_map(info).collect()))
}

/// A piece of a recording, from a byte on.
#[utoipa::path(get, path = "/api/report/recordings/{terminal}", operation_id = "replay_recording",
    tag = "report", params(FromByte),
    responses((status = 200, body = RecordingPiece), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn recording(
    _who: Reader,
    State(console): State<Console>,
    Path(terminal): Path<String>,
    Query(from): Query<FromByte>,
) -> Result<Json<RecordingPiece>, Problem> {
    let record = is_ready(&console)?;
    let opened = record.events().into_iter().any(
        |event| matches!(&event.kind, Kind::TerminalOpened { terminal: known, .. } if *known == terminal),
    );
    let missing = || Problem::not_found(format!("there was no terminal `{terminal}`"));
    let folder = console.folder().filter(|_| opened).ok_or_else(missing)?;
    let path = folder.recording(&terminal);
    let reading = tokio::task::spawn_blocking(move || piece(path, from.from)).await;
    let read = reading.map_err(io::Error::other).and_then(|read| read);
    read.map(Json).map_err(|error| {
        Problem::not_found(format!("the recording of {terminal} cannot be read: {error}"))
    })
}

/// What the panels showed.
#[utoipa::path(get, path = "/api/report/panels", operation_id = "replay_panels",
    tag = "report",
    responses((status = 200, body = ReplayPanels), (status = 403, body = Problem),
        (status = 409, body = Problem)))]
pub(crate) async fn panels(
    _who: Reader,
    State(console): State<Console>,
) -> Result<Json<ReplayPanels>, Problem> {
    is_ready(&console)?;
    let folder = console.folder().cloned();
    let folder = folder.ok_or_else(|| Problem::not_now(console.not_yet()))?;
    let reading = tokio::task::spawn_blocking(move || kept::read(&folder)).await;
    let kept = reading.map_err(io::Error::other).and_then(|read| read).map_err(|error| {
        Problem::not_found(format!("what the panels showed cannot be read: {error}"))
    })?;
    let uids: BTreeSet<&String> = kept.iter().map(|panel| &panel.dashboard).collect();
    let file = |uid: &String| {
        let file = console.interview().lab.dashboards.get(uid)?;
        Some(ReplayDashboard { uid: uid.clone(), file: serde_json::from_str(&file.text).ok()? })
    };
    let dashboards = uids.into_iter().filter_map(file).collect();
    Ok(Json(ReplayPanels { panels: kept.into_iter().map(panel).collect(), dashboards }))
}

fn panel(kept: KeptPanel) -> ReplayPanel {
    let query =
        |promql: &String| PanelQuery { promql: promql.clone(), instant: false, problem: None };
    let series = kept.lines.into_iter().map(|line| PanelSeries {
        query: line.query,
        legend: line.legend,
        labels: line.labels,
        values: line.values,
    });
    let data = PanelData {
        from: kept.from,
        to: kept.to,
        step_ms: kept.step_ms,
        queries: kept.promql.iter().map(query).collect(),
        times: kept.times,
        series: series.collect(),
    };
    let (dashboard, title) = (kept.dashboard, kept.title);
    ReplayPanel { dashboard, panel: kept.panel, title, promql: kept.promql, data }
}

/// Whole lines from a byte on. The first line of the file is its header.
fn piece(path: PathBuf, from: u64) -> io::Result<RecordingPiece> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    file.by_ref().take(PIECE as u64).read_to_end(&mut bytes)?;
    let is_last = bytes.len() < PIECE;
    // A piece that ends within its only line goes on to the line's end.
    if !is_last && !bytes.contains(&b'\n') {
        file.take(LINE as u64).read_to_end(&mut bytes)?;
    }
    let end = match bytes.iter().rposition(|byte| *byte == b'\n') {
        Some(at) => at + 1,
        // A line that was never ended (or has no end) is not shown.
        None => return Ok(RecordingPiece { frames: Vec::new(), next: None }),
    };
    let frames = bytes[..end].split(|byte| *byte == b'\n').filter_map(frame).collect();
    let next = (!is_last).then_some(from + end as u64);
    Ok(RecordingPiece { frames, next })
}

/// `None` for what was typed, for the header, and for what is no line of a recording.
fn frame(line: &[u8]) -> Option<Frame> {
    let (at_s, code, text): (f64, String, String) = serde_json::from_slice(line).ok()?;
    let what = match code.as_str() {
        "o" => FrameWhat::Printed,
        "r" => FrameWhat::Resized,
        "m" => FrameWhat::Marked,
        _ => return None,
    };
    Some(Frame { at_s, what, text })
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn all(path: &std::path::Path) -> (Vec<Frame>, usize) {
        let (mut frames, mut from, mut pieces) = (Vec::new(), Some(0), 0);
        while let Some(at) = from {
            let piece = piece(path.to_owned(), at).unwrap();
            frames.extend(piece.frames);
            from = piece.next;
            pieces += 1;
        }
        (frames, pieces)
    }

    #[test]
    fn pieces_put_together_are_what_was_printed_without_what_was_typed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("terminal-1.cast");
        let mut file = File::create(&path).unwrap();
        writeln!(file, r#"{{"version":2,"width":80,"height":24}}"#).unwrap();
        for number in 0..2000 {
            let text = format!("{number}{}", "x".repeat(700));
            writeln!(file, "{}", serde_json::to_string(&(f64::from(number), "o", text)).unwrap())
                .unwrap();
            writeln!(file, r#"[{number}.5,"i","secret"]"#).unwrap();
        }
        writeln!(file, r#"[3000.0,"r","100x30"]"#).unwrap();
        write!(file, r#"[3001.0,"o","cut o"#).unwrap();
        let (frames, pieces) = all(&path);
        assert!(pieces > 2, "{pieces}");
        assert_eq!(frames.len(), 2001);
        assert!(frames.iter().all(|frame| !frame.text.contains("secret")));
        let last = frames.last().unwrap();
        assert_eq!((last.what, last.text.as_str()), (FrameWhat::Resized, "100x30"));
    }

    #[test]
    fn a_line_longer_than_a_piece_is_whole_and_a_place_behind_the_end_is_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("terminal-1.cast");
        let long = "y".repeat(PIECE + 100);
        let line = serde_json::to_string(&(1.0, "o", &long)).unwrap();
        std::fs::write(&path, format!("{line}\n{line}\n")).unwrap();
        let (frames, _) = all(&path);
        assert!(frames.len() == 2 && frames.iter().all(|frame| frame.text == long));
        let beyond = piece(path, 1 << 40).unwrap();
        assert_eq!(beyond, RecordingPiece { frames: Vec::new(), next: None });
    }
}
