const unbounded = /[*+]|\{\d*,\}/;
const innermostGroup = /\((?:\?(?:[:=!]|<[=!]|<\w{1,50}>))?([^()]*)\)([*+]|\{\d*,\}|)/;

/**
 * Whether a JavaScript regular expression may take exponential time: a repeated group that itself repeats something without bound, or repeats
 * alternatives that start alike, can match the same text in ever more ways. Errs towards yes.
 */
export function isSlowPattern(pattern: string): boolean {
  // Escapes and classes are single symbols here, and differ from all others.
  let rest = pattern.replace(/\\./gs, '\u0001').replace(/\[[^\]]*\]/g, '\u0002');
  for (;;) {
    const group = innermostGroup.exec(rest);
    if (group === null) return false;
    const [whole, content = '', repeat = ''] = group;
    const grows = unbounded.test(content) || content.includes('\u0003');
    if (repeat !== '' && (grows || startAlike(content))) return true;
    rest = rest.slice(0, group.index) + (grows ? '\u0003' : '\u0004') + rest.slice(group.index + whole.length);
  }
}

/** Whether two alternatives can start with the same symbol; classes and groups can start with any. */
function startAlike(content: string): boolean {
  const starts = content.split('|').map(option => option.charAt(0));
  if (starts.length < 2) return false;
  return (
    starts.some(start => start === '' || start <= '\u0004' || start === '.') || new Set(starts).size < starts.length
  );
}
