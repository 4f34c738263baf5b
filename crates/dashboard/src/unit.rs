//! Numbers as people read them, by Grafana's unit ids.

/// One size of a unit: from this many of the base unit on, divide by it and write this.
type Size = (f64, &'static str);

/// Seconds, from the smallest size to the largest.
const TIME: [Size; 7] = [
    (1e-9, " ns"),
    (1e-6, " µs"),
    (1e-3, " ms"),
    (1.0, " s"),
    (60.0, " min"),
    (3600.0, " h"),
    (86_400.0, " d"),
];

const BINARY: [Size; 5] = [
    (1.0, " B"),
    (1024.0, " KiB"),
    (1_048_576.0, " MiB"),
    (1_073_741_824.0, " GiB"),
    (1_099_511_627_776.0, " TiB"),
];

const DECIMAL_BYTES: [Size; 5] =
    [(1.0, " B"), (1e3, " kB"), (1e6, " MB"), (1e9, " GB"), (1e12, " TB")];

const SHORT: [Size; 5] = [(1.0, ""), (1e3, " K"), (1e6, " Mil"), (1e9, " Bil"), (1e12, " Tri")];

/// A value in its unit, with three significant digits unless `decimals` says how many stand after
/// the point. `unit` is one of Grafana's ids; of an unknown one the name is written after the
/// number, as Grafana does it.
pub fn say(value: f64, unit: &str, decimals: Option<usize>) -> String {
    if !value.is_finite() {
        return match value {
            _ if value.is_nan() => "no value".to_owned(),
            _ if value > 0.0 => "+Inf".to_owned(),
            _ => "-Inf".to_owned(),
        };
    }
    let scaled = |value: f64, sizes: &[Size], suffix: &str| {
        let (number, size) = scale(value, sizes, decimals);
        format!("{number}{size}{suffix}")
    };
    let plain = |suffix: &str| format!("{}{suffix}", digits(value, decimals));
    match unit {
        "" | "none" | "string" => plain(""),
        "short" | "sishort" => scaled(value, &SHORT, ""),
        "percent" => plain("%"),
        "percentunit" => format!("{}%", digits(value * 100.0, decimals)),
        "s" | "dtdurations" | "clocks" => scaled(value, &TIME, ""),
        "ms" | "dtdurationms" => scaled(value / 1e3, &TIME, ""),
        "µs" => scaled(value / 1e6, &TIME, ""),
        "ns" => scaled(value / 1e9, &TIME, ""),
        "m" => scaled(value * 60.0, &TIME, ""),
        "h" => scaled(value * 3600.0, &TIME, ""),
        "bytes" => scaled(value, &BINARY, ""),
        "decbytes" => scaled(value, &DECIMAL_BYTES, ""),
        "binBps" => scaled(value, &BINARY, "/s"),
        "Bps" => scaled(value, &DECIMAL_BYTES, "/s"),
        _ => match name(unit) {
            "" => plain(""),
            name if name.ends_with("/s") || name.ends_with("/min") => {
                let (number, size) = scale(value, &SHORT, decimals);
                format!("{number}{size} {name}")
            }
            name => plain(&format!(" {name}")),
        },
    }
}

/// The same without the unit's [`name`], for places at whose head it stands. Sizes, percents and
/// times keep theirs.
pub fn say_short(value: f64, unit: &str, decimals: Option<usize>) -> String {
    match name(unit) {
        "" | "%" | "time" | "bytes" | "bytes/s" => say(value, unit, decimals),
        _ => say(value, "short", decimals),
    }
}

/// What a unit is called at the head of a panel; empty where each value names it by itself.
pub fn name(unit: &str) -> &str {
    match unit {
        "" | "none" | "short" | "sishort" | "string" | "bool" => "",
        "percent" | "percentunit" => "%",
        "s" | "ms" | "µs" | "ns" | "m" | "h" | "dtdurations" | "dtdurationms" | "clocks" => "time",
        "bytes" | "decbytes" => "bytes",
        "binBps" | "Bps" => "bytes/s",
        "reqps" => "req/s",
        "ops" => "ops/s",
        "rps" => "reads/s",
        "wps" => "writes/s",
        "iops" => "io/s",
        "cps" => "counts/s",
        "eps" => "events/s",
        "mps" => "messages/s",
        "recps" => "records/s",
        "rowsps" => "rows/s",
        "reqpm" => "req/min",
        "opm" => "ops/min",
        "cpm" => "counts/min",
        other => other.strip_prefix("suffix:").unwrap_or(other).trim(),
    }
}

/// The number in the largest size that leaves at least 1 before the point.
fn scale<'a>(value: f64, sizes: &[(f64, &'a str)], decimals: Option<usize>) -> (String, &'a str) {
    // Zero has no size of its own: 0 s, not 0 ns.
    let base = sizes.iter().find(|(size, _)| *size == 1.0).copied().unwrap_or((1.0, ""));
    if value == 0.0 {
        return (digits(value, decimals), base.1);
    }
    // 999.96 ms is 1000 ms when rounded, and so 1 s: sizes are chosen after rounding.
    let size_of = round(value, 3).abs().max(value.abs());
    let fits = |(size, _): &&(f64, &str)| size_of >= *size * (1.0 - 1e-9);
    let (size, suffix) = sizes.iter().rev().find(fits).or(sizes.first()).copied().unwrap_or(base);
    (digits(value / size, decimals), suffix)
}

