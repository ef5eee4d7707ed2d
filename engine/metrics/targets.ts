/** More right answers than this are no list of answers. */
const mostTargets = 1000;

/** A target's right answers. */
export type ReadTargets = (target: string) => readonly [string, ...string[]];

/** Reads a target that is a JSON list of texts as several right answers, unless it is to be taken as written. */
export function targetReader(severalTargets: boolean | undefined): ReadTargets {
  return severalTargets === false ? target => [target] : readTargets;
}

/** Several right answers of a target that is a JSON list of texts; any other target is one right answer. */
export function readTargets(target: string): readonly [string, ...string[]] {
  if (!mayHoldSeveral(target)) return [target];
  let list: unknown;
  try {
    list = JSON.parse(target);
  } catch {
    return [target];
  }
  if (!Array.isArray(list) || list.length > mostTargets) return [target];
  const [first, ...others] = list.filter(item => typeof item === 'string');
  return first === undefined || others.length !== list.length - 1 ? [target] : [first, ...others];
}

/** Whether a target starts as a list does, which most do not. */
export function mayHoldSeveral(target: string): boolean {
  return target.charCodeAt(0) === 0x5b;
}

/** Whether an answer fits a target, or any of several. A list is also compared as it is written. */
export function fitsAny(
  fits: (answer: string, target: string) => boolean,
  severalTargets: boolean | undefined,
): (answer: string, target: string) => boolean {
  if (severalTargets === false) return fits;
  return (answer, target) =>
    fits(answer, target) || (mayHoldSeveral(target) && readTargets(target).some(one => fits(answer, one)));
}
