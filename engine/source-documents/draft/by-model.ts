import type { SourceText } from '../../../schemas/generated/messages.ts';
import { plainText } from '../../base/plain-text.ts';
import { WorkbenchError } from '../../base/errors.ts';
import type { DocumentReaderModel } from '../reader-model.ts';
import { locateQuote } from '../locate-quote.ts';
import { createQuoteFinder } from '../find-quote.ts';
import { askForControls, type ProposedControl } from './ask-model.ts';
import { splitChunks, type Chunk } from './chunks.ts';
import { plainWords, type DraftControl } from './control.ts';
import { createIds } from './ids.ts';
import { severityOf } from './modality.ts';
import { splitSentences, type Sentence } from './sentences.ts';
import { draftByStructure, mostControls, type Drafted } from './structure.ts';
import { titleOf } from './title.ts';
import { proposeChecks } from './topics.ts';

export interface ModelDraft extends Drafted {
  /** Quotes the model gave that do not stand in the document: their controls were dropped. */
  readonly lost: number;
  /** Sentences with must or shall that the model left out: they are in the draft as its structure proposes them. */
  readonly added: number;
  readonly parts: number;
  /** Parts to which the model gave no reply that can be used: their controls are those of the structure. */
  readonly failed: number;
  /** US dollars; absent where no price is known. */
  readonly cost?: number;
}

/** The most parts a model is asked about; a longer document is drafted by its structure, or in pieces. */
const mostParts = 200;
const longestTitle = 200;
const longestQuestion = 1900;

/**
 * Has a model propose controls, part by part. The document is data: each control must quote it, quotes that are not there are dropped with
 * their controls, and what the document asks for with must or shall is in the draft whether the model names it or not. Throws `usage` for a
 * document that is too long, and `run-failed` where the model said nothing of use at all.
 */
export async function draftByModel(
  source: SourceText,
  reader: DocumentReaderModel,
  signal: AbortSignal,
  onPart: (done: number, parts: number) => void = () => undefined,
): Promise<ModelDraft> {
  const chunks = splitPartsFor(source);
  const find = createQuoteFinder(source.text);
  const found = new Map<number, Found>();
  let lost = 0;
  let failures: string[] = [];
  let cost: number | undefined;
  for (const [index, chunk] of chunks.entries()) {
    signal.throwIfAborted();
    const reply = await askForControls(source, chunk, reader, signal);
    if ('failure' in reply) failures = [...failures, reply.failure];
    else {
      if (reply.cost !== undefined) cost = (cost ?? 0) + reply.cost;
      for (const proposed of reply.controls) {
        const place = locate(proposed, chunk, source, find);
        if (place === undefined) lost += 1;
        else if (!found.has(place.start)) found.set(place.start, place);
      }
    }
    onPart(index + 1, chunks.length);
  }
  if (failures.length === chunks.length)
    throw new WorkbenchError('run-failed', `The model drafted nothing: ${failures[0] ?? 'the document has no text'}`, {
      remedy: 'Try again or name another model, or draft by structure: leave --model out.',
    });
  const merged = merge(source, [...found.values()]);
  return { ...merged, lost, parts: chunks.length, failed: failures.length, ...(cost === undefined ? {} : { cost }) };
}

/** The parts a model would be asked about. Throws `usage` for too many. */
export function splitPartsFor(source: SourceText): readonly Chunk[] {
  const chunks = splitChunks(source);
  if (chunks.length <= mostParts) return chunks;
  throw new WorkbenchError(
    'usage',
    `${source.name} is too long for a model: ${chunks.length} parts of 12,000 characters.`,
    {
      remedy: 'Draft it by its structure (leave --model out), or add a part of the document and draft that.',
    },
  );
}

interface Found {
  readonly proposed: ProposedControl;
  readonly quote: string;
  readonly start: number;
  readonly end: number;
  readonly page?: number;
}

function locate(
  proposed: ProposedControl,
  chunk: Chunk,
  source: SourceText,
  find: ReturnType<typeof createQuoteFinder>,
): Found | undefined {
  const inChunk = find(proposed.quote).find(({ start }) => start >= chunk.start && start < chunk.end);
  const place = locateQuote(proposed.quote, source, find, inChunk?.start);
  return place === undefined ? undefined : { proposed, ...place };
}

/** The model's controls, and what it left out of what the document strictly asks for, in the document's order. */
function merge(source: SourceText, found: readonly Found[]): Pick<ModelDraft, 'controls' | 'left' | 'added'> {
  const sentences = splitSentences(source);
  const byPlace = found.toSorted((a, b) => a.start - b.start);
  const missed = draftByStructure(source).controls.filter(
    ({ severity, start, quote }) =>
      (severity === 'high' || severity === 'critical') && !isCovered(start, start + quote.length, byPlace),
  );
  const all = [
    ...byPlace.map(each => ({ start: each.start, control: toControl(each, sentenceAt(sentences, each.start)) })),
    ...missed.map(control => ({
      start: control.start,
      control: { ...control, remarks: [missedRemark, ...control.remarks] },
    })),
  ].toSorted((a, b) => a.start - b.start);
  const nextId = createIds();
  const controls = all.slice(0, mostControls).map(({ start, control }) => {
    const { clause, section = [] } = sentenceAt(sentences, start) ?? {};
    return { ...control, id: nextId(clause, section) };
  });
  return { controls, left: all.length - controls.length, added: missed.length };
}

const missedRemark = 'The model left this sentence out.';

/** Whether a quote of the model shares words with a stretch. `found` is in order of its starts. */
function isCovered(start: number, end: number, found: readonly Found[]): boolean {
  return found.some(each => each.start < end && each.end > start);
}

function sentenceAt(sentences: readonly Sentence[], at: number): Sentence | undefined {
  return sentences.findLast(({ start }) => start <= at);
}

function toControl({ proposed, quote, start, page }: Found, sentence: Sentence | undefined): DraftControl {
  const words = plainWords(quote);
  const title = plainText(proposed.title.replace(/\s+/gu, ' ').trim(), longestTitle);
  const question = plainText(proposed.question.replace(/\s+/gu, ' ').trim(), longestQuestion);
  const { checks, suggestions, remarks } = proposeChecks(words);
  return {
    id: '',
    title: title === '' ? titleOf(words) : title,
    severity: boundSeverity(proposed.severity, words),
    quote,
    start,
    ...(page === undefined ? {} : { page }),
    section: sentence?.section ?? [],
    checks:
      question === '' ? checks : checks.map(check => (check.type === 'document' ? { ...check, question } : check)),
    suggestions,
    remarks,
  };
}

/** Strict words are never made mild, nor is anything made critical that the document does not call so. */
function boundSeverity(proposed: string, words: string): DraftControl['severity'] {
  const own = severityOf(words);
  if (own === 'high' || own === 'critical') return own;
  if (proposed === 'high' || proposed === 'critical') return 'high';
  return proposed === 'low' || proposed === 'medium' ? proposed : (own ?? 'medium');
}
