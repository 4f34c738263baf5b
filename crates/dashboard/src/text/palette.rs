//! Colours and marks: which series looks how.

use super::sheet::Ink;
use crate::{Field, Series};

pub(super) const RED: u8 = 203;
/// Of moments that are marked.
pub(super) const MARK: u8 = 245;
const GREEN: u8 = 77;
const YELLOW: u8 = 221;
const ORANGE: u8 = 215;
const BLUE: u8 = 75;
const PURPLE: u8 = 141;

/// Colours of series, in order. Red is left out: it is for what is bad.
const SERIES: [u8; MOST] = [GREEN, BLUE, YELLOW, PURPLE, ORANGE, 80, 211, 150, 180, 110];

/// Marks of series where there are no colours, in order.
const MARKS: [char; MOST] = ['●', '○', '◆', '◇', '■', '□', '▲', '△', '▼', '▽'];

/// This many series can be told apart; more are not drawn.
pub(super) const MOST: usize = 10;

/// The colour of the series at `index`: the panel's own choice, else the next of the palette.
pub(super) fn of_series(field: &Field, series: &Series, index: usize) -> u8 {
    let own = field.of(&series.legend).and_then(|own| own.colour.as_deref());
    own.and_then(by_name).unwrap_or(SERIES[index % MOST])
}

/// The mark of the series at `index` where there are no colours.
pub(super) fn mark(index: usize) -> char {
    MARKS[index % MOST]
}

/// How a value is set, by the panel's thresholds. Where there is none but the one from minus
/// infinity, which Grafana writes into every panel, its colour says nothing.
pub(super) fn of_value(field: &Field, value: f64) -> Ink {
    if field.marks().next().is_none() {
        return Ink::Bold;
    }
    match field.colour_at(value).and_then(by_name) {
        Some(colour) => Ink::BoldColour(colour),
        None => Ink::Bold,
    }
}

/// The nearest of the 256 colours to one of Grafana's names or `#rrggbb`.
pub(super) fn by_name(name: &str) -> Option<u8> {
    if let Some(hex) = name.strip_prefix('#') {
        return by_hex(hex);
    }
    let shades = ["super-light-", "light-", "semi-dark-", "dark-"];
    let base = shades.iter().find_map(|shade| name.strip_prefix(shade)).unwrap_or(name);
    match base {
        "red" => Some(RED),
        "orange" => Some(ORANGE),
        "yellow" => Some(YELLOW),
        "green" => Some(GREEN),
        "blue" => Some(BLUE),
        "purple" => Some(PURPLE),
        "gray" | "grey" => Some(245),
        _ => None,
    }
}

fn by_hex(hex: &str) -> Option<u8> {
    let part = |at: usize| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok();
    // The cube of 6 × 6 × 6 colours that begins at 16; its steps are about 51 apart.
    let step = |value: u8| ((u16::from(value) + 25) / 51) as u8;
    Some(16 + 36 * step(part(0)?) + 6 * step(part(2)?) + step(part(4)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_of_grafana_have_a_neighbour_in_the_terminal() {
        assert_eq!(by_name("red"), Some(RED));
        assert_eq!(by_name("semi-dark-orange"), Some(ORANGE));
        assert_eq!(by_name("#ff0000"), Some(196));
        assert_eq!(by_name("#FFFFFF"), Some(231));
        assert_eq!(by_name("transparent"), None);
        assert_eq!(by_name("#é"), None);
    }
}
