import { isRecord } from './http/json.ts';

/** Labels whose probabilities one answer may have. */
const mostLabels = 10_000;

/** Texts as they are, everything else as JSON. */
export function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Label probabilities, undefined where there are none, or what is wrong with them. */
export function readProbabilities(value: unknown): Readonly<Record<string, number>> | string | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isRecord(value)) return '`probabilities` that are no object of labels';
  const entries = Object.entries(value);
  if (entries.length > mostLabels) return `\`probabilities\` of more than ${String(mostLabels)} labels`;
  const wrong = entries.find(([, share]) => typeof share !== 'number' || !(share >= 0 && share <= 1));
  return wrong === undefined
    ? (value as Readonly<Record<string, number>>)
    : 'a probability that is not between 0 and 1';
}

/** The label with the highest probability; the first of equals. */
export function likeliest(probabilities: Readonly<Record<string, number>> | undefined): string | undefined {
  let best: string | undefined;
  let most = -1;
  for (const [label, share] of Object.entries(probabilities ?? {})) {
    if (share <= most) continue;
    best = label;
    most = share;
  }
  return best;
}
