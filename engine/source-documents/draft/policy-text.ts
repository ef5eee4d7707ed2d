import type { Policy } from '../../../schemas/generated/files.ts';
import type { SourceDocument } from '../../../schemas/generated/messages.ts';
import { WorkbenchError } from '../../base/errors.ts';
import { parseDocument } from '../../documents/parse.ts';
import type { DraftCheck, DraftControl } from './control.ts';

/** What the draft is of and for. */
export interface DraftHead {
  readonly document: Pick<SourceDocument, 'name' | 'digest'>;
  readonly id: string;
  readonly title: string;
  readonly level: Policy['level'];
  /** Who proposed it: `structure`, or a model by its name. */
  readonly by: string;
  /** What the person who edits it must know, a sentence each. */
  readonly notes: readonly string[];
}

const longestQuote = 4000;

/** The text of a draft policy: valid, with the document's words beside every control, for a person to edit. */
export function writeDraft(head: DraftHead, controls: readonly DraftControl[]): string {
  const how = head.by === 'structure' ? 'by its structure and wording alone' : `by the model ${head.by}`;
  const lines = [
    ...comment(`A draft, made of ${head.document.name} ${how}: nobody has approved it.`),
    ...comment('Read each quote in its document; keep, change or remove its control; then raise the version.'),
    ...head.notes.flatMap(comment),
    `id: ${head.id}`,
    'version: 0.1.0',
    `title: ${quoted(head.title)}`,
    `level: ${head.level}`,
    'source:',
    `  document: ${quoted(head.document.name)}`,
    `  sha256: ${quoted(head.document.digest)}`,
    controls.length === 0 ? 'controls: []' : 'controls:',
  ];
  let section = '';
  for (const control of controls) {
    const here = control.section.join(' \u203A ');
    if (here !== section && here !== '') lines.push('', ...comment(here).map(line => `  ${line}`));
    section = here;
    lines.push(...writeControl(control));
  }
  const text = `${lines.join('\n')}\n`;
  requireValid(text);
  return text;
}

function writeControl({
  id,
  title,
  severity,
  quote,
  page,
  leadIn,
  checks,
  suggestions,
  remarks,
}: DraftControl): string[] {
  return [
    ...(suggestions.length === 0
      ? []
      : ['  # Where a benchmark or scanner measures it, this check can take the place of the statement:']),
    ...suggestions.map(text => `  #   ${text.replace('ID', id)}`),
    ...remarks.flatMap(comment).map(line => `  ${line}`),
    `  - id: ${quoted(id)}`,
    `    title: ${quoted(title)}`,
    ...(leadIn === undefined ? [] : [`    description: ${quoted(leadIn)}`]),
    `    severity: ${severity}`,
    '    source:',
    ...(page === undefined ? [] : [`      page: ${page}`]),
    `      quote: ${quoted(oneLine(quote).slice(0, longestQuote))}`,
    '    checks:',
    ...checks.flatMap((check, index) => writeCheck(id, check, checks.length === 1 ? '' : `-${index + 1}`)),
  ];
}

function writeCheck(control: string, check: DraftCheck, ending: string): string[] {
  const word = { attestation: 'attested', document: 'documented', lineage: 'lineage', 'model-card': 'card' }[
    check.type
  ];
  const { type, ...fields } = check;
  return [
    `      - id: ${quoted(`${control}.${word}${ending}`)}`,
    `        type: ${type}`,
    ...Object.entries(fields).map(
      ([key, value]: [string, string | readonly string[]]) =>
        `        ${key}: ${typeof value === 'string' ? quoted(value) : `[${value.join(', ')}]`}`,
    ),
  ];
}

/** A hyphen at a line's end stays there: without the line's end it would be another word. */
function oneLine(quote: string): string {
  return quote.replace(/(?<!-)\s+/gu, ' ');
}

/** As YAML's quoted text, which knows JSON's; what is not seen is written out. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\u2028\u2029]/gu,
    character => `\\U${character.codePointAt(0)!.toString(16).padStart(8, '0')}`,
  );
}

const widest = 110;

/** Comment lines; words of a document can neither end one nor hide in it. */
function comment(text: string): string[] {
  const words = text.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, ' ').split(/\s+/u);
  const lines: string[] = [];
  let line = '#';
  for (const word of words) {
    if (line.length > 1 && line.length + word.length + 1 > widest) {
      lines.push(line);
      line = '#';
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}

/** Drafts are written by us from what others wrote: one that our own schema refuses is our fault, and is told. */
function requireValid(text: string): void {
  const { value, diagnostics } = parseDocument('policy', text);
  if (value !== undefined) return;
  const first = diagnostics[0];
  throw new WorkbenchError('internal', `The draft came out invalid: ${first?.message ?? 'it cannot be read'}.`, {
    remedy: 'Report it with the document, or draft another part of it.',
  });
}
