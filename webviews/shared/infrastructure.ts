import type { TuningReport } from '../../schemas/generated/messages.ts';
import { formatBytes, formatCount, formatDuration, formatFixed, formatValue } from './format.ts';

/** What the run used. */
export function infrastructureFacts({
  infrastructure,
}: TuningReport): readonly (readonly [name: string, value: string])[] {
  if (infrastructure === undefined) return [];
  const { platform, hardware, wallSeconds, cpuSeconds, peakMemoryBytes, rowsPerSecond, cost } = infrastructure;
  const busy = wallSeconds > 0 ? `, ${formatFixed(cpuSeconds / wallSeconds, 1)} cores busy on average` : '';
  return [
    ['Platform', platform],
    ...(hardware === undefined ? [] : [['Hardware', hardware] as const]),
    ['Wall time', formatDuration(wallSeconds)],
    ['CPU time', `${formatDuration(cpuSeconds)}${busy}`],
    ['Peak memory', formatBytes(peakMemoryBytes)],
    ...(rowsPerSecond === undefined ? [] : [['Training rows a second', formatCount(rowsPerSecond)] as const]),
    ['Cost', cost === undefined ? 'no price is known' : formatValue(cost, 'USD')],
  ];
}

/** `4.2 s wall, 3.9 s CPU, 142 MB at most, 9,300 rows a second`: the same in one line. */
export function infrastructureLine({ infrastructure }: TuningReport): string | undefined {
  if (infrastructure === undefined) return undefined;
  const { platform, hardware, wallSeconds, cpuSeconds, peakMemoryBytes, rowsPerSecond, cost } = infrastructure;
  const parts = [
    hardware === undefined ? platform : `${platform}, ${hardware}`,
    `${formatDuration(wallSeconds)} wall`,
    `${formatDuration(cpuSeconds)} CPU`,
    `${formatBytes(peakMemoryBytes)} at most`,
    ...(rowsPerSecond === undefined ? [] : [`${formatCount(rowsPerSecond)} rows a second`]),
    ...(cost === undefined ? [] : [formatValue(cost, 'USD')]),
  ];
  return parts.join(' · ');
}
