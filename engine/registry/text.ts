import type {
  MetricArtifact,
  ModelDetails,
  ModelVersion,
  VersionComparison,
  VersionDetails,
} from '../../schemas/generated/messages.ts';
import { describeDate } from '../base/dates.ts';
import { describePerson } from '../people/describe-person.ts';
import { formatReference } from '../base/registry-reference.ts';
import { blockLines } from '../reports/fit-text.ts';
import { countOf, formatNumber, formatPercent, groupDigits } from '../reports/format.ts';
import { personCell } from '../reports/person-cell.ts';
import { renderTable, type Cell, type TableSpace } from '../reports/table.ts';
import { handoffFacts } from './handoff-text.ts';
import { isTutorialKey } from './tutorial-keys.ts';

/** A model with its versions, newest first. */
export function renderModel({ model, versions }: ModelDetails, width = Infinity): string {
  const facts = renderFacts(
    [
      ['Model', model.state === 'ARCHIVED' ? `${model.name} (archived)` : model.name],
      ['Description', model.description],
      ['Owner', model.owner === undefined ? undefined : `${model.owner} (self-asserted)`],
      ['Licence', model.license],
      ['Tasks', model.tasks?.join(', ')],
      ['Registered', describeDate(model.createdAt)],
    ],
    width,
  );
  const rows = versions.map(({ version, approval, baseline, assessments }) => [
    { text: version.version, align: 'right' as const },
    { text: version.status },
    { text: version.aliases.join(', ') || '–' },
    { text: assessments[0] === undefined ? 'not assessed' : `gate ${assessments[0].gate}` },
    { text: approval.state },
    { text: baseline === undefined ? '–' : describeDate(baseline.lockedAt) },
    { text: describeDate(version.createdAt) },
  ]);
  const header = cells('Version', 'Status', 'Aliases', 'Assessment', 'Approval', 'Baseline', 'Registered');
  return [...facts, '', ...tableOf(header, rows, { width, shortened: ['Aliases'] })].join('\n');
}

/** Everything known of one version. */
export function renderVersion(details: VersionDetails, width = Infinity): string {
  const { version, artifacts, approval, baseline } = details;
  const facts = renderFacts(
    [
      ['Version', `${formatReference(version)}, ${version.status}`],
      ['Description', version.description],
      ['Aliases', version.aliases.join(', ') || 'none'],
      ['Registered', `${describeDate(version.createdAt)} by ${describePerson(version.author)}`],
      ['Weights', version.weightsDigest === undefined ? 'not told' : `sha256 ${version.weightsDigest}`],
      ...lineageFacts(version),
      ...handoffFacts(details),
      ['Properties', describeProperties(version)],
      ['Approval', approval.sentence],
      ['Comment', approval.approvalComment ?? approval.requestComment],
      [
        'Baseline',
        baseline === undefined
          ? 'not locked'
          : `locked on ${describeDate(baseline.lockedAt)} by ${describePerson(baseline.lockedBy)}, ${countOf(baseline.metrics.length, 'figure')}`,
      ],
    ],
    width,
  );
  const metrics = artifacts.filter((artifact): artifact is MetricArtifact => artifact.artifactType === 'metric');
  return [
    ...facts,
    ...renderAssessments(details, width),
    ...renderDatasets(version, width),
    ...renderMetrics(metrics, width),
  ].join('\n');
}

type Fact = readonly [name: string, value: string | undefined];

function lineageFacts({ lineage }: ModelVersion): Fact[] {
  const { runId, file, job, epoch, base, parentVersion, trainer } = lineage;
  const trained = [
    runId === undefined ? undefined : `run ${runId}`,
    job === undefined ? undefined : file === undefined ? job : `${job} (${file})`,
    epoch === undefined ? undefined : `epoch ${epoch}`,
    trainer === undefined ? undefined : `by ${describePerson(trainer)}`,
  ].filter(part => part !== undefined);
  const parent = parentVersion === undefined ? '' : `, version ${parentVersion} of this model`;
  return [
    ['Trained', trained.length === 0 ? undefined : trained.join(', ')],
    ['Base', base === undefined ? undefined : `${base.name}${parent}`],
  ];
}

function describeProperties({ customProperties }: ModelVersion): string | undefined {
  const own = Object.entries(customProperties).filter(([name]) => !name.startsWith('aiw.') && !isTutorialKey(name));
  return own.length === 0 ? undefined : own.map(([name, value]) => `${name}: ${value}`).join(', ');
}

