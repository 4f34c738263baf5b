//! A time series as a line chart in braille dots. Stacking is not drawn: every series is a line of
//! its own, since the question in an incident is which one moved.

use super::canvas::Canvas;
use super::scale::Scale;
use super::sheet::{Ink, Page};
use super::{View, axis, clean, legend, palette};
use crate::{Panel, Series, unit};
use unicode_width::UnicodeWidthStr;

/// Values of one dot's width that differ by no more than this many dots are drawn as their mean:
/// the noise of a rate is not a shape.
const NOISE: usize = 3;

/// Where a series is always that noisy, its mean is drawn too; a difference is a peak, and drawn in
/// full, when it is so many times larger than what is usual around it.
const PEAK: usize = 2;

/// Dots to each side that count as around.
const AROUND: usize = 12;

/// Columns from one mark of a series to the mark of the next one, where there are no colours.
const MARKS_APART: usize = 5;

/// Draws the plot, its axes and the legend. Only the first series of `series` that can be told
/// apart are drawn.
pub(super) fn draw(page: &mut Page, panel: &Panel, series: &[Series], view: &View) {
    let drawn = &series[..series.len().min(palette::MOST)];
    let scale = Scale::of(panel, drawn);
    let ground = Ground::new(scale);
    let labels = ground.labels(panel);
    let margin = labels.iter().map(|label| label.width()).max().unwrap_or(0) + 4;
    let columns = page.width() - margin;
    let plot = Plot::new(panel, drawn, &ground, view, columns);
    for (row, label) in labels.iter().enumerate() {
        let edge = if label.is_empty() { " │" } else { " ┤" };
        page.put(Ink::Faint, &format!("{}{edge}", clean::right(label, margin - 2)));
        for column in 0..columns {
            let (ink, letter) = plot.letter(page.coloured(), column, row);
            page.put(ink, letter.encode_utf8(&mut [0; 4]));
        }
        page.end();
    }
    axis::draw(page, view, margin, columns);
    legend::draw(page, panel, series, &view.range);
}

/// How values become dots: every tick of the scale lies in the middle of a line.
struct Ground {
    scale: Scale,
    rows: usize,
}

// === impl Ground ===

impl Ground {
    fn new(scale: Scale) -> Ground {
        let between = scale.ticks().len() - 1;
        // Seven to eleven lines, whatever the number of ticks.
        let apart = match between {
            1 => 6,
            2 => 4,
            _ => 2,
        };
        Ground { scale, rows: between * apart + 1 }
    }

    /// The dot from the bottom on which a value lies.
    fn dot(&self, value: f64) -> usize {
        1 + (self.scale.share(value) * ((self.rows - 1) * 4) as f64).round() as usize
    }

    /// The line, from the top, that holds a dot.
    fn row(&self, dot: usize) -> usize {
        self.rows - 1 - (dot / 4).min(self.rows - 1)
    }

    /// What stands left of each line; empty where nothing does.
    fn labels(&self, panel: &Panel) -> Vec<String> {
        let mut labels = vec![String::new(); self.rows];
        for tick in self.scale.ticks() {
            let label = clean::line(&unit::say_short(tick, &panel.field.unit, None), 12);
            labels[self.row(self.dot(tick))] = label;
        }
        labels
    }
}

/// Everything that is drawn between the axes.
struct Plot<'a> {
    canvas: Canvas,
    colours: Vec<u8>,
    /// Of each series, the line on which it lies in a column.
    paths: Vec<Vec<Option<usize>>>,
    /// The line and the colour of each threshold.
    thresholds: Vec<(usize, &'a str)>,
    marked: Vec<bool>,
}

// === impl Plot ===

impl<'a> Plot<'a> {
    fn new(
        panel: &'a Panel,
        series: &[Series],
        ground: &Ground,
        view: &View,
        columns: usize,
    ) -> Plot<'a> {
        let scale = ground.scale;
        let mut canvas = Canvas::new(columns, ground.rows);
        let mut paths = Vec::new();
        for (owner, one) in series.iter().enumerate() {
            let stretches = stretches(one, view, ground, canvas.wide());
            let mut path = vec![None; columns];
            for stretch in &stretches {
                trace(&mut canvas, owner, stretch, panel.bars);
                for bucket in stretch {
                    path[bucket.x / 2] = Some(ground.row(bucket.leave));
                }
                bridge(&mut path, stretch, ground);
            }
            paths.push(path);
        }
        let colour = |(index, one)| palette::of_series(&panel.field, one, index);
        let shown = |(value, _): &(f64, &str)| (scale.low..=scale.high).contains(value);
        let thresholds = panel.field.marks().filter(shown);
        let mut marked = vec![false; columns];
        for (column, _) in axis::marks(view, columns) {
            marked[column] = true;
        }
        Plot {
            canvas,
            colours: series.iter().enumerate().map(colour).collect(),
            paths,
            thresholds: match panel.field.threshold_lines {
                true => {
                    thresholds.map(|(value, name)| (ground.row(ground.dot(value)), name)).collect()
                }
                false => Vec::new(),
            },
            marked,
        }
    }

    /// What stands in one cell: a series before a moment before a threshold.
    fn letter(&self, coloured: bool, column: usize, row: usize) -> (Ink, char) {
        let cell = self.canvas.cell(column, row);
        if !cell.is_empty() {
            if coloured {
                return (Ink::Colour(self.colours[cell.owner(column)]), cell.letter());
            }
            return (Ink::Plain, self.mark(column, row).unwrap_or(cell.letter()));
        }
        if self.marked[column] {
            return (Ink::Colour(palette::MARK), '┊');
        }
        match self.thresholds.iter().find(|(at, _)| *at == row) {
            Some((_, name)) => {
                let ink = palette::by_name(name).map_or(Ink::Faint, Ink::Colour);
                (ink, if column.is_multiple_of(2) { '╌' } else { ' ' })
            }
            None => (Ink::Plain, ' '),
        }
    }

    /// The mark of the series that has one here. A single series needs none.
    fn mark(&self, column: usize, row: usize) -> Option<char> {
        if self.paths.len() < 2 {
            return None;
        }
        let every = MARKS_APART * self.paths.len();
        let ends = |owner: usize| self.paths[owner][column + 1..].iter().all(Option::is_none);
        let turn = |owner: usize| column % every == owner * MARKS_APART || ends(owner);
        let here = |owner: &usize| self.paths[*owner][column] == Some(row) && turn(*owner);
        (0..self.paths.len()).find(here).map(palette::mark)
    }
}

