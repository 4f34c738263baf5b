//! How far things are: bars for a person, plain lines for a log, nothing for a program.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use orchestrator::run::Notice;
use session::event::Phase;
use testbed::{Built, Progress};

use crate::print;

/// Between two redraws of a bar that only turns.
const TURN: Duration = Duration::from_millis(120);

/// Shows progress on standard error.
pub struct Show {
    bars: MultiProgress,
    how: How,
    images: Mutex<HashMap<String, ProgressBar>>,
    phase: Mutex<Option<(ProgressBar, &'static str, Instant)>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    Bars,
    Lines,
}

// === impl Show ===

impl Show {
    /// Bars when a person reads standard error, else lines.
    pub fn new() -> Show {
        let how = if print::is_read_by_a_person() { How::Bars } else { How::Lines };
        Show { bars: MultiProgress::new(), how, images: Mutex::default(), phase: Mutex::default() }
    }

    /// Takes every bar off the screen, so that a terminal can have it.
    pub fn clear(&self) {
        let mut phase = self.phase.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((bar, ..)) = phase.take() {
            bar.finish_and_clear();
        }
        drop(phase);
        if self.bars.clear().is_err() {
            // A screen that cannot be cleared shows an old bar; nothing else depends on it.
        }
    }

    fn image_bar(&self, image: &str) -> ProgressBar {
        let mut images = self.images.lock().unwrap_or_else(PoisonError::into_inner);
        let bar = images.entry(image.to_owned()).or_insert_with(|| {
            let bar = self.bars.add(spinner());
            bar.set_prefix(image.to_owned());
            bar.enable_steady_tick(TURN);
            bar
        });
        bar.clone()
    }

    fn finish_phase(&self) {
        let mut phase = self.phase.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((bar, done, begun)) = phase.take() {
            let seconds = begun.elapsed().as_secs_f64();
            if self.how == How::Bars {
                bar.finish_and_clear();
                let line = format!("  ✓ {done}  {seconds:.1} s");
                if self.bars.println(line).is_err() {
                    // As above: only a line on a screen.
                }
            }
        }
    }
}

impl Progress for Show {
    fn step(&self, image: &str, message: &str) {
        if self.how == How::Bars {
            self.image_bar(image).set_message(message.trim().to_owned());
        } else {
            tracing::info!(image, message = message.trim(), "building");
        }
    }

    fn built(&self, image: &str, outcome: Built) {
        let words = match outcome {
            Built::UpToDate => "up to date".to_owned(),
            Built::Built { took } => format!("built in {:.1} s", took.as_secs_f64()),
            Built::Pulled => "pulled".to_owned(),
        };
        if self.how == How::Bars {
            let bar = self.image_bar(image);
            if outcome == Built::UpToDate {
                bar.finish_and_clear();
            } else {
                bar.finish_with_message(words);
            }
        } else if outcome != Built::UpToDate {
            print::note(&format!("image {image}: {words}"));
        }
    }
}

impl Notice for Show {
    fn phase(&self, phase: Phase) {
        self.finish_phase();
        let Some((doing, done)) = words(phase) else { return };
        if self.how == How::Lines {
            print::note(doing);
            return;
        }
        let bar = self.bars.add(spinner());
        bar.set_prefix(doing);
        bar.enable_steady_tick(TURN);
        *self.phase.lock().unwrap_or_else(PoisonError::into_inner) =
            Some((bar, done, Instant::now()));
    }

    fn warn(&self, message: &str) {
        self.bars.suspend(|| print::warning(message));
    }
}

/// What is being done in a phase, and what has been done after it.
fn words(phase: Phase) -> Option<(&'static str, &'static str)> {
    match phase {
        Phase::Provision => Some(("starting the system", "the system runs and has traffic")),
        Phase::Baseline => Some(("making sure that it is healthy", "it is healthy")),
        Phase::Inject => Some(("breaking it, and waiting for the page", "the page went out")),
        Phase::Live => Some(("the incident is on", "the incident is over")),
        Phase::Debrief | Phase::Aborted => Some(("removing the system", "the system is removed")),
        Phase::Paged | Phase::Mitigated | Phase::Sealed => None,
    }
}

fn spinner() -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("  {spinner} {prefix}  {wide_msg:.dim}") {
        bar.set_style(style.tick_chars("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏ "));
    }
    bar
}
