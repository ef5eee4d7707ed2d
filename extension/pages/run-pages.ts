import type {
  HostToPage,
  HostToPromptPage,
  HostToTuningPage,
  PageCommand,
  PageToHost,
  PromptCommand,
  PromptPageToHost,
  RunSummary,
  SearchReport,
  ShowRun,
  TakeChart,
  TuningCommand,
  TuningComparison,
  TuningPageToHost,
} from '../../schemas/generated/messages.ts';
import { disposeAll, type Disposable } from '../base/emitter.ts';
import { createThrottle } from '../base/throttle.ts';
import { t } from '../base/translate.ts';
import type { Engine } from '../engine/engine.ts';
import { engineOfRun } from '../runs/engine-of-run.ts';
import { followSearch } from '../runs/follow-search.ts';
import type { RunBook } from '../runs/run-book.ts';
import { isEnded } from '../../schemas/run-states.ts';
import { createPageSession, type PageSession } from './page-session.ts';

const progressIntervalMs = 100;
/** A running run's report is worked out anew at most this often. */
const reportIntervalMs = 2_000;

/** What a page of runs is made with. One folder's engine serves all of a page's runs. */
export interface RunPageParts<Out, Command> {
  readonly runIds: readonly string[];
  readonly book: RunBook;
  engineAt(folder: string): Engine | undefined;
  post(message: Out): void;
  command(message: Command): Promise<void>;
  onTitle(title: string): void;
}

/** What a page with charts is made with. */
interface ChartPageParts<Out, Command> extends RunPageParts<Out, Command> {
  takeChart(message: TakeChart): Promise<void>;
}

/** The page of a benchmark run, or the comparison of several. */
export function createReportSession(parts: ChartPageParts<HostToPage, PageCommand>): PageSession<PageToHost> {
  const runIds = [...parts.runIds];
  let asking: AbortController | undefined;
  return createPageSession<PageToHost, HostToPage>({
    async load(signal) {
      const report = await (await findEngine(parts)).request('runs/report', { runIds }, signal);
      return { title: report.title, message: { type: 'report', report } };
    },
    follow: refresh => followRuns(parts, refresh),
    async answer(message, signal) {
      if (message.type === 'command' || message.type === 'chart') {
        await (message.type === 'command' ? parts.command(message) : parts.takeChart(message));
        return;
      }
      const engine = await findEngine(parts);
      const { request } = message;
      if (message.type === 'samples') {
        // A page waits for one answer at a time: it has given up on the one before, which may be an order of a million rows.
        asking?.abort();
        asking = new AbortController();
        const wanted = AbortSignal.any([signal, asking.signal]);
        const page = await engine.request('samples/query', message.query, wanted);
        parts.post({ type: 'samples', request, page });
      } else if (message.type === 'wholeSample') {
        const row = await engine.request('samples/get', message.reference, signal);
        parts.post({ type: 'wholeSample', request, row });
      } else {
        const page = await engine.request('samples/disagreements', message.query, signal);
        parts.post({ type: 'disagreements', request, page });
      }
    },
    post: parts.post,
    onTitle: parts.onTitle,
  });
}

/** The page of a tuning run, or the comparison of several. */
export function createTuningSession(
  parts: ChartPageParts<HostToTuningPage, TuningCommand>,
): PageSession<TuningPageToHost> {
  const runIds = [...parts.runIds];
  let search: Disposable | undefined;
  let told: SearchReport | undefined;
  let isClosed = false;

  /** The page of a trial shows its whole search. */
  function showSearch(engine: Engine, { reports: [report, ...others] }: TuningComparison): void {
    if (isClosed || others.length > 0 || report?.trial === undefined) return;
    // A page that was hidden starts anew and knows nothing.
    if (told !== undefined) parts.post({ type: 'search', search: told });
    search ??= followSearch(engine, report.run.id, {
      book: parts.book,
      onSearch(now) {
        told = now;
        parts.post({ type: 'search', search: now });
      },
      // The report tells what is wrong with the engine; a search whose first trial was deleted has none to show.
      onTrouble: () => undefined,
    });
  }

  return createPageSession<TuningPageToHost, HostToTuningPage>({
    async load(signal) {
      const engine = await findEngine(parts);
      const comparison = await engine.request('tuning/report', { runIds }, signal);
      showSearch(engine, comparison);
      return { title: tuningTitle(comparison), message: { type: 'tuning', comparison } };
    },
    follow: refresh =>
      disposeAll(followRuns(parts, refresh), {
        dispose() {
          isClosed = true;
          search?.dispose();
        },
      }),
    answer: async message => await (message.type === 'chart' ? parts.takeChart(message) : parts.command(message)),
    post: parts.post,
    onTitle: parts.onTitle,
  });
}

/** The page of a prompt's trial. */
export function createPromptSession(
  parts: RunPageParts<HostToPromptPage, PromptCommand>,
): PageSession<PromptPageToHost> {
  const [runId = ''] = parts.runIds;
  return createPageSession<PromptPageToHost, HostToPromptPage>({
    async load(signal) {
      const report = await (await findEngine(parts)).request('prompts/report', { runId }, signal);
      return { title: report.run.name, message: { type: 'prompt', report } };
    },
    follow: refresh => followRuns(parts, refresh),
    async answer(message, signal) {
      if (message.type === 'command') {
        await parts.command(message);
        return;
      }
      const { request, sample: id } = message;
      const sample = await (await findEngine(parts)).request('samples/get', { runId, id }, signal);
      parts.post({ type: 'sample', request, sample });
    },
    post: parts.post,
    onTitle: parts.onTitle,
  });
}

function tuningTitle({ reports }: TuningComparison): string {
  const [first] = reports;
  if (reports.length === 1 && first !== undefined) return first.run.name;
  return t('Comparison of {0} tuning runs', reports.length);
}

/** Passes progress on at once, and asks for the report when there is more to report: what counts is what this page was told. */
function followRuns<Out>({ book, runIds, post }: RunPageParts<Out | ShowRun, never>, refresh: () => void): Disposable {
  const progress = createThrottle<string, RunSummary>(progressIntervalMs, (_, run) => post({ type: 'run', run }));
  const reports = createThrottle<'report', undefined>(reportIntervalMs, refresh);
  const told = new Map<string, RunSummary>();
  function tell(run: RunSummary): void {
    if (!runIds.includes(run.id)) return;
    const before = told.get(run.id);
    told.set(run.id, run);
    progress.push(run.id, run);
    if (before?.state !== run.state && isEnded(run.state)) refresh();
    else if (before?.progress.done !== run.progress.done) reports.push('report', undefined);
  }
  const changes = book.onRunsChanged(changed => changed.forEach(({ entry }) => tell(entry.run)));
  // A list that was read anew may have brought an end that nobody told.
  const resets = book.onReset(() => {
    for (const id of runIds) {
      const run = book.get(id)?.run;
      if (run !== undefined && told.get(id)?.state !== run.state) tell(run);
    }
  });
  return disposeAll(changes, resets, progress, reports);
}

function findEngine({ runIds, book, engineAt }: RunPageParts<never, never>): Promise<Engine> {
  return engineOfRun(runIds[0], book, engineAt);
}
