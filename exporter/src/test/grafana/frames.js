// Prometheus' answers as Grafana's data source makes data frames of them.
import { FieldType, toDataFrame } from '@grafana/data';

const name = (legend, labels) =>
  legend.replace(/\{\{\s*(\w+)\s*}}/g, (_, label) => labels[label] ?? '').trim();

function series(target, result) {
  return result.map(({ metric, value, values }) => {
    const samples = values ?? [value];
    return toDataFrame({
      refId: target.refId,
      fields: [
        { name: 'Time', type: FieldType.time, values: samples.map(([time]) => time * 1000) },
        {
          name: 'Value',
          type: FieldType.number,
          values: samples.map(([, number]) => Number(number)),
          labels: metric,
          config: { displayNameFromDS: name(target.legendFormat, metric) || undefined },
        },
      ],
    });
  });
}

// Buckets hold all that is within their bound; a heat map is of what is between two bounds.
function buckets(target, result) {
  const bound = ({ metric }) => Number(metric.le.replace('+Inf', 'Infinity'));
  const sorted = [...result].sort((one, other) => bound(one) - bound(other));
  return series(
    target,
    sorted.map(({ metric, values }, i) => {
      const below = new Map(sorted[i - 1]?.values);
      return { metric, values: values.map(([time, count]) => [time, count - (below.get(time) ?? 0)]) };
    })
  );
}

function table(target, result, several) {
  const labels = [...new Set(result.flatMap(({ metric }) => Object.keys(metric)))];
  return toDataFrame({
    refId: target.refId,
    fields: [
      { name: 'Time', type: FieldType.time, values: result.map(({ value }) => value[0] * 1000) },
      ...labels.map((label) => ({
        name: label,
        type: FieldType.string,
        values: result.map(({ metric }) => metric[label] ?? ''),
      })),
      {
        name: several ? `Value #${target.refId}` : 'Value',
        type: FieldType.number,
        values: result.map(({ value }) => Number(value[1])),
      },
    ],
  });
}

export function frames(panel, answers) {
  return panel.targets.flatMap((target) => {
    const result = answers?.[target.refId] ?? [];
    if (result.length === 0) {
      return [];
    }
    switch (target.format) {
      case 'table':
        return [table(target, result, panel.targets.length > 1)];
      case 'heatmap':
        return buckets(target, result);
      default:
        return series(target, result);
    }
  });
}