/// Rounded to significant digits.
fn round(value: f64, significant: i32) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    let exponent = significant - 1 - value.abs().log10().floor() as i32;
    let factor = 10_f64.powi(exponent);
    // At the far ends of a double the factor itself is no number any more.
    if factor.is_normal() { (value * factor).round() / factor } else { value }
}

/// Three significant digits without trailing zeros, or exactly `decimals` after the point.
/// Whole numbers are never cut short.
pub(crate) fn digits(value: f64, decimals: Option<usize>) -> String {
    let text = match decimals {
        Some(decimals) => format!("{value:.decimals$}"),
        None if value.abs() >= 1e15 || (value != 0.0 && value.abs() < 1e-6) => {
            format!("{value:.2e}")
        }
        None if value.abs() >= 100.0 => format!("{value:.0}"),
        None => {
            // A double's own shortest form of the rounded value has no trailing zeros.
            format!("{}", round(value, 3))
        }
    };
    // Minus zero comes of rounding small negative numbers.
    match text.strip_prefix('-') {
        Some(rest) if rest.chars().all(|it| it == '0' || it == '.') => rest.to_owned(),
        Some(_) | None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(unit: &str, cases: &[(f64, &str)]) {
        for (value, wanted) in cases {
            assert_eq!(say(*value, unit, None), *wanted, "{value} in {unit:?}");
        }
    }

    #[test]
    fn times_have_the_size_that_reads_best() {
        check("s", &[(0.0, "0 s"), (0.000_012_3, "12.3 µs"), (0.15, "150 ms"), (1.0, "1 s")]);
        check("s", &[(0.9999, "1 s"), (59.0, "59 s"), (90.0, "1.5 min"), (7200.0, "2 h")]);
        check("s", &[(-0.25, "-250 ms"), (1e-12, "0.001 ns"), (86_400.0 * 400.0, "400 d")]);
        check("ms", &[(150.0, "150 ms"), (1500.0, "1.5 s")]);
    }

    #[test]
    fn shares_and_percents_are_told_apart() {
        check("percentunit", &[(0.05, "5%"), (0.123_45, "12.3%"), (1.0, "100%"), (0.0, "0%")]);
        check("percent", &[(5.0, "5%"), (0.05, "0.05%")]);
    }

    #[test]
    fn rates_and_counts_are_short() {
        check("reqps", &[(58.43, "58.4 req/s"), (1234.0, "1.23 K req/s"), (0.0, "0 req/s")]);
        check("short", &[(8.0, "8"), (999.0, "999"), (999.9, "1 K"), (1_250_000.0, "1.25 Mil")]);
        check("", &[(12_345.0, "12345"), (0.1, "0.1"), (1.0 / 3.0, "0.333")]);
        check("suffix:connections", &[(8.0, "8 connections")]);
        check("furlongs", &[(8.0, "8 furlongs")]);
    }

    #[test]
    fn bytes_are_binary_or_decimal() {
        check("bytes", &[(512.0, "512 B"), (1536.0, "1.5 KiB"), (1024.0_f64.powi(3), "1 GiB")]);
        check("decbytes", &[(1500.0, "1.5 kB")]);
        check("binBps", &[(2048.0, "2 KiB/s")]);
    }

    #[test]
    fn decimals_are_obeyed() {
        assert_eq!(say(0.123_45, "percentunit", Some(2)), "12.35%");
        assert_eq!(say(8.0, "", Some(1)), "8.0");
        assert_eq!(say(-0.001, "", Some(1)), "0.0");
    }

    #[test]
    fn what_is_no_number_is_said() {
        check("s", &[(f64::NAN, "no value"), (f64::INFINITY, "+Inf"), (f64::NEG_INFINITY, "-Inf")]);
        check("", &[(f64::MAX, "1.80e308"), (f64::MIN_POSITIVE, "2.23e-308")]);
    }
}
