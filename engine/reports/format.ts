import type { MetricValue, Unit } from '../../schemas/generated/messages.ts';

/** `gpt · prompts/short.prompt.yml`, or the model alone when it has one prompt or none. */
export function variantName(variant: { readonly model: string; readonly prompt?: string }): string {
  return variant.prompt === undefined ? variant.model : `${variant.model} · ${shortPrompt(variant.prompt)}`;
}

/** A prompt's file name without its folder and ending. */
export function shortPrompt(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.prompt\.ya?ml$/, '');
}

/** A number in its unit, with as many digits as carry meaning: ratios with three, times by their size, money to the cent or below. */
export function formatNumber(value: number, unit: Unit): string {
  switch (unit) {
    case 'ratio':
    case 'score':
      return value.toFixed(3);
    case 'points':
      return value.toFixed(1);
    case 'ms':
      return formatMilliseconds(value);
    case 'USD':
      return `${value !== 0 && Math.abs(value) < 0.1 ? value.toPrecision(2) : value.toFixed(2)} USD`;
    case 'tokens':
    case 'count':
      return Math.round(value) === value ? groupDigits(value) : value.toFixed(1);
  }
}

export function formatMilliseconds(value: number): string {
  if (value < 0.01) return value === 0 ? '0 ms' : '<0.01 ms';
  if (value < 1) return `${value.toFixed(2)} ms`;
  if (value < 100) return `${value.toFixed(1)} ms`;
  if (value < 10_000) return `${value.toFixed(0)} ms`;
  return `${(value / 1000).toFixed(1)} s`;
}

/** The value with its interval: `0.821 (0.784 to 0.853)`. */
export function formatValue(figure: MetricValue): string {
  if (figure.value === null) return '–';
  const value = formatNumber(figure.value, figure.unit);
  if (figure.low === undefined || figure.high === undefined)
    return figure.estimated === true ? `${value} (estimated)` : value;
  return `${value} (${formatNumber(figure.low, figure.unit)} to ${formatNumber(figure.high, figure.unit)})`;
}

/** 12,345 */
export function groupDigits(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** `1 row`, `3 rows`. */
export function countOf(count: number, noun: string, plural = `${noun}s`): string {
  return `${groupDigits(count)} ${count === 1 ? noun : plural}`;
}

/** An epoch as people read it: whole, or with two decimals. */
export function formatEpoch(epoch: number): string {
  return String(Math.round(epoch * 100) / 100);
}

/** `4.2 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${seconds.toFixed(0)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${String(minutes)} min ${String(Math.round(seconds % 60))} s`;
  return `${String(Math.floor(minutes / 60))} h ${String(minutes % 60)} min`;
}

/** `12 MiB`, rounded up, and `1.5 GiB` from there on. */
export function formatBytes(bytes: number): string {
  return bytes >= 2 ** 30 ? `${(bytes / 2 ** 30).toFixed(1)} GiB` : `${String(Math.ceil(bytes / 2 ** 20))} MiB`;
}

/** What a percentage may lack: sums of weights are rarely exact in binary. */
export const percentTolerance = 1e-9;

/** To one decimal, rounded down: what is shown as 85 has reached 85. */
export function formatPercent(value: number): string {
  return String(Math.floor((value + percentTolerance) * 10) / 10);
}
