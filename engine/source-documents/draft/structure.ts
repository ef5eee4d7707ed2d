import type { SourceText } from '../../../schemas/generated/messages.ts';
import type { DraftControl } from './control.ts';
import { createIds } from './ids.ts';
import { severityOf } from './modality.ts';
import { splitSentences, type Sentence } from './sentences.ts';
import { titleOf } from './title.ts';
import { proposeChecks } from './topics.ts';

/** Controls a document's structure proposes, and how many sentences that ask for something found no room. */
export interface Drafted {
  readonly controls: readonly DraftControl[];
  readonly left: number;
}

/** The most controls a policy may have. */
export const mostControls = 500;
const fewestWords = 3;

/**
 * Proposes controls by a document's structure and wording alone: one for each sentence that asks for something, and for each item of a
 * list that such a sentence leads up to. The same text always gives the same proposal.
 */
export function draftByStructure(source: SourceText): Drafted {
  const found: (Sentence & { readonly severity: DraftControl['severity']; readonly leadIn?: string })[] = [];
  let lead: { readonly severity: DraftControl['severity']; readonly words: string; readonly index: number } | undefined;
  let hasItems = false;
  const endLead = (): void => {
    // What leads up to a list asks for its items, and for nothing else.
    if (lead !== undefined && hasItems) found.splice(lead.index, 1);
    lead = undefined;
    hasItems = false;
  };
  for (const sentence of splitSentences(source)) {
    const own = severityOf(sentence.words);
    if (lead !== undefined && !sentence.isItem) endLead();
    const severity = own ?? lead?.severity;
    const leadsUp = own !== undefined && sentence.words.endsWith(':');
    if (severity === undefined || (!leadsUp && sentence.words.split(' ').length < fewestWords)) continue;
    if (lead !== undefined) {
      hasItems = true;
      found.push({ ...sentence, severity, ...(own === undefined ? { leadIn: lead.words } : {}) });
    } else if (own !== undefined) {
      if (leadsUp) lead = { severity: own, words: sentence.words, index: found.length };
      found.push({ ...sentence, severity: own });
    }
  }
  endLead();
  const kept = keepStrictest(found);
  const nextId = createIds();
  return {
    controls: kept.map(({ quote, words, start, page, section, severity, leadIn, clause }) => ({
      id: nextId(clause, section),
      title: titleOf(words),
      severity,
      quote,
      start,
      ...(page === undefined ? {} : { page }),
      section,
      ...(leadIn === undefined ? {} : { leadIn }),
      ...proposeChecks(leadIn === undefined ? words : `${leadIn} ${words}`),
    })),
    left: found.length - kept.length,
  };
}

/** Where there are more than a policy holds, permissions go first, then recommendations, then the document's end. */
function keepStrictest<Found extends { readonly severity: DraftControl['severity'] }>(
  found: readonly Found[],
): readonly Found[] {
  let kept = found;
  for (const weak of ['low', 'medium'] as const)
    if (kept.length > mostControls) kept = kept.filter(({ severity }) => severity !== weak);
  return kept.slice(0, mostControls);
}
