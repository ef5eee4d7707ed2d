import type {
  Failure,
  FocusSamples,
  HostToPage,
  Report,
  RunFileFacts,
  RunSummary,
} from '../../schemas/generated/messages.ts';
import { isActive } from '../shared/words.ts';

/** What the page knows. A new object for every change. */
export interface PageModel {
  readonly report?: Report;
  /** The file the runs come from, in place of a store. */
  readonly file?: RunFileFacts;
  /** The run alone, before there is a report. */
  readonly run?: RunSummary;
  /** Something about the page as a whole went wrong. */
  readonly failure?: Failure;
  /** The rows the reader was led to last; a new object every time. */
  readonly focus?: FocusSamples;
  /** Samples that were done when the report was made, by run. */
  readonly doneAtReport: ReadonlyMap<string, number>;
}

export const emptyModel: PageModel = { doneAtReport: new Map() };

export function applyMessage(model: PageModel, message: HostToPage): PageModel {
  switch (message.type) {
    case 'report':
      return {
        ...showReport(message.report),
        ...(model.focus === undefined ? {} : { focus: model.focus }),
        ...(message.file === undefined ? {} : { file: message.file }),
      };
    case 'run':
      return showRun(model, message.run);
    case 'focus':
      return { ...model, focus: message };
    case 'failure':
      return message.request === undefined ? { ...model, failure: message.failure } : model;
    default:
      return model;
  }
}

export function showReport(report: Report): PageModel {
  const doneAtReport = new Map(report.runs.map(({ id, progress }) => [id, progress.done]));
  return { report, doneAtReport };
}

function showRun(model: PageModel, run: RunSummary): PageModel {
  if (model.report === undefined) return { ...model, run };
  if (!model.report.runs.some(({ id }) => id === run.id)) return model;
  const runs = model.report.runs.map(former => (former.id === run.id ? run : former));
  return { ...model, report: { ...model.report, runs } };
}

export function runsOf({ report, run }: PageModel): readonly RunSummary[] {
  return report?.runs ?? (run === undefined ? [] : [run]);
}

/** How the results stand to the runs: final, so far, behind a run that has gone on, or none yet. */
export type Standing =
  | { readonly kind: 'final' | 'none' }
  | { readonly kind: 'partial' | 'stale'; readonly covered: number; readonly done: number; readonly total: number };

export function standingOf(model: PageModel): Standing {
  const { report } = model;
  if (report === undefined || report.variants.length === 0) return { kind: 'none' };
  const covered = [...model.doneAtReport.values()].reduce((sum, done) => sum + done, 0);
  const done = report.runs.reduce((sum, { progress }) => sum + progress.done, 0);
  const total = report.runs.reduce((sum, { progress }) => sum + progress.total, 0);
  if (report.runs.some(({ state }) => isActive(state))) return { kind: 'partial', covered, done, total };
  return covered < done ? { kind: 'stale', covered, done, total } : { kind: 'final' };
}
