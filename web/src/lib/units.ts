// Numbers as a dashboard shows them: Grafana's unit names, as far as our dashboards use them, and a
// plain number for any other. Pure.

const SI = ['', 'k', 'M', 'G', 'T'];
const IEC = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

const RATES: Record<string, string> = {
  reqps: 'req/s',
  ops: 'ops/s',
  rps: 'r/s',
  wps: 'w/s',
  iops: 'io/s',
  cps: 'c/s',
  rowsps: 'rows/s',
  pps: 'p/s',
};

/** A value with its unit; `null` is shown as a dash. */
export function format(value: number | null | undefined, unit = 'short', decimals?: number | null): string {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '-∞';
  if (unit === 'percentunit') return `${plain(value * 100, decimals)} %`;
  if (unit === 'percent') return `${plain(value, decimals)} %`;
  if (unit === 's') return seconds(value, decimals);
  if (unit === 'ms') return seconds(value / 1000, decimals);
  if (unit === 'bytes' || unit === 'decbytes') return scaled(value, 1024, IEC, ' ', decimals);
  if (unit.startsWith('suffix:')) return `${scaled(value, 1000, SI, '', decimals)} ${unit.slice(7)}`;
  const rate = RATES[unit];
  if (rate) return `${scaled(value, 1000, SI, '', decimals)} ${rate}`;
  if (unit === 'bool') return value ? 'true' : 'false';
  return scaled(value, 1000, SI, '', decimals);
}

/** The same without the words of a unit that say nothing on an axis, where room is short. */
export function onAxis(value: number, unit = 'short', decimals?: number | null): string {
  const short = unit.startsWith('suffix:') || RATES[unit] ? 'short' : unit;
  return format(value, short, decimals);
}

/** The words of a unit, for the side of a chart; empty where each number carries them. */
export function unitName(unit = 'short'): string {
  if (unit.startsWith('suffix:')) return unit.slice(7);
  return RATES[unit] ?? '';
}

function plain(value: number, decimals?: number | null): string {
  if (decimals !== null && decimals !== undefined) return value.toFixed(decimals);
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size >= 100) return value.toFixed(0);
  if (size >= 10) return trim(value.toFixed(1));
  if (size >= 0.01) return trim(value.toFixed(2));
  return trim(value.toPrecision(2));
}

function trim(text: string): string {
  return text.includes('.') && !text.includes('e') ? text.replace(/\.?0+$/, '') : text;
}

function scaled(value: number, base: number, names: string[], gap: string, decimals?: number | null): string {
  let step = 0;
  let rest = value;
  while (Math.abs(rest) >= base && step < names.length - 1) {
    rest /= base;
    step += 1;
  }
  return `${plain(rest, decimals)}${gap}${names[step] ?? ''}`.trimEnd();
}

function seconds(value: number, decimals?: number | null): string {
  const size = Math.abs(value);
  if (size === 0) return '0 s';
  if (size < 1e-3) return `${plain(value * 1e6, decimals)} µs`;
  if (size < 1) return `${plain(value * 1e3, decimals)} ms`;
  if (size < 60) return `${plain(value, decimals)} s`;
  if (size < 3600) return `${plain(value / 60, decimals)} min`;
  if (size < 86400) return `${plain(value / 3600, decimals)} h`;
  return `${plain(value / 86400, decimals)} d`;
}