function renderFacts(facts: readonly Fact[], pageWidth: number): readonly string[] {
  const known = facts.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  const [names, values] = [known.map(([name]) => name), known.map(([, value]) => onOneLine(value))];
  if (pageWidth < Infinity) return blockLines(names, values, pageWidth);
  const width = Math.max(...names.map(name => name.length));
  return known.map(([name, value]) => `${name.padEnd(width)}  ${onOneLine(value)}`);
}

function renderAssessments({ assessments }: VersionDetails, width: number): string[] {
  if (assessments.length === 0) return [];
  const header = cells('Assessment', 'Gate', 'Score', 'Evidence', 'Waived', 'Assessor');
  const rows = assessments.map(({ id, gate, score, coverage, waived, assessor }) => [
    { text: id },
    { text: gate },
    number(score === null ? '–' : formatPercent(score)),
    number(`${formatPercent(coverage)} %`),
    number(String(waived)),
    personCell(assessor),
  ]);
  return ['', ...tableOf(header, rows, { width, shortened: ['Assessor'] })];
}

function renderDatasets({ lineage }: ModelVersion, width: number): string[] {
  if (lineage.datasets.length === 0) return [];
  const header = cells('Dataset', 'Role', 'Aspect', 'Rows', 'Licence', 'Digest');
  const rows = lineage.datasets.map(({ path, role, aspect, rows: count, card, digest }) => [
    { text: onOneLine(path) },
    { text: role },
    { text: aspect ?? '–' },
    number(groupDigits(count)),
    { text: card?.license ?? '–' },
    { text: shortDigest(digest) },
  ]);
  return ['', ...tableOf(header, rows, { width, shortened: ['Dataset', 'Licence'] })];
}

function renderMetrics(metrics: readonly MetricArtifact[], width: number): string[] {
  if (metrics.length === 0) return [];
  const header = cells('Task', 'Metric', 'Value', 'Interval', 'n', 'Rows', 'Run');
  const rows = metrics.map(({ task, label, value, unit, low, high, n, datasetDigest, runId }) => [
    { text: task },
    { text: label },
    number(formatNumber(value, unit)),
    {
      text: low === undefined || high === undefined ? '–' : `${formatNumber(low, unit)} to ${formatNumber(high, unit)}`,
    },
    number(n === undefined ? '–' : groupDigits(n)),
    { text: datasetDigest === undefined ? '–' : shortDigest(datasetDigest) },
    { text: runId },
  ]);
  return ['', ...tableOf(header, rows, { width, shortened: ['Task', 'Metric'] })];
}

/** Versions side by side: figures on the same rows, then the settings in which they differ. */
export function renderVersionComparison({ versions, figures, settings }: VersionComparison, width = Infinity): string {
  const names = versions.map(({ version }) => formatReference(version));
  const figureRows = figures.map(({ task, label, datasetDigest, unit, values }) => [
    { text: task },
    { text: label },
    { text: datasetDigest === undefined ? '–' : shortDigest(datasetDigest) },
    ...values.map(value => number(value === null ? '–' : formatNumber(value, unit))),
  ]);
  const settingRows = settings.map(({ name, values }) => [{ text: name }, ...values.map(text => ({ text }))]);
  const rights = names.map(text => ({ text, align: 'right' as const }));
  return [
    ...(figureRows.length === 0
      ? ['No figure was measured on any of them yet.']
      : tableOf([...cells('Task', 'Metric', 'Rows'), ...rights], figureRows, { width, shortened: ['Task', 'Metric'] })),
    '',
    ...(settingRows.length === 0
      ? ['They differ in no setting.']
      : tableOf(cells('Setting', ...names), settingRows, { width })),
  ].join('\n');
}

/** Enough of a digest to tell two apart. */
function shortDigest(digest: string): string {
  return digest.slice(0, 12);
}

function number(text: string): Cell {
  return { text, align: 'right' };
}

function cells(...texts: readonly string[]): Cell[] {
  return texts.map(text => ({ text: onOneLine(text) }));
}

/** Every cell may hold what others wrote: registries elsewhere name versions, aliases and tasks. */
function tableOf(header: readonly Cell[], rows: readonly (readonly Cell[])[], space: TableSpace): string[] {
  return renderTable(
    header,
    rows.map(row => row.map(cell => ({ ...cell, text: onOneLine(cell.text) }))),
    space,
  );
}

/** Texts others wrote, such as comments and paths, steer no terminal. */
function onOneLine(text: string): string {
  return text.replace(/\s*[\r\n\t]+\s*/g, ' ').replace(/\p{Cc}/gu, '');
}
