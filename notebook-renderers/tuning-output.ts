import { html, nothing, type TemplateResult } from 'lit';
import type { RunSummary, TuningReport } from '../schemas/generated/messages.ts';
import '../webviews/components/aspect-table.ts';
import '../webviews/components/change-table.ts';
import '../webviews/components/chart-figure.ts';
import { keepLearningCharts } from '../webviews/components/tuning-charts.ts';
import { infrastructureLine } from '../webviews/shared/infrastructure.ts';
import { jobSentence } from '../webviews/shared/platform-job.ts';
import { clipLine } from '../webviews/shared/text.ts';
import { tuningVerdicts } from '../webviews/shared/tuning-verdicts.ts';
import { isActive } from '../webviews/shared/words.ts';
import { shortVerdicts } from './short-verdicts.ts';

export type DrawTuning = (run: RunSummary | undefined, report: TuningReport | undefined) => TemplateResult;

/**
 * Draws a tuning run in a notebook: learning curves while it runs; afterwards the checkpoint, the aspects, the curves and what it used.
 * Charts stay the same ones as long as no epoch is added.
 */
export function createTuningView(): DrawTuning {
  const chartsOf = keepLearningCharts();
  return (run, report) => {
    const told = report === undefined || run === undefined ? report : { ...report, run };
    const charts = run === undefined ? [] : chartsOf(run, told);
    const usage = told === undefined ? undefined : infrastructureLine(told);
    return html`${told === undefined ? nothing : renderJob(told)}
    ${told === undefined ? nothing : shortVerdicts(tuningVerdicts(told))}
    ${told === undefined ? nothing : renderAspects(told)}
    ${charts.length === 0 ? nothing : html`<div class="charts">${charts.map(chart => html`<aiwb-chart .chart=${chart}></aiwb-chart>`)}</div>`}
    ${usage === undefined ? nothing : html`<p class="muted">${clipLine(usage)}</p>`}`;
  };
}

/** Base and tuned model side by side where both were measured, the tuned model's figures elsewhere. */
function renderAspects({ aspects, base }: TuningReport) {
  const compared = aspects.filter(({ changes = [] }) => changes.length > 0);
  const others = aspects.filter(aspect => !compared.includes(aspect));
  return html`${compared.length === 0 ? nothing : html`<aiwb-change-table .aspects=${compared} base=${base}></aiwb-change-table>`}
  ${others.length === 0 ? nothing : html`<aiwb-aspect-table .aspects=${others} base=${base}></aiwb-aspect-table>`}`;
}

function renderJob({ job, run }: TuningReport) {
  return job === undefined || !isActive(run.state) ? nothing : html`<p>${jobSentence(job, run, Date.now())}</p>`;
}
