import type { ModelCardCheck } from '../../../schemas/generated/files.ts';
import type { CheckResult, Evidence } from '../../../schemas/generated/messages.ts';
import { describeDate } from '../../base/dates.ts';
import { matchesWildcard } from '../wildcard.ts';
import { findInCard, isEmptyText, type CardPlace } from './card-text.ts';
import { conclude, evidenceTimes, expiryOf } from './check.ts';

/** The version's model card, as its artifact names it. */
export interface CardEvidence {
  readonly digest: string;
  /** Where it was read from, relative to the workspace folder. */
  readonly path: string | undefined;
  /** When the version was registered with it, milliseconds since the epoch. */
  readonly storedAt: number;
  readonly content: { readonly text: string } | { readonly fault: string };
}

/** What a card says under a front matter key or a heading. A card that was read and does not say it fails the check. */
export function checkModelCard(check: ModelCardCheck, card: CardEvidence | undefined, now: number): CheckResult {
  if (card === undefined) {
    const reason = 'The version has no model card. Register it with one: a Markdown file with front matter.';
    return conclude(check, 'missing', reason);
  }
  const expiresAt = expiryOf(card.storedAt, check.freshness);
  const evidenceAt = (place?: CardPlace): Evidence[] => [
    {
      kind: 'model-card',
      title: card.path === undefined ? 'Model card' : `Model card ${card.path}`,
      digest: card.digest,
      ...evidenceTimes(card.storedAt, expiresAt),
      ...(card.path === undefined ? {} : { path: card.path }),
      ...(place === undefined ? {} : { line: place.line, ...quote(place.text) }),
    },
  ];
  if ('fault' in card.content) return conclude(check, 'error', card.content.fault, { evidence: evidenceAt() });
  if (expiresAt !== undefined && now > expiresAt) {
    const reason = `The card was registered on ${describeDate(card.storedAt)} and counted until ${describeDate(expiresAt)}. Review it and register the version anew.`;
    return conclude(check, 'stale', reason, { evidence: evidenceAt() });
  }
  const required = check.pattern === undefined ? 'not empty' : `like "${check.pattern}"`;
  const found = findInCard(card.content.text, check.path);
  if ('fault' in found) return conclude(check, 'error', found.fault, { required, evidence: evidenceAt() });
  const { place } = found;
  const what = check.path.startsWith('#') ? `section ${check.path}` : `\`${check.path}\` in its front matter`;
  if (place === undefined)
    return conclude(check, 'fail', `The card has no ${what}.`, { required, evidence: evidenceAt() });
  const evidence = evidenceAt(place);
  if (isEmptyText(place.text))
    return conclude(check, 'fail', `The card's ${what} is empty or holds only a placeholder.`, { required, evidence });
  if (check.pattern !== undefined && !place.values.some(value => matchesWildcard(value, check.pattern ?? '*')))
    return conclude(check, 'fail', `The card's ${what} is not like "${check.pattern}".`, { required, evidence });
  return conclude(
    check,
    'pass',
    `The card's ${what} ${check.pattern === undefined ? 'is filled in' : `is like "${check.pattern}"`}.`,
    { required, evidence },
  );
}

const longestQuote = 200;

function quote(text: string): { readonly quote?: string } {
  const line = text.replace(/\s+/g, ' ').trim();
  if (line === '') return {};
  return { quote: line.length > longestQuote ? `${line.slice(0, longestQuote - 1)}…` : line };
}
