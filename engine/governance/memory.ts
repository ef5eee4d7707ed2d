import type { DocumentKind } from '../documents/kinds.ts';
import { parseDocument, type ParseDocument, type ParsedDocument } from '../documents/parse.ts';
import type { AssessmentSummary } from '../../schemas/generated/messages.ts';
import type { LedgerRecord } from '../ports/ledger.ts';
import type { RunRecord, Store } from '../ports/store.ts';
import type { FoundAssessment } from './find-assessment.ts';
import { rememberJudgements, type Judgements } from './judgements.ts';
import type { KnownSummaries } from './view.ts';

/**
 * What assessing and previewing in one process need not read, parse or judge twice. Everything in it is found by what it is made of, so that
 * it cannot be out of date: texts by their content, records up to an entry of the append-only log, finished runs, judgements by their grounds.
 */
export interface AssessmentMemory {
  readonly parse: ParseDocument;
  readonly judgements: Judgements;
  readonly summaries: KnownSummaries;
  /** An assessment by its whole id, read once. */
  findAssessment(id: string, read: () => Promise<FoundAssessment>): Promise<FoundAssessment>;
  /** The same store, which knows the records and finished runs that were read before. */
  rememberStore(store: Store): Store;
}

/** Characters of parsed files that are kept: some three hundred large policies. */
const mostCharacters = 20_000_000;
/** Runs that are kept, each with its report. */
const mostRuns = 500;

const mostSummaries = 5_000;
/** Whole records: large ones are many megabytes. */
const mostAssessments = 4;

export function createAssessmentMemory(sha256: (text: string) => string): AssessmentMemory {
  const runs = new Map<string, RunRecord>();
  const summaries = new Map<string, AssessmentSummary>();
  const assessments = new Map<string, FoundAssessment>();
  const lists = new Map<string, Promise<readonly LedgerRecord[]>>();
  let listedUpTo: number | undefined;

  function listOnce(filter: Parameters<Store['ledger']['list']>[0], store: Store): Promise<readonly LedgerRecord[]> {
    if (filter.upTo === undefined) return store.ledger.list(filter);
    if (filter.upTo !== listedUpTo) lists.clear();
    listedUpTo = filter.upTo;
    const key = JSON.stringify([store.path, filter]);
    const known = lists.get(key) ?? store.ledger.list(filter);
    lists.set(key, known);
    // What could not be read is read again.
    known.catch(() => lists.delete(key));
    return known;
  }

  async function getOnce(id: string, store: Store): Promise<RunRecord> {
    const key = JSON.stringify([store.path, id]);
    const known = runs.get(key);
    if (known !== undefined) return known;
    const run = await store.getRun(id);
    // Nothing writes into a run that has succeeded.
    if (run.summary.state === 'succeeded' && run.summary.id === id) keep(runs, key, run, mostRuns);
    return run;
  }

  return {
    parse: rememberParsed(),
    judgements: rememberJudgements(sha256),
    summaries: {
      get: digest => summaries.get(digest),
      set: (digest, summary) => keep(summaries, digest, summary, mostSummaries),
    },
    async findAssessment(id, read) {
      const found = assessments.get(id) ?? (await read());
      if (found.record.id === id) keep(assessments, id, found, mostAssessments);
      return found;
    },
    rememberStore: store => ({
      ...store,
      getRun: id => getOnce(id, store),
      ledger: { ...store.ledger, list: filter => listOnce(filter, store) },
    }),
  };
}

function rememberParsed(): ParseDocument {
  const known = new Map<string, ParsedDocument>();
  let characters = 0;
  return <K extends DocumentKind>(kind: K, text: string): ParsedDocument<K> => {
    const key = `${kind}\n${text}`;
    const found = known.get(key);
    if (found !== undefined) return found as ParsedDocument<K>;
    const parsed = parseDocument(kind, text);
    known.set(key, parsed);
    characters += text.length;
    for (const oldest of known.keys()) {
      if (characters <= mostCharacters) break;
      known.delete(oldest);
      characters -= oldest.length - oldest.indexOf('\n') - 1;
    }
    return parsed;
  };
}

function keep<T>(map: Map<string, T>, key: string, value: T, most: number): void {
  map.set(key, value);
  for (const oldest of map.keys()) {
    if (map.size <= most) break;
    map.delete(oldest);
  }
}
