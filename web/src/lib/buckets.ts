// The buckets of a histogram, each without those below it, the highest first. Pure.

export interface Bucket {
  name: string;
  bound: number;
  values: (number | null)[];
}

interface Series {
  legend: string;
  labels: Record<string, string>;
  values: (number | null)[];
}

export function differences(series: Series[]): Bucket[] {
  const sorted = series
    .map(({ legend, labels, values }) => {
      const le = labels['le'] ?? legend;
      return { name: le, bound: le === '+Inf' ? Infinity : Number(le), values };
    })
    .filter((bucket) => !Number.isNaN(bucket.bound))
    .sort((a, b) => a.bound - b.bound);
  return sorted
    .map((bucket, index) => ({
      ...bucket,
      values: bucket.values.map((value, at) =>
        value === null ? null : Math.max(0, value - (sorted[index - 1]?.values[at] ?? 0)),
      ),
    }))
    .reverse();
}
