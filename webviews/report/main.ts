import { render, html } from 'lit';
import type { HostToPage, Report, SamplePage } from '../../schemas/generated/messages.ts';
import { validateReport, validateSamplePage, type Validator } from '../../schemas/generated/validators.js';
import { fallbackTheme } from '../shared/fallback-theme.ts';
import { createPageHost, type PageHost } from '../shared/host.ts';
import { createEmbeddedSamples, createHostSamples, type SamplesSource } from '../shared/samples-source.ts';
import { applyMessage, emptyModel, showReport, type PageModel } from './page-model.ts';
import { documentStyles } from './report-page-styles.ts';
import './report-page.ts';

start(createPageHost(globalThis.window));

function start(host: PageHost): void {
  const sheets = [documentStyles.styleSheet, host.kind === 'standalone' ? fallbackTheme.styleSheet : undefined];
  document.adoptedStyleSheets.push(...sheets.filter(sheet => sheet !== undefined));
  if (host.kind === 'standalone') showEmbedded(host);
  else followHost(host);
}

/** Shows what the host sends, one drawing a frame however many messages come. */
function followHost(host: PageHost): void {
  const samples = createHostSamples(message => host.post(message));
  let model: PageModel = emptyModel;
  let isScheduled = false;
  const draw = (): void => {
    isScheduled = false;
    show(host, model, samples, undefined);
  };
  host.listen((message: HostToPage) => {
    if (samples.receive(message)) return;
    model = applyMessage(model, message);
    if (isScheduled) return;
    isScheduled = true;
    requestAnimationFrame(draw);
  });
  draw();
  host.post({ type: 'ready' });
}

/** Shows the data that lies in the file. */
function showEmbedded(host: PageHost): void {
  const report = readEmbedded<Report>('aiwb-report', validateReport);
  if (report === undefined) {
    const failure = {
      code: 'report-unreadable',
      message: 'This file holds no report that this page can read.',
      remedy: 'Export it again from AI Workbench.',
    };
    show(host, { ...emptyModel, failure }, undefined, undefined);
    return;
  }
  const page = readEmbedded<SamplePage>('aiwb-samples', validateSamplePage);
  const samples = page === undefined || page.rows.length === 0 ? undefined : createEmbeddedSamples(page);
  show(host, showReport(report), samples, page?.total);
}

function readEmbedded<T>(id: string, validate: Validator<T>): T | undefined {
  try {
    const data: unknown = JSON.parse(document.getElementById(id)?.textContent ?? '');
    return validate(data) ? data : undefined;
  } catch {
    return undefined;
  }
}

function show(
  host: PageHost,
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
