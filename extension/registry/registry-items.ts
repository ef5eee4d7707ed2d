import type { ModelRow, RegistryEntry, VersionRow, VersionStatus } from '../../schemas/generated/messages.ts';
import { t } from '../base/translate.ts';
import { describeFailure } from '../base/failure.ts';
import { formatMoment } from '../runs/format.ts';
import { formatCount } from '../trees/words.ts';
import { factsTooltip, webAddress, type Fact, type RegistryItem } from './item.ts';
import { localRegistry, nameOfPlace } from './registry-book.ts';
import { stepsOf } from './steps.ts';
import {
  ageWords,
  figureGround,
  figureWords,
  gateWords,
  registryLabel,
  registryTypeWords,
  shortDigest,
  statusWords,
  versionLabel,
} from './words.ts';

const statusIcons: Record<VersionStatus, string> = {
  untracked: 'circle-outline',
  candidate: 'circle-large',
  evaluated: 'beaker',
  assessed: 'checklist',
  approved: 'verified',
  baseline: 'lock',
  production: 'rocket',
  retired: 'history',
  revoked: 'circle-slash',
};

export const gateColors: Record<NonNullable<VersionRow['gate']>, string> = {
  passed: 'testing.iconPassed',
  failed: 'testing.iconFailed',
  'not-computed': 'list.warningForeground',
};

const registryIcons: Record<RegistryEntry['type'], string> = {
  local: 'database',
  kubeflow: 'server-environment',
  mlflow: 'server',
};

/** As many figures as a version's row has room for. */
const figuresInRow = 2;

/** @param isReading whether this window asked for it to be read, before the registry says so itself */
export function registryItem(entry: RegistryEntry, now: number, isReading = false): RegistryItem {
  const { name, type, url, ui, cache, capabilities } = entry;
  const age = isReading && type !== 'local' ? t('reading…') : ageWords(entry, now);
  const isOffline = !isReading && cache.failure !== undefined;
  const isLocal = type === 'local';
  const counts =
    cache.syncedAt === undefined && !isLocal
      ? undefined
      : t('{0} models, {1} versions', formatCount(cache.models), formatCount(cache.versions));
  return {
    label: registryLabel(name),
    description: [isLocal ? undefined : hostOf(url), age].filter(part => part !== undefined).join(' · '),
    icon: isOffline ? 'debug-disconnect' : registryIcons[type],
    ...(isOffline ? { color: 'list.warningForeground' } : {}),
    contextValue: words('aiwbRegistry', isLocal ? 'local' : 'remote', webAddress(ui) === undefined ? '' : 'linked'),
    tooltip: factsTooltip(registryLabel(name), [
      [undefined, registryTypeWords(type)],
      [t('Address'), url],
      [t('Known of it'), counts],
      [t('Read'), cache.syncedAt === undefined ? undefined : formatMoment(cache.syncedAt)],
      [undefined, cache.failure === undefined ? undefined : describeFailure(cache.failure)],
      [undefined, entry.readOnly === true ? t('Nothing is written to it: workbench.yaml says so.') : undefined],
      ...(isLocal ? [] : limitsOf(capabilities)),
    ]),
  };
}

/** What cannot be done there, said before somebody looks for it. */
function limitsOf(capabilities: RegistryEntry['capabilities']): Fact[] {
  const limits = [
    ...(capabilities.archivesModels ? [] : [t('Models cannot be archived here.')]),
    ...(capabilities.archivesVersions ? [] : [t('Single versions cannot be archived here.')]),
    ...(capabilities.keepsContent ? [] : [t('It keeps no files: artifacts are addresses.')]),
    ...(capabilities.aliases === 'native'
      ? []
      : [t('It knows no aliases itself: they are kept as properties of the model.')]),
  ];
  return limits.map(limit => [undefined, limit]);
}

/** Host and port of an address, without what may stand before or behind. */
export function hostOf(url: string | undefined): string | undefined {
  return url === undefined || !URL.canParse(url) ? undefined : new URL(url).host;
}

/** Aliases of a model on one line, production first: `production → 3, candidate → 4`. */
function describeAliases(aliases: Readonly<Record<string, string>>): string {
  const names = Object.keys(aliases).sort((a, b) => Number(b === 'production') - Number(a === 'production'));
  return names.map(name => `${name} → ${aliases[name] ?? ''}`).join(', ');
}

function countWords({ versions, matching }: ModelRow): string {
  if (matching !== undefined && matching < versions) return t('{0} of {1} versions', matching, versions);
  return versions === 1 ? t('1 version') : t('{0} versions', versions);
}

