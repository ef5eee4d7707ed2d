/** More right answers than this are no list of answers. */
const mostTargets = 1000;

/** A target that holds several right answers as a JSON list; anything else is one right answer. */
export function readTargets(target: string): readonly [string, ...string[]] {
  if (!target.trimStart().startsWith('[')) return [target];
  let list: unknown;
  try {
    list = JSON.parse(target);
  } catch {
    return [target];
  }
  if (!Array.isArray(list) || list.length > mostTargets) return [target];
  const [first, ...others] = list.flatMap((item: unknown) => {
    if (typeof item === 'string') return [item];
    return typeof item === 'number' || typeof item === 'boolean' ? [String(item)] : [];
  });
  return first === undefined ? [target] : [first, ...others];
}
