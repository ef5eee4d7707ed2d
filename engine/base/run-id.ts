const letters = '0123456789abcdefghjkmnpqrstvwxyz';

/** A run's id: its start in UTC to the second, so that ids sort by time, and five random letters. */
export function createRunId(clock: { now(): number }, random: () => number): string {
  const time = new Date(clock.now()).toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  let suffix = '';
  for (let i = 0; i < 5; i += 1) suffix += letters[Math.floor(random() * letters.length)] ?? '0';
  return `${time}-${suffix}`;
}
