import '@vscode-elements/elements/dist/vscode-button/index.js';
import { css, html, LitElement, nothing } from 'lit';
import type { ScorecardView } from '../../schemas/generated/messages.ts';
import type { Fact } from '../components/fact-list.ts';
import '../components/fact-list.ts';
import { defineElement } from '../shared/define.ts';
import { identityWords } from '../shared/governance-words.ts';
import { baseStyles } from '../shared/styles.ts';
import { sendCommand, type Command } from './commands.ts';

/** What the record is known by, what can be taken along, and what a scorecard is not. */
export class RecordFacts extends LitElement {
  static override properties = { view: { attribute: false }, standalone: { type: Boolean } };
  static override styles = [
    baseStyles,
    css`
      .buttons {
        display: flex;
        flex-wrap: wrap;
        gap: 6px;
        margin-top: 12px;
      }
      .plain {
        margin-top: 12px;
      }
    `,
  ];
  declare view: ScorecardView | undefined;
  declare standalone: boolean;

  override render() {
    const { view } = this;
    if (view === undefined) return nothing;
    return html`<aiwb-facts .facts=${factsOf(view)}></aiwb-facts>
      ${this.standalone || view.source === 'file' ? nothing : html`<div class="buttons no-print">${this.#renderButtons()}</div>`}
      <p class="plain">
        This is a coverage indicator: it shows which checks of these policies the version has evidence for. It is not
        legal advice and not a certification.
      </p>`;
  }

  #renderButtons() {
    return [
      this.#command('verify', 'Verify Record'),
      this.#command('export', 'Export…'),
      this.#command('openHtml', 'Print…'),
    ];
  }

  #command(command: Command['command'], label: string) {
    return html`<vscode-button secondary @click=${() => sendCommand(this, { command })}>${label}</vscode-button>`;
  }
}

function factsOf({ scorecard, verification, signature }: ScorecardView): readonly Fact[] {
  const { record, digest, auditHead } = scorecard;
  const { subject, resultDigest, previous } = record;
  return [
    ['Assessment', record.id],
    ...(previous === undefined ? [] : [['Follows', previous] as const]),
    ['Record', verification.sentence],
    ['Signature', signature?.sentence ?? 'Nobody signed this record: its people are self-asserted.'],
    ['Record digest', digest],
    ...(resultDigest === undefined ? [] : [['Result digest', resultDigest] as const]),
    ['Policy-set digest', record.policySetDigest],
    ['Weights digest', subject.weightsDigest],
    ...(subject.author === undefined ? [] : [['Author', identityWords(subject.author)] as const]),
    ...(subject.trainer === undefined ? [] : [['Trainer', identityWords(subject.trainer)] as const]),
    ...(subject.runId === undefined ? [] : [['Tuning run', subject.runId] as const]),
    ...(auditHead === undefined
      ? []
      : [['Audit log at writing', `entry ${String(auditHead.sequence)}, ${auditHead.hash}`] as const]),
    ['AI Workbench', record.workbench],
  ];
}

defineElement('aiwb-record-facts', RecordFacts);
