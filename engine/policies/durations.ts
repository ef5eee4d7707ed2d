import { addDuration } from '../base/calendar.ts';

const day = 24 * 60 * 60 * 1000;
/** Days of a leap cycle: 2024 to 2027. */
const daysOfCycle = 1461;
const startOfCycle = Date.UTC(2024, 0, 1);

/** Whether the ISO 8601 duration `other` ends no later than `limit`, whatever day both are counted from: P30D is no longer than P1M only where every month has 30 days. */
export function isNoLonger(other: string, limit: string): boolean {
  if (other === limit) return true;
  for (let index = 0; index < daysOfCycle; index += 1) {
    const start = startOfCycle + index * day;
    if (addDuration(start, other) > addDuration(start, limit)) return false;
  }
  return true;
}
