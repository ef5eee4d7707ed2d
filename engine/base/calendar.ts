/** ISO 8601 durations as policies write them: whole numbers, weeks allowed beside the rest. */
const duration =
  /^P(?=\d|T\d)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;

/** The last moment a date can name (ECMAScript's time range). */
const lastMoment = 8.64e15;

/**
 * The moment a duration after `time` (milliseconds since the epoch), by the calendar in UTC: years and months first, kept within
 * their month (31 January and a month is 28 or 29 February), then weeks, days and the time of day. What lies beyond the calendar is
 * its last moment. `duration` must be valid; policies' schema sees to it. Throws a RangeError otherwise.
 */
export function addDuration(time: number, text: string): number {
  const parts = duration.exec(text);
  if (parts === null) throw new RangeError(`"${text}" is no ISO 8601 duration.`);
  const [years, months, weeks, days, hours, minutes, seconds] = parts
    .slice(1)
    .map((part: string | undefined) => Number(part ?? 0)) as [number, number, number, number, number, number, number];
  const moved = addMonths(time, years * 12 + months);
  const rest = (((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60 + seconds;
  const end = moved + rest * 1000;
  return Number.isNaN(end) || end > lastMoment ? lastMoment : end;
}

function addMonths(time: number, months: number): number {
  if (months === 0) return time;
  const date = new Date(time);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, lastDay));
  return date.getTime();
}
