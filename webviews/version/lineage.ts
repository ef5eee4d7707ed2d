import { css, html, LitElement, type TemplateResult } from 'lit';
import type {
  Artifact,
  DatasetCard,
  Lineage,
  ModelVersion,
  ParameterArtifact,
} from '../../schemas/generated/messages.ts';
import { cardCells, cardHeadings } from '../components/card-cells.ts';
import type { Fact } from '../components/fact-list.ts';
import { breakable } from '../shared/breakable.ts';
import { defineElement } from '../shared/define.ts';
import { formatCount } from '../shared/format.ts';
import { identityWords } from '../shared/governance-words.ts';
import { baseStyles, buttonStyles, tableStyles } from '../shared/styles.ts';
import { shortDigest, showUnseen } from '../shared/text.ts';
import { aspectName } from '../shared/tuning.ts';

/** Where a version comes from. `openRun` leads to the run that made it. */
export function lineageFacts(version: ModelVersion, openRun: (runId: string) => void): readonly Fact[] {
  const { lineage, weightsDigest, modelDigest } = version;
  const { runId, job, file, fileDigest, epoch, base, parentVersion, trainer, environment } = lineage;
  return [
    ...present('Tuning run', runId, value => runLink(value, () => openRun(value))),
    ...present('Tuning job', job, value => (file === undefined ? value : `${value}, ${file}`)),
    ...present('Job digest', fileDigest, value => value),
    ...present('Checkpoint', epoch, value => `epoch ${formatCount(value)}`),
    ...present('Base', base, ({ name, digest }) => (digest === undefined ? name : `${name}, ${shortDigest(digest)}`)),
    ...present('Tuned from version', parentVersion, value => `${version.model}@${value}`),
    ...present('Trainer', trainer, identityWords),
    ...present('Machine', environment, ({ host, platform }) => `${host}, ${platform}`),
    ...present('AI Workbench', environment, ({ workbench, node }) => `${workbench}, Node ${node}`),
    ...present('Weights digest', weightsDigest, value => value),
    ...present('Model digest', modelDigest, value => value),
    ...lineage.prompts.map(({ path, digest }): Fact => ['Prompt', `${path}, ${shortDigest(digest)}`]),
  ];
}

function present<T>(name: string, value: T | undefined, word: (value: T) => Fact[1]): Fact[] {
  return value === undefined ? [] : [[name, word(value)]];
}

function runLink(runId: string, press: () => void): TemplateResult {
  return html`<button type="button" class="link" @click=${press}>${showUnseen(runId)}</button>`;
}

/** How the model learnt: hyperparameters, then what else the tuning run recorded. */
export function settingFacts({ lineage }: ModelVersion, artifacts: readonly Artifact[]): readonly Fact[] {
  const settings = new Map(Object.entries(lineage.hyperparameters ?? {}));
  const own = artifacts.filter(
    (artifact): artifact is ParameterArtifact =>
      artifact.artifactType === 'parameter' && artifact.runId === lineage.runId,
  );
  for (const { name, value } of own) {
    const short = name.slice(name.lastIndexOf('/') + 1);
    if (!settings.has(short)) settings.set(short, value);
  }
  return [...settings].map(([name, value]) => [name, String(value)]);
}

const roles = { train: 'training', validation: 'validation', test: 'test', benchmark: 'benchmark' } as const;

/** Every dataset in a version's lineage with its digest and card. Fires `open-card` with a `DatasetCard`. */
export class LineageData extends LitElement {
  static override properties = { lineage: { attribute: false } };
  static override styles = [
    baseStyles,
    buttonStyles,
    tableStyles,
    css`
      tbody > tr > * {
        vertical-align: top;
      }
      .card {
        min-width: 20ch;
      }
      .review {
        min-width: 30ch;
      }
    `,
  ];
  declare lineage: Lineage | undefined;

  override render() {
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Data of this version">
      <table>
        <thead>
          <tr>
            <th scope="col">Dataset</th>
            <th scope="col">Aspect</th>
            <th scope="col">Rows for</th>
            <th scope="col" class="number">Rows</th>
            <th scope="col">Digest</th>
            ${cardHeadings}
          </tr>
        </thead>
        <tbody>
          ${(this.lineage?.datasets ?? []).map(
            ({ path, aspect, role, rows, digest, card }) =>
              html`<tr>
                <th scope="row" class="name" dir="auto">${breakable(showUnseen(path))}</th>
                <td class="word">${aspect === undefined ? '–' : aspectName(aspect)}</td>
                <td class="word">${roles[role]}</td>
                <td class="number">${formatCount(rows)}</td>
                <td title=${digest}><code>${shortDigest(digest)}</code></td>
                ${cardCells(card, () => this.#open(card))}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }

  #open(card: DatasetCard | undefined): void {
    if (card !== undefined) this.dispatchEvent(new CustomEvent<DatasetCard>('open-card', { detail: card }));
  }
}

defineElement('aiwb-lineage-data', LineageData);
