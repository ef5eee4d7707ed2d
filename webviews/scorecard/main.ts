import { html, render } from 'lit';
import type { HostToScorecardPage, ScorecardPageToHost } from '../../schemas/generated/messages.ts';
import { validateHostToScorecardPage, validateScorecardView } from '../../schemas/generated/validators.js';
import { createPageHost } from '../shared/host.ts';
import { adoptDocumentStyles, drawOncePerFrame, readEmbedded } from '../shared/start-page.ts';
import { createScorecardAsks, type ScorecardAsks } from './asks.ts';
import { applyMessage, type ScorecardModel } from './page-model.ts';
import './scorecard-page.ts';
import type { ScorecardHost } from './scorecard-page.ts';

start(
  createPageHost<HostToScorecardPage, ScorecardPageToHost>(globalThis.window, {
    validate: validateHostToScorecardPage,
    identify: message =>
      message.type === 'scorecard' ? { assessmentId: message.view.scorecard.record.id } : undefined,
  }),
);

function start(host: ScorecardHost): void {
  adoptDocumentStyles(host.kind);
  if (host.kind === 'standalone') showEmbedded(host);
  else followHost(host);
}

function followHost(host: ScorecardHost): void {
  const asks = createScorecardAsks(message => host.post(message));
  let model: ScorecardModel = {};
  const draw = (): void => show(host, asks, model);
  const drawSoon = drawOncePerFrame(draw);
  host.listen(message => {
    if (asks.receive(message)) return;
    model = applyMessage(model, message);
    drawSoon();
  });
  draw();
  host.post({ type: 'ready' });
}

/** Shows the data that lies in the file. */
function showEmbedded(host: ScorecardHost): void {
  const view = readEmbedded('aiwb-scorecard', validateScorecardView);
  const failure = {
    code: 'scorecard-unreadable',
    message: 'This file holds no scorecard that this page can read.',
    remedy: 'Export it again from AI Workbench.',
  };
  const asks = createScorecardAsks(message => host.post(message));
  show(host, asks, view === undefined ? { failure } : { view });
}

function show(host: ScorecardHost, asks: ScorecardAsks, model: ScorecardModel): void {
  render(html`<aiwb-scorecard-page .host=${host} .asks=${asks} .model=${model}></aiwb-scorecard-page>`, document.body);
}
