// What Prometheus' API answers, as lines on one axis of time. Pure.

export interface Series {
  name: string;
  labels: Record<string, string>;
  values: (number | null)[];
}

export interface Table {
  times: number[];
  series: Series[];
}

interface Item {
  metric?: Record<string, string>;
  values?: [number, string][];
  value?: [number, string];
}

/** The items of an answer, whatever its kind; a scalar is one item without labels. */
export function items(answer: unknown): Item[] {
  const data = (answer as { data?: { resultType?: string; result?: unknown } } | null)?.data;
  if (!data) return [];
  if (data.resultType === 'scalar' || data.resultType === 'string') {
    return [{ metric: {}, value: data.result as [number, string] }];
  }
  return Array.isArray(data.result) ? (data.result as Item[]) : [];
}

/** A matrix on one axis; what a line does not have is a gap. */
export function table(answer: unknown): Table {
  const all = items(answer);
  const times = [...new Set(all.flatMap((item) => (item.values ?? []).map(([time]) => time)))].sort(
    (a, b) => a - b,
  );
  const place = new Map(times.map((time, index) => [time, index]));
  const series = all.map((item) => {
    const values: (number | null)[] = new Array<number | null>(times.length).fill(null);
    for (const [time, value] of item.values ?? [])
      values[place.get(time) ?? 0] = value === 'NaN' ? null : Number(value);
    return { name: name(item.metric ?? {}), labels: item.metric ?? {}, values };
  });
  return { times, series };
}

/** A series as Prometheus writes it. */
export function name(labels: Record<string, string>): string {
  const { __name__: metric = '', ...rest } = labels;
  const inner = Object.entries(rest).map(([key, value]) => `${key}="${value}"`);
  return inner.length || !metric ? `${metric}{${inner.join(', ')}}` : metric;
}

/** A step that gives about 250 points, never under a second. */
export function step(from: number, to: number): number {
  return Math.max(1, Math.round((to - from) / 250));
}
