// uPlot's options for a chart of lines. It draws nothing itself but marks and thresholds, over what uPlot draws.
import uPlot from 'uplot';
import { clock } from '../lib/range';
import { token } from '../state/theme.svelte';
import type { Mark } from '../lib/mark';
import type { Line, Threshold } from './Chart.svelte';

export interface Plan {
  lines: Line[];
  size: { width: number; height: number };
  axis: (value: number) => string;
  min: number | null;
  max: number | null;
  span: () => { from: number; to: number };
  marks: () => Mark[];
  thresholds: Threshold[];
  zoomed: (from: number, to: number) => void;
  moved: (index: number | null, left: number) => void;
}

/** All charts of the page whose crosshairs move together. */
const together = uPlot.sync('time');

export function build(plan: Plan): uPlot.Options {
  return {
    ...plan.size,
    padding: [8, 10, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      sync: {
        key: together.key,
        setSeries: false,
        // The crosshair is shared; what is dragged is one chart's, which tells the page.
        filters: { pub: (type) => type === 'mousemove' || type === 'mouseleave' },
      },
      drag: { x: true, y: false, setScale: false },
      points: { size: 6 },
    },
    scales: {
      x: { time: true, range: () => [plan.span().from, plan.span().to] },
      y: { range: (_, low, high) => bounds(low, high, plan) },
    },
    axes: [axisX(), axisY(plan)],
    series: [{}, ...plan.lines.map(series)],
    hooks: {
      draw: [(chart) => over(chart, plan)],
      setCursor: [
        (chart) =>
          plan.moved(
            inside(chart) ? (chart.cursor.idx ?? null) : null,
            chart.bbox.left / devicePixelRatio + (chart.cursor.left ?? 0),
          ),
      ],
      setSelect: [(chart) => selected(chart, plan)],
    },
  };
}

function inside(chart: uPlot): boolean {
  return (chart.cursor.left ?? -1) >= 0;
}

function series(line: Line): uPlot.Series {
  return {
    label: line.name,
    stroke: line.color,
    width: line.width ?? 1.5,
    ...(line.fill
      ? {
          fill: `${line.color}${Math.round(line.fill * 2.55)
            .toString(16)
            .padStart(2, '0')}`,
        }
      : {}),
    ...(line.dash ? { dash: line.dash } : {}),
    spanGaps: false,
    points: { show: (chart, _, from, to) => to - from <= 1 && chart.data[0].length < 3 },
  };
}

function axisX(): uPlot.Axis {
  return {
    stroke: token('soft'),
    font: `11px ${token('sans')}`,
    grid: { stroke: token('grid'), width: 1 },
    ticks: { show: false },
    size: 24,
    gap: 4,
    space: 80,
    values: (_, splits) => splits.map((second) => clock(second).replace(/:00$/, '')),
  };
}

function axisY(plan: Plan): uPlot.Axis {
  return {
    stroke: token('soft'),
    font: `11px ${token('sans')}`,
    grid: { stroke: token('grid'), width: 1 },
    ticks: { show: false },
    gap: 6,
    space: 28,
    size: (_, values) => 14 + Math.max(20, ...(values ?? []).map((value) => value.length * 6.4)),
    values: (_, splits) => splits.map(plan.axis),
  };
}

function bounds(low: number | null, high: number | null, plan: Plan): [number, number] {
  const under = plan.min ?? Math.min(0, low ?? 0);
  const reached = Math.max(
    high ?? 1,
    ...plan.thresholds.map((each) => (each.value <= (high ?? 0) * 2 ? each.value : 0)),
  );
  const over = plan.max !== null && plan.max >= reached ? plan.max : reached + (reached - under) * 0.08;
  return over > under ? [under, over] : [under, under + 1];
}

function selected(chart: uPlot, plan: Plan) {
  const { left, width } = chart.select;
  if (width < 6) return;
  plan.zoomed(chart.posToVal(left, 'x'), chart.posToVal(left + width, 'x'));
  chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
}

function over(chart: uPlot, plan: Plan) {
  const { ctx, bbox } = chart;
  ctx.save();
  ctx.lineWidth = devicePixelRatio;
  for (const { value, color } of plan.thresholds) {
    const y = chart.valToPos(value, 'y', true);
    if (y < bbox.top || y > bbox.top + bbox.height) continue;
    stroke(ctx, color, [6, 4], bbox.left, y, bbox.left + bbox.width, y);
  }
  for (const { at, color } of plan.marks()) {
    const x = chart.valToPos(at, 'x', true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    stroke(ctx, color, [3, 3], x, bbox.top, x, bbox.top + bbox.height);
    ctx.fillStyle = color;
    ctx.beginPath();
    ctx.moveTo(x - 5, bbox.top);
    ctx.lineTo(x + 5, bbox.top);
    ctx.lineTo(x, bbox.top + 7);
    ctx.fill();
  }
  ctx.restore();
}

function stroke(
  ctx: CanvasRenderingContext2D,
  color: string,
  dash: number[],
  ...[x1, y1, x2, y2]: [number, number, number, number]
) {
  ctx.strokeStyle = color;
  ctx.setLineDash(dash);
  ctx.beginPath();
  ctx.moveTo(x1, y1);
  ctx.lineTo(x2, y2);
  ctx.stroke();
}
