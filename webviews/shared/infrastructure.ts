import type { Infrastructure, TuningReport } from '../../schemas/generated/messages.ts';
import { formatBytes, formatCount, formatDuration, formatFixed, formatValue } from './format.ts';

type Fact = readonly [name: string, value: string];

/** What the run used. */
export function infrastructureFacts({ infrastructure: used }: TuningReport): readonly Fact[] {
  if (used === undefined) return [];
  const { platform, hardware, wallSeconds, cpuSeconds, peakMemoryBytes, rowsPerSecond, cost, gpu, tokens } = used;
  const busy =
    wallSeconds > 0 && cpuSeconds > 0 ? `, ${formatFixed(cpuSeconds / wallSeconds, 1)} cores busy on average` : '';
  return [
    ['Platform', platform],
    ...fact('Hardware', hardware),
    ...fact('Accelerators', gpu),
    ['Wall time', formatDuration(wallSeconds)],
    ...fact('Accelerator time', timeWords(used.gpuSeconds)),
    ...fact('Machine time, booting included', timeWords(used.machineSeconds)),
    ['CPU time', `${formatDuration(cpuSeconds)}${busy}`],
    ['Peak memory', formatBytes(peakMemoryBytes)],
    ...fact('Peak accelerator memory', map(used.peakGpuMemoryBytes, formatBytes)),
    ...fact('Training rows a second', map(rowsPerSecond, formatRate)),
    ...fact('Tokens learnt from', map(tokens, formatCount)),
    ...fact('Tokens a second', map(tokensPerSecond(used), formatRate)),
    ...fact(
      'Price of an hour',
      map(used.hourlyPrice, price => formatValue(price, 'USD')),
    ),
    ['Cost', cost === undefined ? 'no price is known' : formatValue(cost, 'USD')],
  ];
}

/** `pod, 1 × NVIDIA L40S · 1 h 28 min wall · 1.45 GPU-hours · 1.30 USD`: the same in one line. */
export function infrastructureLine({ infrastructure: used }: TuningReport): string | undefined {
  if (used === undefined) return undefined;
  const { platform, hardware, wallSeconds, cpuSeconds, peakMemoryBytes, rowsPerSecond, cost, gpu, tokens } = used;
  const machine = gpu ?? hardware;
  const parts = [
    machine === undefined ? platform : `${platform}, ${machine}`,
    `${formatDuration(wallSeconds)} wall`,
    gpuHours(used) ?? `${formatDuration(cpuSeconds)} CPU`,
    `${formatBytes(used.peakGpuMemoryBytes ?? peakMemoryBytes)} at most`,
    ...(rowsPerSecond === undefined ? [] : [`${formatRate(rowsPerSecond)} rows a second`]),
    ...(tokens === undefined ? [] : [`${formatCount(tokens)} tokens`]),
    ...(cost === undefined ? [] : [formatValue(cost, 'USD')]),
  ];
  return parts.join(' · ');
}

/** `1.45 GPU-hours`. */
export function gpuHours({ gpuSeconds }: Infrastructure): string | undefined {
  return gpuSeconds === undefined ? undefined : `${formatFixed(gpuSeconds / 3600, 2)} GPU-hours`;
}

/** Over the time that was spent on training. */
export function tokensPerSecond({ tokens, gpuSeconds, wallSeconds }: Infrastructure): number | undefined {
  const seconds = gpuSeconds ?? wallSeconds;
  return tokens === undefined || seconds <= 0 ? undefined : tokens / seconds;
}

function formatRate(value: number): string {
  return formatFixed(value, value < 100 ? 1 : 0);
}

function timeWords(seconds: number | undefined): string | undefined {
  return seconds === undefined ? undefined : `${formatDuration(seconds)} (${formatFixed(seconds / 3600, 2)} h)`;
}

function fact(name: string, value: string | undefined): readonly Fact[] {
  return value === undefined ? [] : [[name, value]];
}

function map(value: number | undefined, write: (value: number) => string): string | undefined {
  return value === undefined ? undefined : write(value);
}
