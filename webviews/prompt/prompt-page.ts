import { css, html, LitElement, nothing } from 'lit';
import type {
  HostToPromptPage,
  PromptCommand,
  PromptPageToHost,
  PromptReport,
  RunSummary,
} from '../../schemas/generated/messages.ts';
import type { ReadWhole } from '../components/answer-card.ts';
import '../components/answer-table.ts';
import '../components/copy-digest.ts';
import '../components/fact-list.ts';
import type { Fact } from '../components/fact-list.ts';
import '../components/long-text.ts';
import '../components/message-panel.ts';
import { pageHeader, runStateFacts, type HeaderButton } from '../components/page-header.ts';
import '../components/progress-panel.ts';
import { defineElement } from '../shared/define.ts';
import { countOf } from '../shared/format.ts';
import type { PageHost } from '../shared/host.ts';
import { headerStyles, pageStyles } from '../shared/page-styles.ts';
import { section } from '../shared/section.ts';
import { baseStyles, buttonStyles, surfaceStyles } from '../shared/styles.ts';
import { showUnseen } from '../shared/text.ts';
import { isActive } from '../shared/words.ts';
import type { PromptModel } from './page-model.ts';

export type PromptHost = PageHost<HostToPromptPage, PromptPageToHost>;
type Command = PromptCommand['command'];

/** The trial of a prompt: the answers side by side, then the prompt they were asked with. */
export class PromptPage extends LitElement {
  static override properties = {
    model: { attribute: false },
    host: { attribute: false },
    readWhole: { attribute: false },
  };
  static override styles = [
    baseStyles,
    buttonStyles,
    surfaceStyles,
    pageStyles,
    headerStyles,
    css`
      .message {
        margin-bottom: 12px;
      }
    `,
  ];
  declare model: PromptModel;
  declare host: PromptHost;
  declare readWhole: ReadWhole | undefined;

  override render() {
    const { report, failure } = this.model;
    const run = report?.run ?? this.model.run;
    if (run === undefined) {
      return html`<main>
        ${
          failure === undefined
            ? html`<aiwb-message kind="busy" text="Reading the answers…"></aiwb-message>`
            : html`<aiwb-message .failure=${failure}></aiwb-message>`
        }
      </main>`;
    }
    return html`<main>
      ${pageHeader(showUnseen(run.name), this.#renderFacts(run, report), this.#buttons(run))}
      ${failure === undefined ? nothing : html`<aiwb-message .failure=${failure}></aiwb-message>`}
      ${run.failure === undefined ? nothing : html`<aiwb-message .failure=${run.failure}></aiwb-message>`}
      ${isActive(run.state) ? html`<aiwb-progress .run=${run}></aiwb-progress>` : nothing}
      ${report === undefined ? nothing : this.#renderReport(report, run)}
    </main>`;
  }

  #renderFacts(run: RunSummary, report: PromptReport | undefined) {
    const size =
      report === undefined
        ? []
        : [
            ...(report.rows === 0 ? [] : [countOf(report.rows, 'case')]),
            ...(report.models.length === 0 ? [] : [countOf(report.models.length, 'model')]),
            ...(report.repeats > 1 ? [countOf(report.repeats, 'repeat')] : []),
          ];
    return html`${runStateFacts(run)} ${size.length === 0 ? nothing : html`<span>${size.join(' × ')}</span>`}
      <span>${showUnseen(run.file)}</span>`;
  }

  #renderReport(report: PromptReport, run: RunSummary) {
    return html`${
      report.cases.length === 0
        ? this.#renderNothingYet(run)
        : section(
            'answers',
            'Answers',
            html`<aiwb-answer-table .report=${report} .readWhole=${this.readWhole}></aiwb-answer-table>`,
          )
    }
    ${section('prompt', 'Prompt', this.#renderPrompt(report))}`;
  }

  #renderNothingYet(run: RunSummary) {
    if (isActive(run.state)) return html`<aiwb-message text="No model has answered yet."></aiwb-message>`;
    if (run.failure !== undefined) return nothing;
    const hint = run.resumable === true ? 'Resume asks what is missing.' : 'Try the prompt again.';
    return html`<aiwb-message text="This trial ended before a model answered." hint=${hint}></aiwb-message>`;
  }

  #renderPrompt({ prompt }: PromptReport) {
    const facts: Fact[] = [
      ['Variables', prompt.variables.length === 0 ? 'none' : prompt.variables.join(', ')],
      ...(prompt.digest === undefined
        ? []
        : [
            [
              'Digest',
              html`<aiwb-copy-digest digest=${prompt.digest} name="prompt's digest"></aiwb-copy-digest>`,
            ] as const,
          ]),
    ];
    return html`${prompt.messages.map(
        ({ role, text }) =>
          html`<div class="message">
            <h3>${showUnseen(role)}</h3>
            <aiwb-long-text .text=${text}></aiwb-long-text>
          </div>`,
      )} <aiwb-facts .facts=${facts}></aiwb-facts>`;
  }

  #buttons(run: RunSummary): HeaderButton[] {
    if (this.host.kind === 'standalone') return [{ label: 'Print', press: () => print() }];
    const button = (command: Command, label: string, isPrimary = false): HeaderButton => ({
      label,
      press: () => this.host.post({ type: 'command', command }),
      isPrimary,
    });
    return [
      ...(isActive(run.state) && run.state !== 'cancelling' ? [button('cancel', 'Cancel')] : []),
      ...(run.resumable === true && !isActive(run.state) ? [button('resume', 'Resume', true)] : []),
      ...(isActive(run.state) || run.cell !== undefined ? [] : [button('again', 'Try Again…')]),
      button('export', 'Export…'),
      button('openHtml', 'Open as HTML'),
      button('openFile', 'Open Prompt'),
      button('openLog', 'Log'),
    ];
  }
}

defineElement('aiwb-prompt-page', PromptPage);
