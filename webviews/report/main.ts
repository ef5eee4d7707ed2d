import { render, html } from 'lit';
import type { HostToPage, PageToHost } from '../../schemas/generated/messages.ts';
import { validateHostToPage, validateReport, validateSamplePage } from '../../schemas/generated/validators.js';
import { offerChartDesk } from '../shared/chart-desk.ts';
import { createPageHost } from '../shared/host.ts';
import { createEmbeddedSamples } from '../shared/embedded-samples.ts';
import { createRequests } from '../shared/requests.ts';
import { createHostSamples, type SamplesSource } from '../shared/samples-source.ts';
import { adoptDocumentStyles, drawOncePerFrame, readEmbedded } from '../shared/start-page.ts';
import { applyMessage, emptyModel, showReport, type PageModel } from './page-model.ts';
import './report-page.ts';
import type { ReportHost } from './report-page.ts';

start(
  createPageHost<HostToPage, PageToHost>(globalThis.window, {
    validate: validateHostToPage,
    identify: message => (message.type === 'report' ? { runIds: message.report.runs.map(run => run.id) } : undefined),
  }),
);

function start(host: ReportHost): void {
  adoptDocumentStyles(host.kind);
  if (host.kind === 'standalone') showEmbedded(host);
  else followHost(host);
}

/** Shows what the host sends, one drawing a frame however many messages come. */
function followHost(host: ReportHost): void {
  const requests = createRequests<PageToHost, HostToPage>(message => host.post(message));
  const samples = createHostSamples(requests);
  offerChartDesk(document, { take: chart => host.post({ type: 'chart', ...chart }) });
  let model: PageModel = emptyModel;
  // A file without samples has none to be asked for.
  const draw = (): void => show(host, model, model.file?.samples.held === 0 ? undefined : samples, undefined);
  const drawSoon = drawOncePerFrame(draw);
  host.listen(message => {
    if (requests.receive(message)) return;
    model = applyMessage(model, message);
    drawSoon();
  });
  draw();
  host.post({ type: 'ready' });
}

/** Shows the data that lies in the file. */
function showEmbedded(host: ReportHost): void {
  const report = readEmbedded('aiwb-report', validateReport);
  if (report === undefined) {
    const failure = {
      code: 'report-unreadable',
      message: 'This file holds no report that this page can read.',
      remedy: 'Export it again from AI Workbench.',
    };
    show(host, { ...emptyModel, failure }, undefined, undefined);
    return;
  }
  const page = readEmbedded('aiwb-samples', validateSamplePage);
  const samples = page === undefined || page.rows.length === 0 ? undefined : createEmbeddedSamples(page);
  show(host, showReport(report), samples, page?.total);
}

function show(
  host: ReportHost,
  model: PageModel,
  source: SamplesSource | undefined,
  embeddedTotal: number | undefined,
): void {
  render(
    html`<aiwb-report-page
      .host=${host}
      .model=${model}
      .source=${source}
      .embeddedTotal=${embeddedTotal}
    ></aiwb-report-page>`,
    document.body,
  );
}
