import { html, render } from 'lit';
import type { HostToTuningPage, TuningPageToHost } from '../../schemas/generated/messages.ts';
import { validateHostToTuningPage, validateTuningComparison } from '../../schemas/generated/validators.js';
import { offerChartDesk } from '../shared/chart-desk.ts';
import { createPageHost } from '../shared/host.ts';
import { adoptDocumentStyles, drawOncePerFrame, readEmbedded } from '../shared/start-page.ts';
import { applyMessage, emptyModel, type TuningModel } from './page-model.ts';
import './tuning-page.ts';
import type { TuningHost } from './tuning-page.ts';

start(
  createPageHost<HostToTuningPage, TuningPageToHost>(globalThis.window, {
    validate: validateHostToTuningPage,
    identify: message =>
      message.type === 'tuning' ? { runIds: message.comparison.reports.map(({ run }) => run.id) } : undefined,
  }),
);

function start(host: TuningHost): void {
  adoptDocumentStyles(host.kind);
  if (host.kind === 'standalone') show(host, readFile());
  else followHost(host);
}

/** Shows what the host sends, one drawing a frame however many messages come. */
function followHost(host: TuningHost): void {
  offerChartDesk(document, { take: chart => host.post({ type: 'chart', ...chart }) });
  let model: TuningModel = emptyModel;
  const draw = (): void => show(host, model);
  const drawSoon = drawOncePerFrame(draw);
  host.listen(message => {
    model = applyMessage(model, message);
    drawSoon();
  });
  draw();
  host.post({ type: 'ready' });
}

/** The data that lies in a self-contained file. */
function readFile(): TuningModel {
  const comparison = readEmbedded('aiwb-tuning', validateTuningComparison);
  if (comparison !== undefined) return { comparison };
  return {
    failure: {
      code: 'report-unreadable',
      message: 'This file holds no tuning run that this page can read.',
      remedy: 'Export it again from AI Workbench.',
    },
  };
}

function show(host: TuningHost, model: TuningModel): void {
  render(html`<aiwb-tuning-page .host=${host} .model=${model}></aiwb-tuning-page>`, document.body);
}
