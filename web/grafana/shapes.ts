// What Grafana says that a dashboard file is: its own published types, put together by kind of panel, as they look
// when they were read from JSON. It says nothing about what this project makes of a file (see `crates/dashboard`).
import type {
  AnnotationQuery,
  Dashboard,
  DashboardLink,
  FieldConfig,
  Panel,
  RowPanel,
  VariableModel,
} from '@grafana/schema';
import type { Options as BarGauge } from '@grafana/schema/dist/esm/raw/composable/bargauge/panelcfg/x/BarGaugePanelCfg_types.gen';
import type { Options as Gauge } from '@grafana/schema/dist/esm/raw/composable/gauge/panelcfg/x/GaugePanelCfg_types.gen';
import type {
  FieldConfig as HeatmapField,
  Options as Heatmap,
} from '@grafana/schema/dist/esm/raw/composable/heatmap/panelcfg/x/HeatmapPanelCfg_types.gen';
import type { Options as Logs } from '@grafana/schema/dist/esm/raw/composable/logs/panelcfg/x/LogsPanelCfg_types.gen';
import type { Options as Stat } from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen';
import type {
  FieldConfig as TableField,
  Options as Table,
} from '@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen';
import type {
  FieldConfig as TimeseriesField,
  Options as Timeseries,
} from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen';

// In JSON an enum is its value: `"table"` is no `LegendDisplayMode.Table` to the compiler, and `1` no `VariableSort`.
type Plain<T> = unknown extends T
  ? unknown
  : T extends string
    ? `${T}`
    : T extends number
      ? `${number}` extends `${T}`
        ? number
        : `${T}` extends `${infer N extends number}`
          ? N
          : never
      : T extends boolean | null | undefined
        ? T
        : T extends (infer U)[]
          ? Plain<U>[]
          : T extends object
            ? { [K in keyof T]: Plain<T[K]> }
            : T;

// A panel's own options are laid over its plugin's defaults when a dashboard is loaded, so any may be left out.
type Some<T> = unknown extends T
  ? unknown
  : T extends (infer U)[]
    ? Some<U>[]
    : T extends object
      ? { [K in keyof T]?: Some<T[K]> }
      : T;

type Over<T, U> = Omit<T, keyof U> & U extends infer O ? { [K in keyof O]: O[K] } : never;

// Grafana's data source for Prometheus is published with all of its editor, so its query is written down here, after
// `packages/grafana-prometheus/src/dataquery.ts` and `types.ts` of Grafana 11 to 13.
interface Query {
  refId: string;
  datasource?: { type: 'prometheus'; uid: string };
  expr: string;
  legendFormat?: string;
  instant?: boolean;
  range?: boolean;
  exemplar?: boolean;
  format?: 'time_series' | 'table' | 'heatmap';
  interval?: string;
  intervalFactor?: number;
  editorMode?: 'code' | 'builder';
  hide?: boolean;
}

// Loki's query, after `LokiDataQuery` of Grafana 11 to 13; which the package does not hold.
interface LogQuery {
  refId: string;
  datasource: { type: 'loki'; uid: string };
  expr: string;
  queryType: 'range' | 'instant';
  maxLines?: number;
  editorMode?: 'code' | 'builder';
}

// A field's own settings, all of the same kind as its panel.
type Defaults<Custom> = Over<Plain<Omit<FieldConfig, 'custom'>>, { custom?: Some<Plain<Custom>> }>;

// An override names a setting by its path, and its value is the setting's.
type Override<Custom> =
  | { [K in keyof Plain<FieldConfig>]: { id: K; value: Plain<FieldConfig>[K] } }[Exclude<
      keyof Plain<FieldConfig>,
      'custom'
    >]
  | { [K in keyof Custom & string]: { id: `custom.${K}`; value: Some<Plain<Custom[K]>> } }[keyof Custom &
      string];

interface Matcher {
  id: 'byName' | 'byRegexp' | 'byType' | 'byFrameRefID' | 'numeric' | 'time';
  options?: unknown;
}

type Of<Type extends string, Options, Custom, Target = Query> = Over<
  Plain<Omit<Panel, 'options' | 'fieldConfig' | 'targets'>>,
  {
    type: Type;
    id: number;
    title: string;
    targets: Target[];
    options: Some<Plain<Options>>;
    fieldConfig: {
      defaults: Defaults<Custom>;
      overrides: { matcher: Matcher; properties: Override<Custom>[] }[];
    };
  }
>;

type None = Record<never, never>;

type AnyPanel =
  | Of<'timeseries', Timeseries, TimeseriesField>
  | Of<'stat', Stat, None>
  | Of<'gauge', Gauge, None>
  | Of<'bargauge', BarGauge, None>
  | Of<'table', Table, TableField>
  | Of<'heatmap', Heatmap, HeatmapField>
  | Of<'logs', Logs, None, LogQuery>;

type Row = Over<Plain<Omit<RowPanel, 'panels'>>, { panels: AnyPanel[] }>;

// What the same data source keeps of an annotation beside its query. Grafana 11 reads `expr` and `step` (`datasource.ts`
// there), later ones `target` (`annotations.ts`), so a file has both.
type Asked = Over<
  Plain<Omit<AnnotationQuery, 'target'>>,
  {
    target: Query;
    expr: string;
    step: string;
    titleFormat?: string;
    textFormat?: string;
    tagKeys?: string;
    useValueForTime?: boolean;
  }
>;

// Grafana's own annotations, which programs write with tags.
type Tagged = Over<
  Plain<Omit<AnnotationQuery, 'target' | 'datasource'>>,
  {
    datasource: { type: 'grafana'; uid: '-- Grafana --' };
    target: { type: 'tags'; tags: string[]; matchAny: boolean; limit: number };
  }
>;

type Annotation = Asked | Tagged;

export type GrafanaDashboard = Over<
  Plain<Omit<Dashboard, 'panels' | 'annotations' | 'templating' | 'links'>>,
  {
    uid: string;
    title: string;
    panels: (AnyPanel | Row)[];
    annotations: { list: Annotation[] };
    templating: { list: Plain<VariableModel>[] };
    links: Plain<DashboardLink>[];
  }
>;
