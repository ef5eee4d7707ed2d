import type { Failure, HostToPromptPage, PromptReport, RunSummary } from '../../schemas/generated/messages.ts';

/** What the page knows. A new object for every change. */
export interface PromptModel {
  readonly report?: PromptReport;
  /** The run alone, before there is a report. */
  readonly run?: RunSummary;
  /** Something about the page as a whole went wrong. */
  readonly failure?: Failure;
}

export const emptyModel: PromptModel = {};

export function applyMessage(model: PromptModel, message: HostToPromptPage): PromptModel {
  switch (message.type) {
    case 'prompt':
      return { report: message.report };
    case 'run':
      return showRun(model, message.run);
    case 'failure':
      return message.request === undefined ? { ...model, failure: message.failure } : model;
    case 'sample':
      return model;
  }
}

function showRun(model: PromptModel, run: RunSummary): PromptModel {
  const { report } = model;
  if (report === undefined) return { ...model, run };
  return report.run.id === run.id ? { ...model, report: { ...report, run } } : model;
}
