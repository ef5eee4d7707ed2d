import type { DocumentAnswer, DocumentQuote, SourceDocument } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import { closestName } from '../base/suggest.ts';
import type { GovernancePorts } from '../ports/governance.ts';
import { createRecordId } from '../base/record-id.ts';
import { makersOf, requireAnotherPerson } from '../promotion/trust.ts';
import { trimComment } from '../base/comment.ts';
import { nameOfVersion } from '../base/version-name.ts';
import { createQuoteFinder } from '../source-documents/find-quote.ts';
import { readSourceText } from '../source-documents/read-source-text.ts';
import { requireRole } from '../people/roles.ts';
import { appendSigned } from '../signing/append-signed.ts';
import { readPeople } from '../workspace/people.ts';
import { findAskedCheck, type AskedCheck, type DocumentStep } from './asked-check.ts';
import { fewestLetters, locateQuote } from '../source-documents/locate-quote.ts';
import { mayAnswer } from '../governance/named-documents.ts';
import { listVersionDocuments } from '../source-documents/version-documents.ts';

export interface AnswerStep extends DocumentStep {
  readonly verdict: DocumentAnswer['verdict'];
  readonly explanation?: string;
  readonly quotes: readonly {
    /** SHA-256, or the document's name. */
    readonly document: string;
    readonly quote: string;
  }[];
}

const mostQuotes = 20;

/**
 * A person's own answer to a document check; it counts from the next assessment on. Author and trainer cannot give it
 * (`separation-of-duties`). Throws `usage` for `met` without a quote, and for a quote that does not stand in its document.
 */
export async function answerDocuments(
  step: AnswerStep,
  ports: GovernancePorts,
  signal: AbortSignal,
): Promise<DocumentAnswer> {
  const { clock, random, identities } = ports;
  const explanation = trimComment(step.explanation, 'explanation');
  const asked = await findAskedCheck(step, ports, signal);
  const by = await identities.whoAmI(step.folder, signal);
  requireAnotherPerson(by, makersOf(asked.version, asked.assessment), asked.version, `answer ${asked.check}`);
  const people = await readPeople(step.folder, ports, signal);
  if (asked.role !== undefined) requireRole(asked.role, by, people, `answer ${asked.check}`);
  if (step.quotes.length > mostQuotes)
    throw new WorkbenchError(
      'usage',
      `${String(step.quotes.length)} quotes are too many; at most ${String(mostQuotes)} are kept.`,
      { remedy: 'Choose those that show it.' },
    );
  if (step.verdict === 'met' && step.quotes.length === 0) {
    throw new WorkbenchError('usage', 'An answer that it is met needs a quote that shows it.', {
      remedy: 'Quote the document: --quote TEXT --document NAME.',
    });
  }
  const quotes: DocumentQuote[] = [];
  for (const each of step.quotes) quotes.push(await findPlace(each, asked, ports));
  const answer: DocumentAnswer = {
    id: createRecordId('answer', clock, random),
    model: asked.version.model,
    version: asked.version.version,
    weightsDigest: asked.version.weightsDigest,
    control: asked.control,
    check: asked.check,
    question: asked.question,
    verdict: step.verdict,
    ...(explanation === undefined ? {} : { explanation }),
    ...(asked.role === undefined ? {} : { role: asked.role }),
    quotes,
    by: { kind: 'person', identity: by },
    at: clock.now(),
  };
  signal.throwIfAborted();
  const { id, model, version, at } = answer;
  const said = { id, kind: 'document-answer' as const, model, version, at, actor: by, payload: answer };
  await appendSigned(said, people.signers, ports);
  return answer;
}

async function findPlace(
  { document: named, quote }: AnswerStep['quotes'][number],
  asked: AskedCheck,
  ports: GovernancePorts,
): Promise<DocumentQuote> {
  const document = await findDocument(named, asked, ports);
  const text = await readSourceText(document.digest, ports);
  const place = locateQuote(quote, { ...text, name: document.name }, createQuoteFinder(text.text));
  if (place !== undefined) return place;
  const shown = JSON.stringify(quote.length > 80 ? `${quote.slice(0, 80)}…` : quote);
  throw new WorkbenchError('usage', `${shown} does not stand in ${document.name}, or is too short to show anything.`, {
    remedy: `Copy the words from the document's text, at least ${String(fewestLetters)} letters: \`aiwb documents show ${document.digest.slice(0, 12)} --text\`.`,
  });
}

async function findDocument(named: string, asked: AskedCheck, ports: GovernancePorts): Promise<SourceDocument> {
  const all = await listVersionDocuments(asked.version, ports);
  const fitting = all.filter(({ name }) => mayAnswer(name, asked.documents));
  const found = fitting.find(({ digest }) => digest === named) ?? fitting.find(({ name }) => name === named);
  if (found !== undefined) return found;
  const version = nameOfVersion(asked.version);
  const names = fitting.map(({ name }) => name);
  if (all.some(({ name, digest }) => name === named || digest === named)) {
    throw new WorkbenchError('usage', `${named} is none of the documents that may answer ${asked.check}.`, {
      remedy: `The policy lets answer: ${(asked.documents ?? []).join(', ')}.`,
    });
  }
  const closest = closestName(named, names);
  throw new WorkbenchError('usage', `${version} has no document "${named}".`, {
    remedy:
      closest !== undefined
        ? `Did you mean "${closest}"?`
        : names.length > 0
          ? `It has: ${names.join(', ')}.`
          : `Add it: \`aiwb documents add FILE ${version}\`.`,
  });
}
