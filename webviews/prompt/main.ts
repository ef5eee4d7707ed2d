import { html, render } from 'lit';
import type { HostToPromptPage, PromptPageToHost } from '../../schemas/generated/messages.ts';
import { validateHostToPromptPage, validatePromptReport } from '../../schemas/generated/validators.js';
import type { ReadWhole } from '../components/answer-card.ts';
import { createPageHost } from '../shared/host.ts';
import { adoptDocumentStyles, drawOncePerFrame, readEmbedded } from '../shared/start-page.ts';
import { applyMessage, emptyModel, type PromptModel } from './page-model.ts';
import './prompt-page.ts';
import type { PromptHost } from './prompt-page.ts';
import { createWholeAnswers } from './whole-answers.ts';

start(
  createPageHost<HostToPromptPage, PromptPageToHost>(globalThis.window, {
    validate: validateHostToPromptPage,
    identify: message => (message.type === 'prompt' ? { runIds: [message.report.run.id] } : undefined),
  }),
);

function start(host: PromptHost): void {
  adoptDocumentStyles(host.kind);
  if (host.kind === 'standalone') show(host, readFile(), undefined);
  else followHost(host);
}

/** Shows what the host sends, one drawing a frame however many messages come. */
function followHost(host: PromptHost): void {
  const answers = createWholeAnswers(message => host.post(message));
  let model: PromptModel = emptyModel;
  const draw = (): void => show(host, model, answers.read);
  const drawSoon = drawOncePerFrame(draw);
  host.listen(message => {
    answers.receive(message);
    model = applyMessage(model, message);
    drawSoon();
  });
  draw();
  host.post({ type: 'ready' });
}

/** The data that lies in a self-contained file. */
function readFile(): PromptModel {
  const report = readEmbedded('aiwb-prompt', validatePromptReport);
  if (report !== undefined) return { report };
  return {
    failure: {
      code: 'report-unreadable',
      message: 'This file holds no trial of a prompt that this page can read.',
      remedy: 'Export it again from AI Workbench.',
    },
  };
}

function show(host: PromptHost, model: PromptModel, readWhole: ReadWhole | undefined): void {
  render(
    html`<aiwb-prompt-page .host=${host} .model=${model} .readWhole=${readWhole}></aiwb-prompt-page>`,
    document.body,
  );
}
