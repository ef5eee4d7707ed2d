import { html, nothing, type TemplateResult } from 'lit';
import type { RunSummary, TuningReport } from '../schemas/generated/messages.ts';
import '../webviews/components/aspect-table.ts';
import '../webviews/components/chart-figure.ts';
import { keepLearningCharts } from '../webviews/components/tuning-charts.ts';
import { infrastructureLine } from '../webviews/shared/infrastructure.ts';
import { clipLine } from '../webviews/shared/text.ts';
import { tuningVerdicts } from '../webviews/shared/tuning-verdicts.ts';
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
    return html`${told === undefined ? nothing : shortVerdicts(tuningVerdicts(told))}
    ${told === undefined || told.aspects.length === 0 ? nothing : html`<aiwb-aspect-table .aspects=${told.aspects} base=${told.base}></aiwb-aspect-table>`}
    ${charts.length === 0 ? nothing : html`<div class="charts">${charts.map(chart => html`<aiwb-chart .chart=${chart}></aiwb-chart>`)}</div>`}
    ${usage === undefined ? nothing : html`<p class="muted">${clipLine(usage)}</p>`}`;
  };
}
