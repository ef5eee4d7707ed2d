import { css, html, LitElement, nothing } from 'lit';
import type {
  Artifact,
  CardSummary,
  DatasetCard,
  Failure,
  HostToVersionPage,
  LineageGraph,
  LineageNode,
  MetricArtifact,
  ModelVersion,
  VersionComparison,
  VersionDetails,
  VersionPageToHost,
  VersionSource,
} from '../../schemas/generated/messages.ts';
import '../components/fact-list.ts';
import type { Fact } from '../components/fact-list.ts';
import '../components/message-panel.ts';
import { defineElement } from '../shared/define.ts';
import { formatPoints } from '../shared/format.ts';
import type { PageHost } from '../shared/host.ts';
import { headerStyles, pageStyles } from '../shared/page-styles.ts';
import { versionName } from '../shared/registry-words.ts';
import { section } from '../shared/section.ts';
import { baseStyles, buttonStyles, surfaceStyles, tableStyles } from '../shared/styles.ts';
import { showUnseen } from '../shared/text.ts';
import './artifact-table.ts';
import { fileArtifacts } from './artifact-table.ts';
import './assessment-table.ts';
import { renderBaseline } from './baseline.ts';
import { renderComparison } from './comparison.ts';
import { comparisonHeader, versionHeader, type VersionAction } from './header.ts';
import './lineage-graph.ts';
import './lineage.ts';
import { lineageFacts, settingFacts } from './lineage.ts';
import './measured-table.ts';
import { identityFacts, isElsewhere, sourceFacts, sourceOf } from './source.ts';
import { renderWay, wayStyles } from './way.ts';

export type VersionHost = PageHost<HostToVersionPage, VersionPageToHost>;

export interface VersionModel {
  readonly comparison?: VersionComparison;
  readonly card?: CardSummary;
  readonly lineage?: LineageGraph;
  /** The registries elsewhere that versions are of. */
  readonly sources?: readonly VersionSource[];
  readonly failure?: Failure;
}

/** A model version, or several side by side: how far it has come and what is next, what it measured, where it comes from. */
export class VersionPage extends LitElement {
  static override properties = { model: { attribute: false }, host: { attribute: false } };
  static override styles = [
    baseStyles,
    buttonStyles,
    tableStyles,
    surfaceStyles,
    pageStyles,
    headerStyles,
    wayStyles,
    css`
      .aliases {
        display: inline-flex;
        flex-wrap: wrap;
        gap: 4px;
        align-items: center;
      }
      .description {
        max-width: 100ch;
        overflow-wrap: anywhere;
      }
      .card {
        max-width: 100ch;
        margin-top: 8px;
        overflow-wrap: anywhere;
      }
      .apart {
        margin-top: 16px;
      }
    `,
  ];
  declare model: VersionModel;
  declare host: VersionHost;

  override render() {
    const { comparison, failure } = this.model;
    const versions = comparison?.versions ?? [];
    const [details] = versions;
    if (comparison === undefined || details === undefined) return html`<main>${this.#renderWaiting()}</main>`;
    return html`<main>
      ${versions.length > 1 ? comparisonHeader(versions) : versionHeader(details, sourceOf(details, this.model.sources), action => this.#send(details.version, action))}
      ${failure === undefined ? nothing : html`<aiwb-message .failure=${failure}></aiwb-message>`}
      ${versions.length > 1 ? renderComparison(comparison) : this.#renderVersion(details)}
    </main>`;
  }

