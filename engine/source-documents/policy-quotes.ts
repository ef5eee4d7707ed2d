import type { PolicyQuotes } from '../../schemas/generated/messages.ts';
import { shortPlace } from '../documents/findings.ts';
import { parseDocument } from '../documents/parse.ts';

type PolicyQuote = PolicyQuotes['quotes'][number];

/** Where a policy's controls quote documents that are named by their digest. None while the policy is no valid file. */
export function listPolicyQuotes(text: string): readonly PolicyQuote[] {
  const parsed = parseDocument('policy', text);
  const { value } = parsed;
  if (value === undefined) return [];
  return (value.controls ?? []).flatMap(({ id, source }, index): PolicyQuote[] => {
    const document = source?.sha256 ?? value.source?.sha256;
    if (source === undefined || document === undefined) return [];
    const name = source.document ?? value.source?.document;
    const { start } = shortPlace(parsed, ['controls', index, 'source', 'quote']);
    return [
      {
        control: id,
        line: start.line,
        quote: source.quote,
        document,
        ...(name === undefined ? {} : { name }),
        ...(source.page === undefined ? {} : { page: source.page }),
      },
    ];
  });
}
