/** Milliseconds of a duration written `30s` or as ISO 8601 `PT1H2M3S`. The schema has checked its form. */
export function readDuration(text: string): number {
  if (text.endsWith('s')) return Number.parseFloat(text) * 1000;
  const parts = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?$/.exec(text);
  const [hours, minutes, seconds] = [1, 2, 3].map(index => Number(parts?.[index] ?? 0));
  return ((hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0)) * 1000;
}
