// Keeps a chart as large as the place that it stands in, until both are taken away. It draws nothing.
import type uPlot from 'uplot';

/** `resized` is told of every change of the place's size. Gives what ends the watching and the chart. */
export function fit(chart: uPlot, place: HTMLElement, resized?: () => void): () => void {
  const watch = new ResizeObserver(() => {
    resized?.();
    if (place.clientWidth > 0) chart.setSize({ width: place.clientWidth, height: place.clientHeight });
  });
  watch.observe(place);
  return () => {
    watch.disconnect();
    chart.destroy();
  };
}
