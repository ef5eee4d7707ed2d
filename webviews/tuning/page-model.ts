import type {
  Failure,
  HostToTuningPage,
  RunFileFacts,
  RunSummary,
  SearchReport,
  TuningComparison,
} from '../../schemas/generated/messages.ts';

/** What the page knows. A new object for every change. */
export interface TuningModel {
  readonly comparison?: TuningComparison;
  /** The run alone, before there is a comparison. */
  readonly run?: RunSummary;
  /** The whole search, where the run is a trial of one. */
  readonly search?: SearchReport;
  /** The file the runs come from, in place of a store. */
  readonly file?: RunFileFacts;
  /** Something about the page as a whole went wrong. */
  readonly failure?: Failure;
}

export const emptyModel: TuningModel = {};

export function applyMessage(model: TuningModel, message: HostToTuningPage): TuningModel {
  switch (message.type) {
    case 'tuning':
      return {
        comparison: message.comparison,
        ...(model.search === undefined ? {} : { search: model.search }),
        ...(message.file === undefined ? {} : { file: message.file }),
      };
    case 'search':
      return { ...model, search: message.search };
    case 'run':
      return showRun(model, message.run);
    case 'failure':
      return { ...model, failure: message.failure };
  }
}

function showRun(model: TuningModel, run: RunSummary): TuningModel {
  const { comparison } = model;
  if (comparison === undefined) return { ...model, run };
  if (!comparison.reports.some(report => report.run.id === run.id)) return model;
  const reports = comparison.reports.map(report => (report.run.id === run.id ? { ...report, run } : report));
  return { ...model, comparison: { ...comparison, reports: reports } };
}

/** The runs on the page, reported or not. */
export function runsOf({ comparison, run }: TuningModel): readonly RunSummary[] {
  return comparison?.reports.map(report => report.run) ?? (run === undefined ? [] : [run]);
}