/** @param entry the registry it is of, for what can be done there */
export function registeredModelItem(row: ModelRow, entry?: RegistryEntry): RegistryItem {
  const { name, state, aliases, latest, versions, statuses } = row;
  const isArchived = state === 'ARCHIVED';
  const told = new Set(Object.keys(aliases));
  const parts = [
    countWords(row),
    // Where versions are numbered, their number says which is the newest.
    latest === undefined || latest === String(versions) ? '' : t('latest {0}', latest),
    describeAliases(aliases),
    statuses
      .filter(status => status !== 'untracked' && !told.has(status))
      .map(statusWords)
      .join(', '),
    isArchived ? t('archived') : '',
  ];
  const isWritable = canWrite(entry, row.registry);
  return {
    label: name,
    description: parts.filter(part => part !== '').join(' · '),
    icon: isArchived ? 'archive' : 'package',
    contextValue: words(
      'aiwbRegisteredModel',
      row.registry === localRegistry ? 'local' : 'remote',
      isWritable && entry?.capabilities.archivesModels !== false ? (isArchived ? 'archived' : 'kept') : '',
      webAddress(row.url) === undefined ? '' : 'linked',
    ),
    tooltip: factsTooltip(name, [
      [undefined, row.description],
      [t('Registry'), row.registry === localRegistry ? undefined : row.registry],
      [t('Provider'), row.provider],
      [t('Owner'), row.owner],
      [t('Licence'), row.license],
      [t('Tasks'), row.tasks?.join(', ')],
      [t('Languages'), row.language?.join(', ')],
      [t('Latest version'), latest],
      [t('Aliases'), describeAliases(aliases)],
      [t('Changed'), formatMoment(row.updatedAt)],
    ]),
  };
}

/** @param entry the registry it is of, for what can be done there */
export function versionItem(row: VersionRow, entry?: RegistryEntry): RegistryItem {
  const isLocal = row.registry === localRegistry;
  const isArchived = row.state === 'ARCHIVED';
  const shown = row.figures.slice(0, figuresInRow);
  const parts = [
    statusWords(row.status),
    isArchived ? t('archived') : '',
    // Of other registries nothing is known here of assessments; and figures say more than that there is none.
    row.gate !== undefined || (isLocal && shown.length === 0) ? gateWords(row.gate) : '',
    row.approvalRequested === true ? t('approval requested') : '',
    ...shown.map(figureWords),
    // Last, for narrow views cut the end off, and the model's row names the aliases too.
    row.aliases
      .filter(alias => alias !== row.status)
      .map(alias => `@${alias}`)
      .join(' '),
  ];
  const color =
    row.status === 'revoked' ? 'list.errorForeground' : row.gate === undefined ? undefined : gateColors[row.gate];
  return {
    label: versionLabel(row.version),
    description: parts.filter(part => part !== '').join(' · '),
    icon: isArchived ? 'archive' : statusIcons[row.status],
    ...(color === undefined ? {} : { color }),
    contextValue: versionContext(row, entry),
    tooltip: factsTooltip(nameOfPlace(row), [
      [undefined, row.description],
      [t('Status'), statusWords(row.status)],
      [t('Gate'), isLocal || row.gate !== undefined ? gateWords(row.gate) : undefined],
      [t('Aliases'), row.aliases.join(', ')],
      ...row.figures.map((figure): Fact => [
        [figureWords(figure), figure.task].filter(Boolean).join(', '),
        figureGround(figure),
      ]),
      [t('Registered'), [formatMoment(row.createdAt), row.author].filter(Boolean).join(', ')],
      [t('Weights'), shortDigest(row.weightsDigest)],
      [t('Published to'), row.publishedTo?.join(', ')],
    ]),
    open: { kind: 'version' },
  };
}

/** Words that menus' `when` clauses look for; the steps come last. */
export function versionContext(row: VersionRow, entry?: RegistryEntry): string {
  const isArchived = row.state === 'ARCHIVED';
  const isWritable = canWrite(entry, row.registry);
  return words(
    'aiwbVersion',
    row.registry === localRegistry ? 'local' : 'remote',
    row.status,
    row.gate === undefined ? 'unassessed' : 'assessed',
    webAddress(row.url) === undefined ? '' : 'linked',
    isWritable ? 'changeable' : '',
    isWritable && entry?.capabilities.archivesVersions === true ? (isArchived ? 'archived' : 'kept') : '',
    ...stepsOf(row),
  );
}

/** Of a registry that is not known yet only the local one is sure to take changes. */
function canWrite(entry: RegistryEntry | undefined, registry: string): boolean {
  return entry === undefined ? registry === localRegistry : entry.readOnly !== true;
}

function words(...parts: readonly string[]): string {
  return parts.filter(part => part !== '').join(' ');
}
