import type {
  DocumentAnswer,
  DocumentQuote,
  DocumentReview,
  SourceDocument,
} from '../../schemas/generated/messages.ts';
import { validateDocumentAnswer, validateDocumentReview } from '../../schemas/generated/validators.js';
import { toWorkbenchError, WorkbenchError } from '../base/errors.ts';
import { locateQuote } from '../source-documents/locate-quote.ts';
import { listVersionDocuments } from '../source-documents/version-documents.ts';
import { createQuoteFinder } from '../source-documents/find-quote.ts';
import { readSourceText } from '../source-documents/read-source-text.ts';
import type { AnswerEvidence, CheckedQuote } from './checks/document.ts';
import type { GovernancePorts } from '../ports/governance.ts';
import { readPayload } from '../signing/records.ts';
import type { Subject } from './subject.ts';

type Ports = Pick<GovernancePorts, 'store' | 'digest'>;

/**
 * The answers to document checks about a version by check, newest first. One that was changed, or a review of which was, stays in its place,
 * as a fault. The quotes of the newest answer to each question are looked for again, in the documents as they lie in the store now.
 */
export async function collectAnswers(
  { version }: Pick<Subject, 'version'>,
  ports: Ports,
): Promise<ReadonlyMap<string, readonly AnswerEvidence[]>> {
  const { store, digest } = ports;
  const of = { model: version.model, version: version.version };
  const records = await store.ledger.list({ kind: 'document-answer', ...of });
  if (records.length === 0) return new Map();
  const reviews = await readReviews(of, ports);
  const read = records.map(record => {
    const check = checkOf(record.payload);
    try {
      const answer = readPayload(record, validateDocumentAnswer, digest);
      const faulty = reviews.faulty.get(answer.id) ?? reviews.faulty.get('');
      if (faulty !== undefined) return { check, fault: faulty };
      const own = reviews.sound.filter(each => each.answerDigest === record.digest);
      return { check, answer, digest: record.digest, reviews: own };
    } catch (error) {
      return { check, fault: toWorkbenchError(error).message };
    }
  });
  const asked = new Set<string>();
  const newest = read.flatMap(({ check, answer }) => {
    const key = JSON.stringify([check, answer?.question]);
    if (answer === undefined || asked.has(key)) return [];
    asked.add(key);
    return [answer];
  });
  const quotes = await checkQuotes(newest, version, ports);
  const found = new Map<string, AnswerEvidence[]>();
  for (const { check, ...rest } of read) {
    const list = found.get(check) ?? [];
    found.set(check, list);
    if (rest.answer === undefined) list.push({ fault: rest.fault });
    else list.push({ ...rest, quotes: quotes.get(rest.answer.id) ?? [] });
  }
  return found;
}

interface Reviews {
  readonly sound: readonly DocumentReview[];
  /** By the id of the answer; of one that no longer says which, under the empty id. */
  readonly faulty: ReadonlyMap<string, string>;
}

async function readReviews(of: { model: string; version: string }, { store, digest }: Ports): Promise<Reviews> {
  const sound: DocumentReview[] = [];
  const faulty = new Map<string, string>();
  for (const record of await store.ledger.list({ kind: 'document-review', ...of })) {
    try {
      sound.push(readPayload(record, validateDocumentReview, digest));
    } catch (error) {
      const answer = (record.payload as { readonly answer?: unknown } | null | undefined)?.answer;
      faulty.set(typeof answer === 'string' ? answer : '', toWorkbenchError(error).message);
    }
  }
  return { sound, faulty };
}

/** Each answer's quotes by its id. A document is read once for all of them, and one at a time: texts are large. */
async function checkQuotes(
  answers: readonly DocumentAnswer[],
  version: Subject['version'],
  ports: Ports,
): Promise<ReadonlyMap<string, readonly CheckedQuote[]>> {
  const wanted = new Map<string, DocumentQuote[]>();
  for (const quote of answers.flatMap(({ quotes }) => quotes)) {
    const list = wanted.get(quote.document) ?? [];
    wanted.set(quote.document, list);
    list.push(quote);
  }
  if (wanted.size === 0) return new Map();
  const documents = await listDocuments(version, ports);
  const checked = new Map<DocumentQuote, CheckedQuote>();
  for (const [digest, quotes] of wanted) {
    const document = 'fault' in documents ? undefined : documents.get(digest);
    const known =
      'fault' in documents
        ? documents
        : document === undefined
          ? { fault: `${quotes[0]?.name ?? 'A quoted document'} is no document of this version.` }
          : { document };
    for (const [quote, outcome] of await checkDocumentQuotes(known, quotes, ports)) checked.set(quote, outcome);
  }
  return new Map(answers.map(({ id, quotes }) => [id, quotes.flatMap(quote => checked.get(quote) ?? [])]));
}

async function listDocuments(
  version: Subject['version'],
  ports: Ports,
): Promise<ReadonlyMap<string, SourceDocument> | { readonly fault: string }> {
  try {
    return new Map((await listVersionDocuments(version, ports)).map(document => [document.digest, document]));
  } catch (error) {
    if (error instanceof WorkbenchError && error.code === 'record-tampered') return { fault: error.message };
    throw error;
  }
}

async function checkDocumentQuotes(
  known: { readonly document: SourceDocument } | { readonly fault: string },
  quotes: readonly DocumentQuote[],
  ports: Ports,
): Promise<readonly (readonly [DocumentQuote, CheckedQuote])[]> {
  const refuse = (fault: string) => quotes.map(quote => [quote, { quote, fault }] as const);
  if ('fault' in known) return refuse(known.fault);
  const { document } = known;
  try {
    // The text was made of these bytes; both must be what they were.
    await ports.store.blobs.read(document.digest);
    const text = await readSourceText(document.digest, ports);
    const find = createQuoteFinder(text.text);
    return quotes.map(quote => {
      const place = locateQuote(quote.quote, text, find, quote.start);
      if (place !== undefined) return [quote, { quote: { ...place, name: document.name } }];
      return [
        quote,
        { quote, fault: `The quoted words do not stand in ${document.name}, so the answer shows nothing.` },
      ];
    });
  } catch (error) {
    if (!(error instanceof WorkbenchError)) throw error;
    return refuse(`${document.name} cannot be read: ${error.message}`);
  }
}

function checkOf(payload: unknown): string {
  const check = (payload as { readonly check?: unknown } | null | undefined)?.check;
  return typeof check === 'string' ? check : '';
}