/// The values of one series that fall on one dot's width, as dots above the ground.
struct Bucket {
    x: usize,
    /// Where the line comes in and where it goes out.
    enter: usize,
    leave: usize,
    low: usize,
    high: usize,
}

/// A series as stretches without gaps. A gap is a value that is no number, or a point in time that
/// is missing.
fn stretches(series: &Series, view: &View, ground: &Ground, wide: usize) -> Vec<Vec<Bucket>> {
    let spacing = series.points.windows(2).map(|pair| pair[1].0 - pair[0].0);
    let spacing = spacing.filter(|it| *it > 0.0).fold(f64::INFINITY, f64::min);
    let step = view.range.step.as_secs_f64();
    // One missing point is a scrape that came late; two are a gap.
    let longest = 2.5 * if spacing.is_finite() { step.max(spacing) } else { step };
    let mut all: Vec<Vec<(usize, f64)>> = vec![Vec::new()];
    let mut before = f64::NAN;
    for (at, value) in &series.points {
        let place = axis::column(&view.range, wide, *at);
        let joins = at - before <= longest;
        before = *at;
        let (Some(x), true) = (place, value.is_finite()) else {
            all.push(Vec::new());
            continue;
        };
        match all.last_mut() {
            Some(open) if joins || open.is_empty() => open.push((x, *value)),
            Some(_) | None => all.push(vec![(x, *value)]),
        }
    }
    all.iter().filter(|points| !points.is_empty()).map(|points| buckets(points, ground)).collect()
}

fn buckets(points: &[(usize, f64)], ground: &Ground) -> Vec<Bucket> {
    let chunks: Vec<&[(usize, f64)]> = points.chunk_by(|one, other| one.0 == other.0).collect();
    let full: Vec<Bucket> = chunks.iter().map(|chunk| Bucket::of(chunk, ground)).collect();
    let calm = |(index, bucket): (usize, &Bucket)| {
        let around = &full[index.saturating_sub(AROUND)..full.len().min(index + AROUND + 1)];
        bucket.spread() <= NOISE.max(PEAK * usual_spread(around))
    };
    let calm: Vec<bool> = full.iter().enumerate().map(calm).collect();
    let both = full.into_iter().zip(chunks).zip(calm);
    both.map(|((bucket, chunk), calm)| if calm { bucket.calmed(chunk, ground) } else { bucket })
        .collect()
}

/// The median.
fn usual_spread(buckets: &[Bucket]) -> usize {
    let mut spreads: Vec<usize> = buckets.iter().map(Bucket::spread).collect();
    spreads.sort_unstable();
    spreads.get(spreads.len() / 2).copied().unwrap_or(0)
}

// === impl Bucket ===

impl Bucket {
    /// All that lies on one dot's width; `chunk` is never empty.
    fn of(chunk: &[(usize, f64)], ground: &Ground) -> Bucket {
        let dots = || chunk.iter().map(|(_, value)| ground.dot(*value));
        Bucket {
            x: chunk[0].0,
            enter: dots().next().unwrap_or(0),
            leave: dots().next_back().unwrap_or(0),
            low: dots().min().unwrap_or(0),
            high: dots().max().unwrap_or(0),
        }
    }

    fn spread(&self) -> usize {
        self.high - self.low
    }

    /// The same, drawn as its mean.
    fn calmed(self, chunk: &[(usize, f64)], ground: &Ground) -> Bucket {
        let mean: f64 = chunk.iter().map(|(_, value)| value / chunk.len() as f64).sum();
        let dot = ground.dot(mean);
        Bucket { x: self.x, enter: dot, leave: dot, low: dot, high: dot }
    }
}

fn trace(canvas: &mut Canvas, owner: usize, stretch: &[Bucket], bars: bool) {
    let mut before: Option<(usize, usize)> = None;
    for bucket in stretch {
        let ground = if bars { 0 } else { bucket.low };
        canvas.line(owner, (bucket.x, ground), (bucket.x, bucket.high));
        if let Some(before) = before.filter(|_| !bars) {
            canvas.line(owner, before, (bucket.x, bucket.enter));
        }
        before = Some((bucket.x, bucket.leave));
    }
}

/// Fills the columns between two points that lie farther apart than a column.
fn bridge(path: &mut [Option<usize>], stretch: &[Bucket], ground: &Ground) {
    for pair in stretch.windows(2) {
        let (from, to) = (&pair[0], &pair[1]);
        let wide = (to.x - from.x).max(1) as f64;
        let between = path.iter_mut().enumerate().take(to.x / 2).skip(from.x / 2 + 1);
        for (column, row) in between {
            let share = (column * 2 - from.x) as f64 / wide;
            let dot = from.leave as f64 + (to.enter as f64 - from.leave as f64) * share;
            *row = Some(ground.row(dot.round() as usize));
        }
    }
}
