import { html, type TemplateResult } from 'lit';
import type { PromptReport } from '../schemas/generated/messages.ts';
import '../webviews/components/answer-table.ts';
import type { SamplesSource } from '../webviews/shared/samples-source.ts';

/** A prompt tried against models: their answers side by side, whole where somebody can be asked. */
export function renderTrial(report: PromptReport, source: SamplesSource | undefined): TemplateResult {
  const read = source?.sample;
  const readWhole =
    read === undefined
      ? undefined
      : async (id: number) => (await read({ runId: report.run.id, id }, new AbortController().signal)).output ?? '';
  return html`<aiwb-answer-table .report=${report} .readWhole=${readWhole}></aiwb-answer-table>`;
}
