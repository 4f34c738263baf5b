// A Grafana dashboard file as the page needs it: panels on their grid, their fields' settings with
// overrides. It reads what the server passed on and never trusts that a key is there. Pure.

export interface Step {
  color: string;
  value: number | null;
}

export interface Field {
  unit: string;
  decimals: number | null;
  min: number | null;
  max: number | null;
  steps: Step[];
  color: string | null;
  dash: number[] | null;
  lineWidth: number;
  fill: number;
  stacked: boolean;
  thresholdLines: boolean;
}

export interface Panel {
  id: number;
  type: string;
  title: string;
  description: string;
  x: number;
  y: number;
  w: number;
  h: number;
  queries: string[];
  field: (name: string) => Field;
  options: Record<string, unknown>;
  exclude: Record<string, boolean>;
  rename: Record<string, string>;
}

type Json = Record<string, unknown>;

function object(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function list(value: unknown): Json[] {
  return Array.isArray(value) ? value.map(object) : [];
}

function number(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** The panels in the file's order; those folded into a closed row are taken out of it. */
export function panels(file: unknown): Panel[] {
  return list(object(file)['panels']).flatMap((raw) => [panel(raw), ...list(raw['panels']).map(panel)]);
}

/** The range that the file opens with. */
export function opening(file: unknown): { from: string; to: string } {
  const time = object(object(file)['time']);
  return { from: text(time['from']) || 'now-15m', to: text(time['to']) || 'now' };
}

/** How often it is asked anew, in milliseconds; five seconds where the file does not say. */
export function refresh(file: unknown): number {
  const found = /^(\d+)(s|m)$/.exec(text(object(file)['refresh']));
  return found ? Number(found[1]) * (found[2] === 'm' ? 60_000 : 1000) : 5000;
}

function panel(raw: Json): Panel {
  const grid = object(raw['gridPos']);
  const config = object(raw['fieldConfig']);
  const base = fieldOf(object(config['defaults']), empty());
  const overrides = list(config['overrides']);
  const organize = list(raw['transformations']).find((each) => each['id'] === 'organize');
  const arranged = object(organize?.['options']);
  return {
    id: number(raw['id']) ?? -1,
    type: text(raw['type']) || 'unknown',
    title: text(raw['title']),
    description: text(raw['description']),
    x: number(grid['x']) ?? 0,
    y: number(grid['y']) ?? 0,
    w: number(grid['w']) ?? 12,
    h: number(grid['h']) ?? 8,
    queries: list(raw['targets']).map((target) => text(target['expr'])),
    options: object(raw['options']),
    exclude: object(arranged['excludeByName']) as Record<string, boolean>,
    rename: object(arranged['renameByName']) as Record<string, string>,
    field: (name) => overrides.filter((each) => matches(each, name)).reduce(overridden, base),
  };
}

function empty(): Field {
  return {
    unit: 'short',
    decimals: null,
    min: null,
    max: null,
    steps: [],
    color: null,
    dash: null,
    lineWidth: 1.5,
    fill: 0,
    stacked: false,
    thresholdLines: false,
  };
}

function fieldOf(defaults: Json, before: Field): Field {
  const custom = object(defaults['custom']);
  const color = object(defaults['color']);
  const steps = list(object(defaults['thresholds'])['steps']);
  return {
    ...before,
    unit: text(defaults['unit']) || before.unit,
    decimals: number(defaults['decimals']),
    min: number(defaults['min']),
    max: number(defaults['max']),
    steps: steps.map((step) => ({ color: text(step['color']), value: number(step['value']) })),
    color: color['mode'] === 'fixed' ? text(color['fixedColor']) : null,
    lineWidth: number(custom['lineWidth']) ?? before.lineWidth,
    fill: number(custom['fillOpacity']) ?? 0,
    stacked: object(custom['stacking'])['mode'] === 'normal',
    thresholdLines: ['line', 'dashed', 'line+area', 'area', 'dashed+area'].includes(
      text(object(custom['thresholdsStyle'])['mode']),
    ),
  };
}

function matches(override: Json, name: string): boolean {
  const matcher = object(override['matcher']);
  if (matcher['id'] === 'byName') return matcher['options'] === name;
  if (matcher['id'] !== 'byRegexp') return false;
  const body = text(matcher['options']).replace(/^\/(.*)\/\w*$/, '$1');
  try {
    return new RegExp(body).test(name);
  } catch {
    // An expression that is none matches nothing; Grafana does the same.
    return false;
  }
}

function overridden(field: Field, override: Json): Field {
  const next = { ...field };
  for (const property of list(override['properties'])) {
    const value = property['value'];
    if (property['id'] === 'color') next.color = text(object(value)['fixedColor']) || next.color;
    if (property['id'] === 'unit') next.unit = text(value);
    if (property['id'] === 'decimals') next.decimals = number(value);
    if (property['id'] === 'custom.lineStyle') {
      const dash = object(value)['dash'];
      next.dash = Array.isArray(dash) ? dash.filter((n): n is number => typeof n === 'number') : [8, 6];
    }
    if (property['id'] === 'custom.fillOpacity') next.fill = number(value) ?? 0;
    if (property['id'] === 'custom.lineWidth') next.lineWidth = number(value) ?? next.lineWidth;
  }
  return next;
}

/** The colour of the highest threshold that the value has reached. */
export function threshold(steps: Step[], value: number | null): string | null {
  if (value === null) return null;
  let color = steps[0]?.color ?? null;
  for (const step of steps) if (step.value !== null && value >= step.value) color = step.color;
  return color;
}

/** The last value that is one. */
export function last(values: (number | null)[]): number | null {
  for (let i = values.length - 1; i >= 0; i -= 1) {
    const value = values[i];
    if (value !== null && value !== undefined) return value;
  }
  return null;
}

/** One of Grafana's calculations over a line; the last value for one that is not known. */
export function reduce(values: (number | null)[], calc: string): number | null {
  const there = values.filter((value): value is number => value !== null);
  if (there.length === 0) return null;
  if (calc === 'min') return Math.min(...there);
  if (calc === 'max') return Math.max(...there);
  if (calc === 'sum') return there.reduce((a, b) => a + b, 0);
  if (calc === 'mean') return there.reduce((a, b) => a + b, 0) / there.length;
  return last(values);
}
