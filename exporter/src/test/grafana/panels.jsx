// Each kind of panel, as Grafana's own plugin of that name puts it together.
import {
  FieldType,
  Registry,
  VizOrientation,
  applyFieldOverrides,
  cacheFieldDisplayNames,
  getDisplayValueAlignmentFactors,
  getFieldDisplayValues,
  standardTransformers,
  standardTransformersRegistry,
  transformDataFrame,
} from '@grafana/data';
import { BarGauge, BigValue, TimeSeries, VizRepeater } from '@grafana/ui';
import { TableNG } from '@grafana/ui/unstable';
import { useEffect, useRef } from 'react';
import { firstValueFrom } from 'rxjs';

standardTransformersRegistry.setInit(() =>
  [...new Set(Object.values(standardTransformers))].map((each) => ({
    ...each,
    transformation: async () => each,
  }))
);

const STANDARD = ['unit', 'min', 'max', 'decimals', 'color', 'mappings', 'thresholds', 'noValue'];

// Grafana lets a field's configuration through only if its panel has registered that property.
function registry({ defaults, overrides }) {
  const custom = new Set(Object.keys(defaults.custom ?? {}).map((key) => `custom.${key}`));
  overrides.flatMap((each) => each.properties).forEach(({ id }) => custom.add(id));
  const ids = [...STANDARD, ...[...custom].filter((id) => id.startsWith('custom.'))];
  return new Registry(() =>
    ids.map((id) => ({
      id,
      name: id,
      path: id.replace(/^custom\./, ''),
      isCustom: id.startsWith('custom.'),
      process: (value) => value,
      shouldApply: () => true,
    }))
  );
}

export async function prepare(panel, data, theme) {
  const transformed = await firstValueFrom(
    transformDataFrame(panel.transformations ?? [], data, { interpolate: (text) => text })
  );
  const prepared = applyFieldOverrides({
    data: transformed,
    fieldConfig: panel.fieldConfig,
    fieldConfigRegistry: registry(panel.fieldConfig),
    replaceVariables: (text) => text,
    theme,
    timeZone: 'utc',
  });
  cacheFieldDisplayNames(prepared);
  return prepared;
}

const values = (panel, data, theme, sparkline) =>
  getFieldDisplayValues({
    fieldConfig: panel.fieldConfig,
    reduceOptions: panel.options.reduceOptions,
    replaceVariables: (text) => text,
    theme,
    data,
    sparkline,
    timeZone: 'utc',
  });

function Stat({ panel, data, theme, width, height }) {
  const [value] = values(panel, data, theme, panel.options.graphMode !== 'none');
  return (
    <BigValue
      {...{ width, height, theme }}
      value={{ ...value.display, title: '' }}
      sparkline={value.sparkline}
      colorMode={panel.options.colorMode}
      graphMode={panel.options.graphMode}
      justifyMode={panel.options.justifyMode}
      textMode={panel.options.textMode}
      text={panel.options.text}
      wideLayout={panel.options.wideLayout}
    />
  );
}

function Bars({ panel, data, theme, width, height }) {
  const { options } = panel;
  return (
    <VizRepeater
      {...{ width, height }}
      source={data}
      renderCounter={0}
      itemSpacing={8}
      orientation={VizOrientation.Horizontal}
      minVizHeight={options.minVizHeight}
      maxVizHeight={options.maxVizHeight}
      getValues={() => values(panel, data, theme, false)}
      getAlignmentFactors={getDisplayValueAlignmentFactors}
      renderValue={({ value, width, height, alignmentFactors }) => (
        <BarGauge
          {...{ width, height, theme, alignmentFactors }}
          value={value.display}
          field={value.field}
          display={value.view?.getFieldDisplayProcessor(value.colIndex)}
          orientation={VizOrientation.Horizontal}
          displayMode={options.displayMode}
          text={options.text}
          valueDisplayMode={options.valueMode}
          namePlacement={options.namePlacement}
          showUnfilled={options.showUnfilled}
        />
      )}
    />
  );
}

function Lines({ panel, data, width, height, timeRange }) {
  return (
    <TimeSeries
      {...{ width, height, timeRange }}
      frames={data}
      timeZone="utc"
      legend={panel.options.legend}
      options={panel.options}
    />
  );
}

function Rows({ panel, data, width, height }) {
  return (
    <TableNG
      {...{ width, height }}
      data={data[0]}
      cellHeight={panel.options.cellHeight}
      noHeader={!panel.options.showHeader}
      timeRange={undefined}
      fieldConfig={panel.fieldConfig}
      getActions={() => []}
      structureRev={1}
    />
  );
}

const LABELS = 44;
const AXIS = 22;

// Grafana's components have no heat map: this one draws cells as its plugin does by opacity.
function Heat({ panel, data, theme, width, height, timeRange }) {
  const canvas = useRef();
  useEffect(() => {
    const { fill, exponent } = panel.options.color;
    const pen = canvas.current.getContext('2d');
    const counts = data.map((frame) => frame.fields[1].values);
    const most = Math.max(...counts.flat());
    const times = data[0].fields[0].values;
    const [from, to] = [timeRange.from.valueOf(), timeRange.to.valueOf()];
    const column = (width - LABELS) / (to - from);
    const line = (height - AXIS) / data.length;
    const step = (times[1] - times[0]) * column;
    pen.clearRect(0, 0, width, height);
    pen.font = `12px ${theme.typography.fontFamily}`;
    data.forEach((frame, bucket) => {
      const y = height - AXIS - (bucket + 1) * line;
      pen.globalAlpha = 1;
      pen.fillStyle = theme.colors.text.primary;
      pen.textAlign = 'right';
      pen.fillText(frame.fields[1].config.displayNameFromDS, LABELS - 8, y + line / 2 + 4);
      pen.fillStyle = theme.visualization.getColorByName(fill);
      counts[bucket].forEach((count, i) => {
        pen.globalAlpha = (Math.max(count, 0) / most) ** exponent;
        pen.fillRect(LABELS + (times[i] - from) * column - step, y, step - 1, line - 1);
      });
    });
    pen.globalAlpha = 1;
    pen.fillStyle = theme.colors.text.primary;
    pen.textAlign = 'center';
    for (let time = Math.ceil(from / 60_000) * 60_000; time < to; time += 60_000) {
      const x = LABELS + (time - from) * column;
      pen.fillText(new Date(time).toISOString().slice(11, 16), x, height - 4);
    }
  }, []);
  return <canvas ref={canvas} {...{ width, height }} />;
}

const KINDS = { stat: Stat, bargauge: Bars, timeseries: Lines, table: Rows, heatmap: Heat };

export function Visualization(props) {
  const { panel, data } = props;
  const numbers = data.flatMap((frame) => frame.fields.filter((f) => f.type === FieldType.number));
  const shown = panel.type === 'table' ? data.some((frame) => frame.length > 0) : numbers.length > 0;
  if (!shown) {
    return <div className="no-data">{panel.fieldConfig.defaults.noValue ?? 'No data'}</div>;
  }
  const Kind = KINDS[panel.type];
  if (!Kind) {
    throw new Error(`no such kind of panel: ${panel.type}`);
  }
  return <Kind {...props} />;
}
