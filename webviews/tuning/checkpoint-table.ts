import { html, LitElement, nothing } from 'lit';
import type { Checkpoint, TuningReport } from '../../schemas/generated/messages.ts';
import { defineElement } from '../shared/define.ts';
import { formatBytes, formatCount, formatFixed, formatPlace } from '../shared/format.ts';
import { icon } from '../shared/icons.ts';
import { baseStyles, buttonStyles, tableStyles } from '../shared/styles.ts';
import { shortDigest, showUnseen } from '../shared/text.ts';
import { aspectWords, chosenEpoch, epochsOf, scoreOf } from '../shared/tuning.ts';
import { isActive } from '../shared/words.ts';

/** The states that were kept. Fires `register` with the epoch of the checkpoint to register. */
export class CheckpointTable extends LitElement {
  static override properties = { report: { attribute: false }, readOnly: { type: Boolean } };
  static override styles = [baseStyles, buttonStyles, tableStyles];
  declare report: TuningReport | undefined;
  /** True where nobody can register anything. */
  declare readOnly: boolean;

  override render() {
    const { report } = this;
    if (report === undefined) return nothing;
    const { checkpoints, selection } = report;
    const label = showUnseen(selection.label);
    const hasSteps = checkpoints.some(({ step }) => step !== undefined);
    const canRegister = !this.readOnly && !isActive(report.run.state);
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Table of checkpoints">
      <table>
        <thead>
          <tr>
            ${hasSteps ? html`<th scope="col" class="number">Step</th>` : nothing}
            <th scope="col" class="number">Epoch</th>
            <th scope="col">Kept as</th>
            <th scope="col" class="number">
              ${label} <span class="unit">${aspectWords(selection.aspect)}, validation</span>
            </th>
            <th scope="col" class="number">Size</th>
            <th scope="col">Digest</th>
            ${canRegister ? html`<th scope="col"><span class="unseen">Actions</span></th>` : nothing}
          </tr>
        </thead>
        <tbody>
          ${checkpoints.map(
            checkpoint =>
              html`<tr>
                ${hasSteps ? html`<td class="number">${checkpoint.step === undefined ? '–' : formatCount(checkpoint.step)}</td>` : nothing}
                <th scope="row" class="number">${formatPlace(checkpoint.epoch)}</th>
                <td class="word">${renderRole(checkpoint, report)}</td>
                <td class="number">${renderScore(checkpoint, report)}</td>
                <td class="number">
                  ${formatBytes(checkpoint.bytes)}${checkpoint.format === undefined ? nothing : html`<span class="interval">${formats[checkpoint.format]}</span>`}
                </td>
                <td title=${checkpoint.digest}><code>${shortDigest(checkpoint.digest)}</code></td>
                ${
                  canRegister
                    ? html`<td class="word">
                        <button
                          type="button"
                          class="link"
                          aria-label="Register epoch ${formatPlace(checkpoint.epoch)}…"
                          @click=${() => this.#register(checkpoint.epoch)}
                        >
                          Register…
                        </button>
                      </td>`
                    : nothing
                }
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }

  #register(epoch: number): void {
    this.dispatchEvent(new CustomEvent<number>('register', { detail: epoch }));
  }
}

const formats: Readonly<Record<NonNullable<Checkpoint['format']>, string>> = {
  linear: 'one file',
  transformers: 'whole model',
  peft: 'adapter',
  service: 'kept by the service',
};

function renderRole({ epoch, best: wasBest, last }: Checkpoint, report: TuningReport) {
  const { registered } = report;
  // While the run goes on, a later epoch may be the best already.
  const best = isActive(report.run.state) ? epoch === chosenEpoch(report) : wasBest;
  return html`${best ? html`<strong>${icon('star')} best</strong>` : nothing}
  ${last ? html`<span class="tag">last</span>` : nothing}
  ${best && registered !== undefined ? html`<span class="tag">${showUnseen(registered.model)}@${showUnseen(registered.version)}</span>` : nothing}
  ${!best && !last ? html`<span class="muted">interval</span>` : nothing}`;
}

function renderScore({ epoch }: Checkpoint, report: TuningReport) {
  const point = epochsOf(report.run, report).find(candidate => candidate.epoch === epoch);
  const { aspect, metric } = report.selection;
  const value = point === undefined ? undefined : scoreOf(point, aspect, metric);
  return value === undefined ? '–' : formatFixed(value, Math.abs(value) < 10 ? 3 : 1);
}

defineElement('aiwb-checkpoint-table', CheckpointTable);
