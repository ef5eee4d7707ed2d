/** `2026-10-12` in UTC. Records come from anywhere: a time beyond the calendar has no date. */
export function describeDate(at: number): string {
  if (!(Math.abs(at) <= 8.64e15)) return 'an unknown date';
  return new Date(at).toISOString().slice(0, 10);
}
