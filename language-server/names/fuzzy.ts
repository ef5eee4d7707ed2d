/**
 * How well a text fits a query whose letters it must have in this order, whatever their case: higher is better, `undefined` is not
 * at all. Letters side by side and at the starts of words count more, and of equal texts the shorter.
 */
export function matchFuzzy(query: string, text: string): number | undefined {
  const wanted = query.toLowerCase();
  const lower = text.toLowerCase();
  const whole = lower.indexOf(wanted);
  if (whole >= 0) return 1_000 + (isStart(text, whole) ? 500 : 0) - whole - text.length / 1_000;
  let score = 0;
  let at = 0;
  let last = -2;
  for (const letter of wanted) {
    if (letter === ' ') continue;
    const next = lower.indexOf(letter, at);
    if (next < 0) return undefined;
    score += next === last + 1 ? 4 : isStart(text, next) ? 3 : 1;
    last = next;
    at = next + 1;
  }
  return score - text.length / 1_000;
}

function isStart(text: string, at: number): boolean {
  if (at === 0) return true;
  const before = text[at - 1] ?? '';
  const here = text[at] ?? '';
  return /[^\p{L}\p{N}]/u.test(before) || (/\p{Ll}/u.test(before) && /\p{Lu}/u.test(here));
}
