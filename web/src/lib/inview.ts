// What of the dashboards was in view at a moment of the session, and what it showed then. Pure.

export interface SeenEvent {
  seq: number;
  at_s: number;
  kind: string;
  data: unknown;
}

export interface InView {
  dashboard: string;
  title: string;
  promql: string[];
  /** What it showed in words; for a panel of logs its lines. */
  shown: string;
  /** How far back the dashboard reached, in seconds. */
  last_s: number;
}

interface Data {
  from: number;
  to: number;
  times: number[];
  series: { values: (number | null)[] }[];
}

interface Viewed {
  dashboard?: unknown;
  last_s?: unknown;
  panels?: { title?: unknown; promql?: unknown; shown?: unknown; visible_ms?: unknown }[];
}

/** A page reports a look a moment after it began. */
const SLACK_S = 1.5;

/** The panels that were in view in the console at this moment, each once. */
export function inView(events: SeenEvent[], at_s: number): InView[] {
  const found = new Map<string, InView>();
  for (const event of events) {
    if (event.kind !== 'dashboard-viewed') continue;
    const { dashboard, last_s, panels } = event.data as Viewed;
    for (const panel of panels ?? []) {
      if (typeof panel.visible_ms !== 'number') continue;
      const from = event.at_s - panel.visible_ms / 1000 - SLACK_S;
      if (at_s < from || at_s > event.at_s) continue;
      const promql = Array.isArray(panel.promql) ? panel.promql.map(String) : [];
      const view = {
        dashboard: String(dashboard),
        title: String(panel.title),
        promql,
        shown: typeof panel.shown === 'string' ? panel.shown : '',
        last_s: Number(last_s) || 300,
      };
      found.set(key(view), view);
    }
  }
  return [...found.values()];
}

/** What a panel is known by in the kept data. */
export function key(view: { dashboard: string; title: string; promql: string[] }): string {
  return JSON.stringify([view.dashboard, view.title, view.promql]);
}

/** The data as it stood at a moment (Unix seconds), back as far as was shown. */
export function until<T extends Data>(data: T, at: number, last_s: number): T {
  const from = at - last_s;
  const first = data.times.findIndex((time) => time >= from);
  const after = data.times.findIndex((time) => time > at);
  const [low, high] = [first < 0 ? data.times.length : first, after < 0 ? data.times.length : after];
  return {
    ...data,
    from,
    to: at,
    times: data.times.slice(low, high),
    series: data.series.map((line) => ({ ...line, values: line.values.slice(low, high) })),
  };
}
