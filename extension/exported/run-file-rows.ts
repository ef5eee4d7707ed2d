import type {
  Disagreement,
  DisagreementPage,
  DisagreementQuery,
  Report,
  SamplePage,
  SampleQuery,
  SampleReference,
  SampleRow,
} from '../../schemas/generated/messages.ts';
import { pageOfRows, selectRows } from '../../schemas/select-samples.ts';
import { FailureError } from '../base/failure.ts';

/** Orders that are kept: a reader scrolls through one at a time, and goes back to the one before. */
const keptOrders = 4;

/** A file's samples, asked as a store's are. */
export interface RunFileRows {
  samples(query: SampleQuery): SamplePage;
  /** One sample, uncut. */
  sample(reference: SampleReference): SampleRow;
  disagreements(query: DisagreementQuery): DisagreementPage;
}

/** Several variants' first answers to one row. */
interface Pairing {
  readonly row: number;
  readonly input: string;
  readonly target: string;
  readonly answers: (SampleRow | undefined)[];
}

/** A variant of a run, as a question names it. */
interface Lane {
  readonly run: number;
  readonly variant: number;
}

export function createRunFileRows(report: Report, rows: readonly (readonly SampleRow[])[]): RunFileRows {
  const orders = createKept<readonly SampleRow[]>(keptOrders);
  const pairings = createKept<readonly Pairing[]>(keptOrders);

  function runOf(runId: string): number {
    const run = report.runs.findIndex(({ id }) => id === runId);
    if (run >= 0) return run;
    throw new FailureError({ code: 'run-not-found', message: `The file holds no run ${runId}.` });
  }

  function lanesOf({ runIds, variants }: DisagreementQuery): Lane[] {
    if (variants !== undefined) return variants.map(({ runId, variant }) => ({ run: runOf(runId), variant }));
    return runIds.flatMap(runId => {
      const run = runOf(runId);
      return report.variants.filter(each => each.runId === runId).map(({ variant }) => ({ run, variant }));
    });
  }

  return {
    samples(query) {
      const run = runOf(query.runId);
      // The place on the list is no part of what is on it.
      const asked = {
        ...query,
        offset: undefined,
        after: undefined,
        find: undefined,
        limit: undefined,
        textLimit: undefined,
      };
      const matching = orders(JSON.stringify(asked), () => selectRows(rows[run] ?? [], query));
      return pageOfRows(matching, query);
    },
    sample({ runId, id }) {
      const found = (rows[runOf(runId)] ?? []).find(row => row.id === id);
      if (found !== undefined) return found;
      throw new FailureError({
        code: 'run-not-found',
        message: `The file holds no sample ${String(id)} of run ${runId}.`,
      });
    },
    disagreements(query) {
      const { offset = 0, after, limit, ...asked } = query;
      const found = pairings(JSON.stringify(asked), () => disputed(lanesOf(query), rows, query));
      const start = after === undefined ? offset : firstBehind(found, after);
      const page = found.slice(start, start + limit).map(toDisagreement);
      const last = page.at(-1);
      const isMore = last !== undefined && start + limit < found.length;
      return { rows: page, total: found.length, offset: start, ...(isMore ? { next: last.row } : {}) };
    },
  };
}

/** Values by their question, the latest few. */
function createKept<T>(most: number): (key: string, make: () => T) => T {
  const kept = new Map<string, T>();
  return (key, make) => {
    const value = kept.has(key) ? (kept.get(key) as T) : make();
    kept.delete(key);
    kept.set(key, value);
    const [oldest] = kept.keys();
    if (kept.size > most && oldest !== undefined) kept.delete(oldest);
    return value;
  };
}

/** Rows that some variants answer right and others wrong, first repeats only, joined over what they ask. */
function disputed(
  lanes: readonly Lane[],
  rows: readonly (readonly SampleRow[])[],
  { change, sort }: DisagreementQuery,
): Pairing[] {
  const pairs = new Map<string, Pairing>();
  lanes.forEach(({ run, variant }, position) => {
    const occurrence = createOccurrences();
    const own = (rows[run] ?? []).filter(row => row.variant === variant && row.repeat === 0);
    for (const sample of [...own].sort((a, b) => a.row - b.row)) {
      const content = JSON.stringify([sample.input, sample.target, sample.slices]);
      const key = `${content} ${String(occurrence(content))}`;
      let pair = pairs.get(key);
      if (pair === undefined) {
        const { row, input, target } = sample;
        pair = { row, input, target, answers: lanes.map(() => undefined) };
        pairs.set(key, pair);
      }
      pair.answers[position] = sample;
    }
  });
  const found = [...pairs.values()].filter(pair => isDisputed(pair, change));
  const sign = sort?.descending === true ? -1 : 1;
  const keyOf = sort?.by === 'wrong' ? wrongOf : ({ row }: Pairing) => row;
  return found.sort((a, b) => sign * (keyOf(a) - keyOf(b)) || a.row - b.row);
}

/** Counts how often the same content came before. */
function createOccurrences(): (content: string) => number {
  const seen = new Map<string, number>();
  return content => {
    const count = seen.get(content) ?? 0;
    seen.set(content, count + 1);
    return count;
  };
}

function isDisputed({ answers }: Pairing, change: DisagreementQuery['change']): boolean {
  const verdicts = answers.map(answer => answer?.right);
  if (change === 'lost') return verdicts[0] === true && verdicts[1] === false;
  if (change === 'gained') return verdicts[0] === false && verdicts[1] === true;
  return verdicts.includes(true) && verdicts.includes(false);
}

function wrongOf({ answers }: Pairing): number {
  return answers.filter(answer => answer?.right === false).length;
}

function firstBehind(found: readonly Pairing[], row: number): number {
  const at = found.findIndex(pair => pair.row > row);
  return at < 0 ? found.length : at;
}

function toDisagreement({ row, input, target, answers }: Pairing): Disagreement {
  return {
    row,
    input,
    target,
    answers: answers.map(answer =>
      answer?.right === undefined ? null : { output: answer.output ?? '', right: answer.right, id: answer.id },
    ),
  };
}
