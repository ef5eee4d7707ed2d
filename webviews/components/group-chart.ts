import type { AspectResult } from '../../schemas/generated/messages.ts';
import { figureOf } from '../shared/figures.ts';
import { formatValue } from '../shared/format.ts';
import { showUnseen } from '../shared/text.ts';
import { aspectName } from '../shared/tuning.ts';
import { frame, nameAxis, type Chart } from './chart-specs.ts';

/** Does the model serve every group alike? A dot with its interval for each value of a slice column. */
export function groupChart(aspect: AspectResult, column: string): Chart | undefined {
  const metric = aspect.metrics[0];
  if (metric === undefined) return undefined;
  const rows = aspect.slices.flatMap(slice => {
    const figure = slice.column === column ? figureOf(slice.metrics, metric.metric) : undefined;
    if (figure === undefined || figure.value === null) return [];
    const { value, low = value, high = value, n } = figure;
    const change = aspect.sliceChanges?.find(each => each.column === column && each.value === slice.value)?.change;
    const base = change?.metric === metric.metric ? change.base : null;
    return [{ name: slice.value === '' ? '(empty)' : showUnseen(slice.value), value, low, high, n, base }];
  });
  if (rows.length < 2 || rows.length > 40) return undefined;
  const label = showUnseen(metric.label);
  const hasBase = rows.some(({ base }) => base !== null);
  const summary = `${label} by ${showUnseen(column)}: ${rows.map(({ name, value, low, high }) => `${name} ${formatValue(value, metric.unit)}, ${formatValue(low, metric.unit)} to ${formatValue(high, metric.unit)}`).join('; ')}.`;
  return {
    question: `Does it serve every ${showUnseen(column)} alike?`,
    note: `${aspectName(aspect.aspect)}, test rows, with intervals. The dashed line is all rows together.${hasBase ? ' Rings: the base.' : ''}`,
    summary,
    table: {
      header: [showUnseen(column), label, 'Low', 'High', 'n', ...(hasBase ? ['Base'] : [])],
      rows: rows.map(({ name, value, low, high, n, base }) => [name, value, low, high, n, ...(hasBase ? [base] : [])]),
    },
    build: (theme, width) => {
      const y = { field: 'name', type: 'nominal' as const, sort: null, axis: nameAxis(theme, width) };
      const axis = { tickCount: Math.max(3, Math.floor(width / 90)) };
      const x = { type: 'quantitative' as const, title: label, scale: { zero: false, nice: true }, axis };
      return {
        ...frame(theme, summary),
        height: rows.length * 28,
        data: { values: rows },
        layer: [
          ...(metric.value === null
            ? []
            : [
                {
                  data: { values: [{ all: metric.value }] },
                  mark: { type: 'rule' as const, strokeDash: [3, 3], color: theme.muted },
                  encoding: { x: { ...x, field: 'all' } },
                },
              ]),
          {
            mark: { type: 'rule' as const, strokeWidth: 2, color: theme.series[0] ?? theme.foreground },
            encoding: { y, x: { ...x, field: 'low' }, x2: { field: 'high' } },
          },
          {
            mark: {
              type: 'point' as const,
              filled: true,
              opacity: 1,
              size: 64,
              color: theme.series[0] ?? theme.foreground,
            },
            encoding: { y, x: { ...x, field: 'value' } },
          },
          ...(hasBase
            ? [
                {
                  data: { values: rows.filter(({ base }) => base !== null) },
                  mark: { type: 'point' as const, filled: false, opacity: 1, size: 70, color: theme.foreground },
                  encoding: { y, x: { ...x, field: 'base' } },
                },
              ]
            : []),
        ],
      };
    },
  };
}
