import { addDuration } from '../base/calendar.ts';

/** The moment `age` (an ISO 8601 duration) before `now`, in milliseconds since the epoch; `now` without one. Months and years are as long as the next ones. */
export function before(now: number, age: string | undefined): number {
  return age === undefined ? now : 2 * now - addDuration(now, age);
}
