import type { ModelCard } from '../../schemas/generated/messages.ts';
import { countOf } from '../reports/format.ts';

/** `Model card of ticket-triage@3: 7 of 9 required fields (78 %). Missing: Intended use, Contact.` with what each is for. */
export function describeCompleteness({ model, version, registry, fields, notes = [] }: ModelCard): string {
  const required = fields.filter(field => field.required);
  const missing = required.filter(field => field.state === 'missing');
  const count = required.length - missing.length;
  const share = required.length === 0 ? 100 : Math.floor((count / required.length) * 100);
  const name = `${registry === undefined ? '' : `${registry}/`}${model}@${version}`;
  return [
    `Model card of ${name}: ${String(count)} of ${countOf(required.length, 'required field')} (${String(share)} %).`,
    ...missing.map(
      ({ name: field, title, hint }) => `  missing: ${title} (${field})${hint === undefined ? '' : `: ${hint}`}`,
    ),
    ...notes.map(note => `  ${note}`),
  ].join('\n');
}