  #renderWaiting() {
    const { failure, comparison } = this.model;
    if (failure !== undefined) return html`<aiwb-message .failure=${failure}></aiwb-message>`;
    if (comparison !== undefined) return html`<aiwb-message text="There is no version to show."></aiwb-message>`;
    return html`<aiwb-message kind="busy" text="Reading the registry…"></aiwb-message>`;
  }

  #renderVersion(details: VersionDetails) {
    const { version, artifacts, assessments, baseline } = details;
    const files = fileArtifacts(artifacts);
    const settings = settingFacts(version, artifacts);
    return html`
      ${version.description === undefined || version.description === '' ? nothing : html`<p class="description" dir="auto">${showUnseen(version.description)}</p>`}
      ${this.#renderCard(version)}
      ${
        isElsewhere(details)
          ? nothing
          : section(
              'way',
              'Way to production',
              renderWay(details, action => this.#send(version, action)),
            )
      }
      ${this.#renderSource(details)} ${section('figures', 'Figures', this.#renderFigures(version, artifacts))}
      ${
        assessments.length === 0
          ? nothing
          : section(
              'assessments',
              'Assessments',
              html`<aiwb-assessment-table
                .assessments=${assessments}
                @open=${({ detail }: CustomEvent<string>) => this.#send(version, { command: 'openScorecard', assessmentId: detail })}
              ></aiwb-assessment-table>`,
            )
      }
      ${
        baseline === undefined
          ? nothing
          : section(
              'baseline',
              'Baseline',
              renderBaseline(baseline, (figures, label) => this.#renderMeasured(version, figures, label)),
            )
      }
      ${section('lineage', 'Lineage', html`${this.#renderLineage(version)}<aiwb-facts .facts=${lineageFacts(version, runId => this.#send(version, { command: 'openRun', runId }))}></aiwb-facts>`)}
      ${
        version.lineage.datasets.length === 0
          ? nothing
          : section(
              'data',
              'Data',
              html`<aiwb-lineage-data
                .lineage=${version.lineage}
                @open-card=${({ detail }: CustomEvent<DatasetCard>) => this.#openCard(detail)}
              ></aiwb-lineage-data>`,
            )
      }
      ${
        settings.length + files.length === 0
          ? nothing
          : html`<div class="pair">
              ${settings.length === 0 ? nothing : section('settings', 'Settings', html`<aiwb-facts .facts=${settings}></aiwb-facts>`)}
              ${files.length === 0 ? nothing : section('artifacts', 'Artifacts', html`<aiwb-artifact-table .artifacts=${files}></aiwb-artifact-table>`)}
            </div>`
      }
      ${this.#renderProperties(version)}
    `;
  }

  /** Where it lies, is served and was published. */
  #renderSource(details: VersionDetails) {
    const { publications = [], version } = details;
    const facts = [...sourceFacts(details, sourceOf(details, this.model.sources)), ...identityFacts(details)];
    const isOpen = publications.some(({ state }) => state !== 'done');
    return html`
      ${facts.length === 0 ? nothing : section('registry', 'Registry', html`<aiwb-facts .facts=${facts}></aiwb-facts>`)}
      ${
        publications.length === 0
          ? nothing
          : section(
              'published',
              'Published',
              html`<aiwb-publication-table .publications=${publications}></aiwb-publication-table>
                ${isOpen ? html`<button type="button" class="link" @click=${() => this.#send(version, { command: 'publish' })}>Publish Again…</button>` : nothing}`,
            )
      }
    `;
  }

  #renderFigures(version: ModelVersion, artifacts: readonly Artifact[]) {
    const figures = artifacts.filter((artifact): artifact is MetricArtifact => artifact.artifactType === 'metric');
    if (figures.length === 0) {
      return html`<aiwb-message
        text="Nothing has been measured on this version yet."
        hint="Name it in a benchmark, as registry:${versionName(version)}, run that and publish the run to the version."
      ></aiwb-message>`;
    }
    return this.#renderMeasured(version, figures, 'Figures by task');
  }

  #renderMeasured(version: ModelVersion, figures: readonly MetricArtifact[], label: string) {
    return html`<aiwb-measured-table
      .figures=${figures}
      label=${label}
      @open-run=${({ detail: runId }: CustomEvent<string>) => this.#send(version, { command: 'openRun', runId })}
    ></aiwb-measured-table>`;
  }

  #renderProperties({ customProperties, externalId }: ModelVersion) {
    const facts = [
      ...(externalId === undefined ? [] : [['externalId', externalId] as const]),
      ...Object.entries(customProperties).map(([name, value]): Fact => [
        name,
        value === '' ? '(label)' : String(value),
      ]),
    ];
    if (facts.length === 0) return nothing;
    return html`<section><aiwb-facts heading="Properties" .facts=${facts}></aiwb-facts></section>`;
  }

  #renderCard(version: ModelVersion) {
    const { card } = this.model;
    if (card === undefined) return nothing;
    const { completeness, missing, kept, isAssessedOlder } = card;
    return html`<p class="card">
      <button type="button" class="link" @click=${() => this.#send(version, { command: 'openCard' })}>Model card</button
      >: ${formatPoints(Math.floor(completeness * 100))} % of the required
      fields${missing.length === 0 ? '' : `; missing: ${missing.map(showUnseen).join(', ')}`}.
      ${kept ? nothing : html`<span class="muted">None is kept with the version yet.</span>`}
      ${isAssessedOlder === true ? html`<span class="muted">The newest assessment read an earlier card.</span>` : nothing}
    </p>`;
  }

  #renderLineage(version: ModelVersion) {
    const { lineage } = this.model;
    if (lineage === undefined || lineage.nodes.length < 2) return nothing;
    return html`<aiwb-lineage-graph
      .graph=${lineage}
      @open-node=${({ detail }: CustomEvent<NonNullable<LineageNode['open']>>) => this.#openNode(version, detail)}
    ></aiwb-lineage-graph>`;
  }

  #openNode(version: ModelVersion, { kind, id, version: name, registry }: NonNullable<LineageNode['open']>): void {
    if (kind === 'run') this.#send(version, { command: 'openRun', runId: id });
    else if (kind === 'assessment') this.#send(version, { command: 'openScorecard', assessmentId: id });
    else if (kind === 'file') this.#send(version, { command: 'openFile', path: id });
    else if (name !== undefined) {
      const elsewhere = registry === undefined ? {} : { registry };
      this.host.post({ type: 'command', command: 'openVersion', model: id, version: name, ...elsewhere });
    }
  }

  #send({ model, version, registry }: ModelVersion, action: VersionAction): void {
    const named = registry === undefined ? { model, version } : { model, version, registry };
    this.host.post({ type: 'command', ...named, ...action });
  }

  #openCard({ path, digest }: DatasetCard): void {
    this.host.post({ type: 'evidence', evidence: { kind: 'dataset-card', title: 'Dataset card', path, digest } });
  }
}

defineElement('aiwb-version-page', VersionPage);
