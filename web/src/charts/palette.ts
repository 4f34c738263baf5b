// Colours of lines: Grafana's names, and a palette that is told apart in both themes. Pure.

const DARK = [
  '#73bf69',
  '#f2cc0c',
  '#5794f2',
  '#ff9830',
  '#f2495c',
  '#b877d9',
  '#56c7c7',
  '#e58fb1',
  '#a0b3c8',
  '#c4a15a',
];
const LIGHT = [
  '#1f7a2e',
  '#866600',
  '#1f62c9',
  '#b04a00',
  '#c4162a',
  '#8338b0',
  '#0b7178',
  '#b5407b',
  '#56677c',
  '#7d5d12',
];

const NAMES: Record<string, number> = { green: 0, yellow: 1, blue: 2, orange: 3, red: 4, purple: 5 };

/** The colour of the n-th line. */
export function nth(index: number, dark: boolean): string {
  const colours = dark ? DARK : LIGHT;
  return colours[index % colours.length] ?? '#888888';
}

/** A colour by Grafana's name (`orange`, `dark-red`, `semi-dark-blue`) or as it stands when it is `#rrggbb`. */
export function named(name: string, dark: boolean): string {
  if (/^#[0-9a-fA-F]{3,8}$/.test(name)) return name;
  const base = name.split('-').at(-1) ?? '';
  const index = NAMES[base];
  return index === undefined ? (dark ? '#a3adbb' : '#4a5565') : nth(index, dark);
}
