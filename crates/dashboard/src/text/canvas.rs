//! A grid of braille cells: two dots wide and four high each.

/// A drawing in dots. `x` counts dots from the left, `y` dots from the bottom.
pub(super) struct Canvas {
    columns: usize,
    rows: usize,
    cells: Vec<Cell>,
}

/// The dots of one cell, and whose they are.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Cell {
    dots: u8,
    /// One bit for each series that has a dot here.
    owners: u16,
}

// === impl Canvas ===

impl Canvas {
    pub(super) fn new(columns: usize, rows: usize) -> Canvas {
        Canvas { columns, rows, cells: vec![Cell::default(); columns * rows] }
    }

    /// Dots in a row.
    pub(super) fn wide(&self) -> usize {
        self.columns * 2
    }

    /// Dots in a column.
    pub(super) fn high(&self) -> usize {
        self.rows * 4
    }

    /// Sets one dot for the series `owner`; outside of the canvas nothing happens.
    pub(super) fn dot(&mut self, owner: usize, x: usize, y: usize) {
        if x >= self.wide() || y >= self.high() {
            return;
        }
        let from_top = self.high() - 1 - y;
        let cell = &mut self.cells[from_top / 4 * self.columns + x / 2];
        cell.dots |= match (x % 2, from_top % 4) {
            (0, 3) => 0x40,
            (_, 3) => 0x80,
            (0, row) => 1 << row,
            (_, row) => 8 << row,
        };
        cell.owners |= 1 << owner.min(15);
    }

    /// A straight line between two dots, both included.
    pub(super) fn line(&mut self, owner: usize, from: (usize, usize), to: (usize, usize)) {
        let (dx, dy) = (to.0.abs_diff(from.0), to.1.abs_diff(from.1));
        let steps = dx.max(dy).max(1);
        let between = |a: usize, b: usize, step: usize| {
            let share = step as f64 / steps as f64;
            (a as f64 + (b as f64 - a as f64) * share).round() as usize
        };
        for step in 0..=steps {
            self.dot(owner, between(from.0, to.0, step), between(from.1, to.1, step));
        }
    }

    /// The cell in `column` from the left and `row` from the top.
    pub(super) fn cell(&self, column: usize, row: usize) -> Cell {
        self.cells[row * self.columns + column]
    }
}

// === impl Cell ===

impl Cell {
    pub(super) fn is_empty(self) -> bool {
        self.dots == 0
    }

    pub(super) fn letter(self) -> char {
        char::from_u32(0x2800 + u32::from(self.dots)).unwrap_or(' ')
    }

    /// Whose colour the cell has in `column`. Where series lie on each other they take turns, so
    /// that none is hidden by the last one.
    pub(super) fn owner(self, column: usize) -> usize {
        let owners: Vec<usize> = (0..16).filter(|it| self.owners & (1 << it) != 0).collect();
        // Runs of three columns read as a dashed line; single ones would only blur.
        owners.get(column / 3 % owners.len().max(1)).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letters(canvas: &Canvas) -> String {
        let row =
            |row| (0..canvas.columns).map(|column| canvas.cell(column, row).letter()).collect();
        (0..canvas.rows).map(row).collect::<Vec<String>>().join("\n")
    }

    #[test]
    fn lines_run_from_the_bottom_to_the_top() {
        let mut canvas = Canvas::new(4, 2);
        canvas.line(0, (0, 0), (7, 7));
        assert_eq!(letters(&canvas), "⠀⠀⡠⠊\n⡠⠊⠀⠀");
        let mut flat = Canvas::new(3, 1);
        flat.line(0, (0, 0), (5, 0));
        assert_eq!(letters(&flat), "⣀⣀⣀");
    }

    #[test]
    fn what_lies_outside_is_left_out() {
        let mut canvas = Canvas::new(1, 1);
        canvas.dot(0, 2, 0);
        canvas.dot(0, 0, 4);
        assert!(canvas.cell(0, 0).is_empty());
    }

    #[test]
    fn series_that_lie_on_each_other_take_turns() {
        let mut canvas = Canvas::new(12, 1);
        canvas.line(0, (0, 0), (23, 0));
        canvas.line(1, (0, 0), (23, 0));
        let owners: Vec<usize> =
            (0..12).map(|column| canvas.cell(column, 0).owner(column)).collect();
        assert_eq!(owners, [0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1]);
    }
}
