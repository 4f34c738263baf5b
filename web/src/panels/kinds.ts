// Which component draws the numbers of a panel of which kind, live or in a replay. Lines of logs are drawn by
// `LogsPanel`; what is neither is not drawn.
import GaugePanel from './GaugePanel.svelte';
import HeatmapPanel from './HeatmapPanel.svelte';
import StatPanel from './StatPanel.svelte';
import TablePanel from './TablePanel.svelte';
import TimeseriesPanel from './TimeseriesPanel.svelte';

export const KINDS = {
  timeseries: TimeseriesPanel,
  stat: StatPanel,
  gauge: GaugePanel,
  bargauge: GaugePanel,
  table: TablePanel,
  heatmap: HeatmapPanel,
};

/** Whether a panel of this kind is drawn at all. */
export function isDrawn(kind: string): boolean {
  return kind === 'logs' || kind in KINDS;
}
