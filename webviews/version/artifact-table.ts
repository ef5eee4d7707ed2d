import { html, LitElement, nothing } from 'lit';
import type { Artifact } from '../../schemas/generated/messages.ts';
import { breakable } from '../shared/breakable.ts';
import { defineElement } from '../shared/define.ts';
import { formatBytes } from '../shared/format.ts';
import { baseStyles, tableStyles } from '../shared/styles.ts';
import { shortDigest, showUnseen } from '../shared/text.ts';

export type FileArtifact = Extract<Artifact, { artifactType: 'model-artifact' | 'doc-artifact' }>;

/** Artifacts with content of their own: weights and documents. */
export function fileArtifacts(artifacts: readonly Artifact[]): readonly FileArtifact[] {
  return artifacts.filter(
    (artifact): artifact is FileArtifact =>
      artifact.artifactType === 'model-artifact' || artifact.artifactType === 'doc-artifact',
  );
}

/** The files kept with a version, by what they are. */
export class ArtifactTable extends LitElement {
  static override properties = { artifacts: { attribute: false } };
  static override styles = [baseStyles, tableStyles];
  declare artifacts: readonly FileArtifact[] | undefined;

  override render() {
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Table of artifacts">
      <table>
        <thead>
          <tr>
            <th scope="col">Artifact</th>
            <th scope="col">Kind</th>
            <th scope="col" class="number">Size</th>
            <th scope="col">Digest</th>
          </tr>
        </thead>
        <tbody>
          ${(this.artifacts ?? []).map(
            artifact =>
              html`<tr>
                <th scope="row" class="name" dir="auto">
                  ${breakable(showUnseen(artifact.name))}<span class="interval"
                    >${breakable(showUnseen(originOf(artifact)))}</span
                  >
                </th>
                <td class="word">${kindWords(artifact)}</td>
                <td class="number">${artifact.bytes === undefined ? '–' : formatBytes(artifact.bytes)}</td>
                <td title=${artifact.digest ?? nothing}><code>${shortDigest(artifact.digest)}</code></td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }
}

function kindWords(artifact: FileArtifact): string {
  if (artifact.artifactType === 'doc-artifact') return 'document';
  const format = [artifact.modelFormatName, artifact.modelFormatVersion].filter(part => part !== undefined).join(' ');
  return format === '' ? 'weights' : `weights, ${showUnseen(format)}`;
}

/** The file it was read from; blobs of the local store need no address. */
function originOf(artifact: FileArtifact): string {
  if (artifact.artifactType === 'doc-artifact' && artifact.path !== undefined) return artifact.path;
  return artifact.uri.startsWith('blob:') ? 'local store' : artifact.uri;
}

defineElement('aiwb-artifact-table', ArtifactTable);
