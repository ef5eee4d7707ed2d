import type { DraftControl } from './control.ts';

const prohibition =
  /\b(?:(?:shall|must|may) (?:not|never)|(?:is|are) (?:strictly |expressly )?(?:prohibited|forbidden)|(?:is|are) not (?:permitted|allowed)|cannot|under no circumstances)\b/i;
const obligation =
  /\b(?:must|shall|(?:is|are|will be) (?:required|obliged) to|(?:is|are) (?:mandatory|required)|(?:has|have|needs?) to be|(?:is|are) to be)\b/i;
const recommendation =
  /\b(?:should|ought to|(?:is|are) (?:strongly )?(?:recommended|encouraged|advisable|expected to)|recommends? that)\b/i;
const permission = /\bmay\b/i;
/** Words before "may" that speak of what could happen, not of what is allowed. */
const chance =
  /\b(?:that|which|who|as|it|there|this|these|those|they|what|whatever|models?|systems?|outputs?|risks?|errors?|data) may\b/i;
const critical = /\bcritical (?:control|requirement)s?\b|\(critical\)|\bseverity:? critical\b|\bzero[- ]tolerance\b/i;
const definition = /\b(?:shall|must) (?:mean|have the meaning)\b|\bmeans\b.{0,40}:$/i;
const quotedWords = /["\u201C](?:must|shall|should|may|required|recommended|optional)/gi;

/** How much a sentence asks for; undefined where it asks for nothing. English only. */
export function severityOf(words: string): DraftControl['severity'] | undefined {
  // A sentence about these words, such as one that explains them, uses none.
  if (definition.test(words) || (words.match(quotedWords)?.length ?? 0) > 1 || words.endsWith('?')) return undefined;
  const isStrict = prohibition.test(words) || obligation.test(words);
  if (isStrict) return critical.test(words) ? 'critical' : 'high';
  if (recommendation.test(words)) return 'medium';
  return permission.test(words) && !chance.test(words) ? 'low' : undefined;
}
