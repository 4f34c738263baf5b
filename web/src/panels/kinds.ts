// Which component draws a panel of which kind, live or in a replay. What is not here is not drawn.
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
