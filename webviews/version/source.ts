import { html, LitElement, nothing } from 'lit';
import type { Publication, VersionDetails, VersionSource } from '../../schemas/generated/messages.ts';
import type { Fact } from '../components/fact-list.ts';
import { breakable } from '../shared/breakable.ts';
import { defineElement } from '../shared/define.ts';
import { formatDate, isoDate } from '../shared/format.ts';
import { icon } from '../shared/icons.ts';
import { baseStyles, buttonStyles, tableStyles } from '../shared/styles.ts';
import { showUnseen } from '../shared/text.ts';

/** Whether a version is of a registry elsewhere. */
export function isElsewhere({ version: { registry } }: VersionDetails): boolean {
  return registry !== undefined && registry !== 'local';
}

/** What is known of a version's place, by the registry and version it is of. */
export function sourceOf(
  { version }: VersionDetails,
  sources: readonly VersionSource[] | undefined,
): VersionSource | undefined {
  return sources?.find(
    ({ registry, model, version: name }) =>
      registry.name === version.registry && model === version.model && name === version.version,
  );
}

const typeWords: Readonly<Record<VersionSource['registry']['type'], string>> = {
  local: 'the store of this workspace',
  kubeflow: 'Kubeflow Model Registry',
  mlflow: 'MLflow',
};

/** Where a version of another registry lies, and how old what is shown of it is. */
export function sourceFacts(details: VersionDetails, source: VersionSource | undefined): readonly Fact[] {
  const { version, cachedAt } = details;
  const registry = source?.registry;
  const facts: Fact[] = [];
  if (version.registry !== undefined && isElsewhere(details)) {
    facts.push([
      'Registry',
      [version.registry, registry === undefined ? '' : typeWords[registry.type]].filter(Boolean).join(', '),
    ]);
  }
  if (registry?.url !== undefined) facts.push(['Address', registry.url]);
  if (source?.url !== undefined) facts.push(['Page', source.url]);
  if (version.id !== undefined) facts.push(['Id there', version.id]);
  if (isElsewhere(details)) {
    const read = cachedAt ?? registry?.cache.syncedAt;
    facts.push([
      'Shown as of',
      cachedAt === undefined
        ? 'now, asked of the registry'
        : `${formatDate(read ?? cachedAt)}: the registry did not answer`,
    ]);
    const failure = registry?.cache.failure;
    if (failure !== undefined) facts.push(['Last reading failed', failure.message]);
    if (registry?.readOnly === true) facts.push(['Changes', 'none: workbench.yaml says that nothing is written to it']);
  }
  return facts;
}

/** Where a version is served and where it was pulled from, whichever registry has it. */
export function identityFacts({ version }: VersionDetails): readonly Fact[] {
  const { endpoint, origin } = version;
  return [
    ...(endpoint === undefined
      ? []
      : ([
          [
            'Endpoint',
            `${endpoint.url}${endpoint.model === undefined ? '' : `, model ${endpoint.model}`} (untrusted: it is what the registry says, and is asked only once you allow its origin)`,
          ],
        ] satisfies Fact[])),
    ...(origin === undefined
      ? []
      : ([['Pulled from', `${origin.registry}/${origin.model}@${origin.version}`]] satisfies Fact[])),
  ];
}

const kindWords: Readonly<Record<Publication['kind'], string>> = {
  version: 'the version',
  run: 'figures of a run',
  status: 'its status',
};

/** Where a local version was published, and what is still to be. */
export class PublicationTable extends LitElement {
  static override properties = { publications: { attribute: false } };
  static override styles = [baseStyles, buttonStyles, tableStyles];
  declare publications: readonly Publication[] | undefined;

  override render() {
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Where it was published">
      <table>
        <thead>
          <tr>
            <th scope="col">As</th>
            <th scope="col">What</th>
            <th scope="col">State</th>
            <th scope="col">Last attempt</th>
            <th scope="col">Why not</th>
          </tr>
        </thead>
        <tbody>
          ${(this.publications ?? []).map(renderPublication)}
        </tbody>
      </table>
    </div>`;
  }
}

function renderPublication({ registry, model, version, kind, state, at, attempts, failure, runId }: Publication) {
  const look = {
    done: { text: 'Published', icon: 'pass', tone: 'good' },
    pending: { text: 'Waiting', icon: 'clock', tone: 'warn' },
    failed: { text: 'Failed', icon: 'error', tone: 'bad' },
  } as const;
  const { text, icon: name, tone } = look[state];
  const times = attempts === undefined || attempts < 2 ? '' : ` (${String(attempts)} attempts)`;
  return html`<tr>
    <th scope="row" class="name" dir="auto">${breakable(showUnseen(`${registry}/${model}@${version}`))}</th>
    <td class="name" dir="auto">
      ${kindWords[kind]}${runId === undefined ? nothing : html` <code>${showUnseen(runId)}</code>`}
    </td>
    <td class="word tone-${tone}">${icon(name)} ${text}</td>
    <td class="word"><time datetime=${isoDate(at)}>${formatDate(at)}</time>${times}</td>
    <td dir="auto">
      ${failure === undefined ? '–' : showUnseen([failure.message, failure.remedy].filter(Boolean).join(' '))}
    </td>
  </tr>`;
}

defineElement('aiwb-publication-table', PublicationTable);
