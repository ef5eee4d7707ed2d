import { html, LitElement, nothing } from 'lit';
import type { VersionDetails } from '../../schemas/generated/messages.ts';
import { defineElement } from '../shared/define.ts';
import { formatDay, formatPoints, isoDate } from '../shared/format.ts';
import { approvalWords, identityName, policyGateWords } from '../shared/governance-words.ts';
import { icon } from '../shared/icons.ts';
import { statusWords } from '../shared/registry-words.ts';
import { baseStyles, tableStyles } from '../shared/styles.ts';
import { shortDigest, showUnseen } from '../shared/text.ts';

/** The versions side by side: how far each has come. */
export class VersionList extends LitElement {
  static override properties = { versions: { attribute: false }, names: { attribute: false } };
  static override styles = [baseStyles, tableStyles];
  declare versions: readonly VersionDetails[] | undefined;
  declare names: readonly string[] | undefined;

  override render() {
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Versions">
      <table>
        <thead>
          <tr>
            <th scope="col">Version</th>
            <th scope="col">Status</th>
            <th scope="col">Gate</th>
            <th scope="col" class="number">Score <span class="unit">of 100</span></th>
            <th scope="col">Approval</th>
            <th scope="col">Created</th>
            <th scope="col">Author</th>
            <th scope="col">Weights</th>
          </tr>
        </thead>
        <tbody>
          ${(this.versions ?? []).map((details, index) => renderRow(details, this.names?.[index] ?? ''))}
        </tbody>
      </table>
    </div>`;
  }
}

function renderRow({ version, approval, assessments: [newest] }: VersionDetails, name: string) {
  const status = statusWords(version);
  const gate = newest === undefined ? undefined : policyGateWords(newest.gate);
  const approved = approvalWords(approval.state);
  return html`<tr>
    <th scope="row" class="name" dir="auto">
      ${name} ${version.aliases.map(alias => html`<span class="tag">${showUnseen(alias)}</span> `)}
    </th>
    <td class="word tone-${status.tone}">${icon(status.icon)} ${status.text}</td>
    <td class="word tone-${gate?.tone ?? 'neutral'}">
      ${gate === undefined ? html`<span class="muted">not assessed</span>` : html`${icon(gate.icon)} ${gate.text}`}
    </td>
    <td class="number">${newest === undefined || newest.score === null ? '–' : formatPoints(newest.score)}</td>
    <td class="word tone-${approved.tone}" title=${showUnseen(approval.sentence)}>
      ${approval.state === 'none' ? nothing : icon(approved.icon)}
      ${approval.state === 'none' ? html`<span class="muted">none</span>` : approved.text}
    </td>
    <td class="word"><time datetime=${isoDate(version.createdAt)}>${formatDay(version.createdAt)}</time></td>
    <td class="name" dir="auto">${identityName(version.author)}</td>
    <td title=${version.weightsDigest ?? nothing}><code>${shortDigest(version.weightsDigest)}</code></td>
  </tr>`;
}

defineElement('aiwb-version-list', VersionList);
