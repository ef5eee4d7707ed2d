import type { Connection, Policy } from '../../../schemas/generated/files.ts';
import type { SourceText } from '../../../schemas/generated/messages.ts';
import { WorkbenchError } from '../../base/errors.ts';
import type { DocumentReaderModel } from '../reader-model.ts';
import { priceOf } from '../../models/connections.ts';
import { countCharacters } from '../../models/model.ts';
import { countOf } from '../../reports/format.ts';
import { estimateTokens, priceOfTokens } from '../../models/cost.ts';
import { replyTokens, writeQuestion } from './ask-model.ts';
import { draftByModel, splitPartsFor } from './by-model.ts';
import { writeDraft } from './policy-text.ts';
import { draftByStructure, mostControls } from './structure.ts';

export interface DraftRequest {
  readonly source: SourceText;
  /** Default: made of the document's name. */
  readonly id?: string;
  /** Default corporate. */
  readonly level?: Policy['level'];
}

export interface DraftedPolicy {
  /** The text of the `.policy.yaml`. */
  readonly text: string;
  /** Name of the file it would make. */
  readonly file: string;
  readonly controls: number;
  /** What the person who edits it must know, a sentence each. */
  readonly notes: readonly string[];
  /** US dollars that the model cost; absent where none was asked or no price is known. */
  readonly cost?: number;
}

/** What drafting with a model would send. */
export interface DraftEstimate {
  readonly model: string;
  readonly requests: number;
  readonly inputTokens: number;
  /** The most its replies may have. */
  readonly outputTokens: number;
  /** US dollars at most; absent where no price is known. */
  readonly cost?: number;
}

/**
 * Proposes a policy from a document: by its structure and wording alone, or by a model. Either way the result is a text for a person to
 * edit; nothing is stored, and nothing counts. Throws `usage` for an id that policies may not have, and what `draftByModel` throws.
 */
export async function draftPolicy(
  { source, id = idOf(source.name), level = 'corporate' }: DraftRequest,
  reader: DocumentReaderModel | undefined,
  signal: AbortSignal,
  onPart?: (done: number, parts: number) => void,
): Promise<DraftedPolicy> {
  requireId(id);
  const byModel = reader === undefined ? undefined : await draftByModel(source, reader, signal, onPart);
  const { controls, left } = byModel ?? draftByStructure(source);
  const notes = [
    ...(controls.length === 0
      ? ['No sentence asks for anything in words that are known here: must, shall, should, may.']
      : []),
    ...(left === 0
      ? []
      : [
          `${countOf(left, 'sentence')} found no room: a policy has ${mostControls} controls at most, the strictest are here.`,
        ]),
    ...(byModel === undefined ? [] : notesOf(byModel)),
  ];
  const head = {
    document: { name: source.name, digest: source.digest },
    id,
    title: titleOf(source),
    level,
    by: reader?.model.name ?? 'structure',
    notes,
  };
  return {
    text: writeDraft(head, controls),
    file: `${id}.policy.yaml`,
    controls: controls.length,
    notes,
    ...(byModel?.cost === undefined ? {} : { cost: byModel.cost }),
  };
}

/** What drafting with this connection would send and cost. Asks nobody. */
export function estimateDraft(source: SourceText, model: string, connection: Connection): DraftEstimate {
  const parts = splitPartsFor(source);
  let inputTokens = 0;
  for (const part of parts) inputTokens += estimateTokens(countCharacters(writeQuestion(source, part)));
  const outputTokens = parts.length * replyTokens;
  const price = priceOf(connection);
  const cost =
    price === undefined
      ? undefined
      : priceOfTokens(inputTokens, outputTokens, price) + parts.length * (price.perRequest ?? 0);
  return { model, requests: parts.length, inputTokens, outputTokens, ...(cost === undefined ? {} : { cost }) };
}

function notesOf({ lost, added, failed, parts }: Awaited<ReturnType<typeof draftByModel>>): string[] {
  return [
    ...(lost === 0
      ? []
      : [
          `${countOf(lost, 'control')} of the model ${lost === 1 ? 'was' : 'were'} dropped: their quotes are not in the document.`,
        ]),
    ...(added === 0
      ? []
      : [
          `The model left out ${countOf(added, 'sentence')} with must, shall or the like: they are here, with a remark.`,
        ]),
    ...(failed === 0 ? [] : [`To ${failed} of ${countOf(parts, 'part')} the model gave no reply that could be used.`]),
  ];
}

/** `Marlo AI Policy v2.pdf` → `marlo-ai-policy-v2`. */
function idOf(name: string): string {
  const stem = name.replace(/\.[A-Za-z0-9]{1,8}$/, '');
  const id = stem
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60);
  return id === '' ? 'drafted-policy' : id;
}

function requireId(id: string): void {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$/.test(id)) return;
  throw new WorkbenchError('usage', `"${id}" is no id of a policy.`, {
    remedy: 'Letters, digits, dots, underscores and hyphens, beginning with a letter or digit: acme.ai-policy.',
  });
}

/** The document's first heading, else its name. */
function titleOf({ text, headings, name }: SourceText): string {
  const [first] = headings;
  const heading = first === undefined ? '' : text.slice(first.start, first.end).replace(/\s+/gu, ' ').trim();
  return (heading === '' ? name : heading).slice(0, 200);
}
