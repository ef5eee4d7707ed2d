import type { DatasetLineage, Identity, ModelVersion } from '../../schemas/generated/messages.ts';
import { describeDate } from '../base/dates.ts';
import { formatEpoch, formatNumber, formatPercent, groupDigits } from '../reports/format.ts';
import { formatReference } from '../base/registry-reference.ts';
import type { CardRecord, SliceFigure } from './card-record.ts';
import { newestFigures, parameterOf, wordHardware, type CardFigure } from './figures.ts';
import { code, factList, left, paragraphs, plain, right, table } from './markdown.ts';

/** What the record says of a section, in Markdown without its heading; absent where it says nothing. */
export function contentOf(id: string, record: CardRecord): string | undefined {
  const make = Object.hasOwn(makers, id) ? makers[id] : undefined;
  const text = make?.(record).trim() ?? '';
  return text === '' ? undefined : text;
}

const makers: Readonly<Record<string, (record: CardRecord) => string>> = {
  description,
  'how-to-use': howToUse,
  'training-data': trainingData,
  'training-procedure': trainingProcedure,
  evaluation,
  governance,
  lineage,
  contact,
};

function description({ model, details: { version } }: CardRecord): string {
  const texts = [model.description, version.description === model.description ? undefined : version.description];
  return texts
    .map(text => paragraphs(text ?? ''))
    .filter(text => text !== '')
    .join('\n\n');
}

function howToUse({ registry, details: { version } }: CardRecord): string {
  const { model, version: name, endpoint } = version;
  const reference = formatReference({ ...(registry === undefined ? {} : { registry }), model, version: name });
  const served = endpoint === undefined ? '' : `\n\nIts registry says that it is served at ${code(endpoint.url)}.`;
  return `Ask it in a benchmark of AI Workbench as ${code(`registry:${reference}`)}.${served}`;
}

const roleWords = { train: 'training', validation: 'validation', test: 'test', benchmark: 'benchmark' } as const;

function trainingData({ details: { version, artifacts } }: CardRecord): string {
  const known = version.lineage.datasets.filter(({ role }) => role !== 'benchmark');
  const header = ['Dataset', 'Rows for', 'Aspect'].map(left);
  const rows = known.map(dataset => [
    left(dataset.path),
    left(roleWords[dataset.role]),
    left(dataset.aspect ?? '–'),
    right(groupDigits(dataset.rows)),
    left(dataset.card?.license ?? 'not said'),
    left(reviewWords(dataset)),
    left(dataset.digest.slice(0, 12)),
  ]);
  const full = table([...header, right('Rows'), ...['Licence', 'Personal data', 'SHA-256'].map(left)], rows);
  if (full !== '') return full;
  const others = artifacts.flatMap(artifact =>
    artifact.artifactType === 'dataset-artifact' && artifact.role !== undefined && artifact.role !== 'benchmark'
      ? [
          [
            left(artifact.uri ?? artifact.name),
            left(roleWords[artifact.role]),
            right(artifact.rows === undefined ? '–' : groupDigits(artifact.rows)),
            left(artifact.digest?.slice(0, 12) ?? '–'),
          ],
        ]
      : [],
  );
  return table([left('Dataset'), left('Rows for'), right('Rows'), left('SHA-256')], others);
}

function reviewWords({ card }: DatasetLineage): string {
  const review = card?.piiReview;
  return review === undefined ? 'not reviewed' : `${review.result} (${review.by}, ${review.on})`;
}

function trainingProcedure({ details: { version, artifacts } }: CardRecord): string {
  const { runId, job, file, fileDigest, epoch, base, environment, hyperparameters = {} } = version.lineage;
  const setting = (name: string): string | undefined => {
    const value = runId === undefined ? undefined : parameterOf(name, runId, artifacts);
    return value === undefined ? undefined : plain(String(value));
  };
  const hardware = setting('hardware_type');
  const count = setting('hardware_count');
  const facts = factList([
    ['Job', job === undefined ? undefined : file === undefined ? plain(job) : `${plain(job)} (${plain(file)})`],
    ['SHA-256 of the job', fileDigest === undefined ? undefined : code(fileDigest)],
    ['Run', runId === undefined ? undefined : code(runId)],
    ['Base', base === undefined ? undefined : plain(base.name)],
    ['Method', setting('method')],
    ['Checkpoint', epoch === undefined ? undefined : `epoch ${formatEpoch(epoch)}`],
    ['Platform', setting('platform')],
    ['Hardware', hardware === undefined ? undefined : wordHardware(hardware, count)],
    ['Operating system', environment === undefined ? undefined : plain(environment.platform)],
    [
      'Software',
      environment === undefined ? undefined : plain(`AI Workbench ${environment.workbench}, Node ${environment.node}`),
    ],
    ['Seed', environment === undefined ? undefined : String(environment.seed)],
  ]);
  const settings = Object.entries(hyperparameters).map(([name, value]) => [left(name), right(String(value))]);
  return [facts, table([left('Hyperparameter'), right('Value')], settings)].filter(part => part !== '').join('\n\n');
}

function evaluation({ details: { artifacts }, slices }: CardRecord): string {
  const figures = newestFigures(artifacts);
  if (figures.length === 0) return '';
  const withUse = figures.some(({ figure }) => figure.useCase !== undefined);
  const header = [
    ...(withUse ? [left('Use case')] : []),
    ...[left('Task'), left('Metric'), right('Value'), left('Interval'), right('n'), left('Rows'), left('Hardware')],
    ...[left('Measured'), left('Run')],
  ];
  const rows = figures.map(each => [...(withUse ? [left(each.figure.useCase ?? '–')] : []), ...figureCells(each)]);
  const about =
    'Rows are named by the first digits of their SHA-256. Figures over other rows, and times on other hardware, are not to be compared.';
  return [table(header, rows), about, sliceTable(slices)].filter(part => part !== '').join('\n\n');
}

function figureCells({ figure, hardware }: CardFigure) {
  const { task, label, value, unit, low, high, confidence, n, datasetDigest, timestamp, runId, tool } = figure;
  const level = confidence === undefined ? '' : ` (${formatPercent(confidence * 100)} %)`;
  const interval =
    low === undefined || high === undefined ? '–' : `${formatNumber(low, unit)} to ${formatNumber(high, unit)}${level}`;
  return [
    left(tool === undefined ? task : `${task} (${tool})`),
    left(label),
    right(formatNumber(value, unit)),
    left(interval),
    right(n === undefined ? '–' : groupDigits(n)),
    left(datasetDigest?.slice(0, 12) ?? 'not known'),
    left(hardware ?? 'not recorded'),
    left(describeDate(timestamp)),
    left(runId),
  ];
}

function sliceTable(slices: readonly SliceFigure[]): string {
  const rows = slices.map(({ benchmark, column, value, n, figure }) => [
    left(benchmark),
    left(`${column}: ${value}`),
    left(figure.label),
    right(figure.value === null ? '–' : formatNumber(figure.value, figure.unit)),
    left(
      figure.low === undefined || figure.high === undefined
        ? '–'
        : `${formatNumber(figure.low, figure.unit)} to ${formatNumber(figure.high, figure.unit)}`,
    ),
    right(groupDigits(n)),
  ]);
  const drawn = table(
    [left('Benchmark'), left('Slice'), left('Metric'), right('Value'), left('Interval'), right('n')],
    rows,
  );
  return drawn === '' ? '' : `By parts of the rows:\n\n${drawn}`;
}

const gateWords = { passed: 'passed', failed: 'failed', 'not-computed': 'not computed' } as const;

function governance({ details: { assessments, approval, baseline } }: CardRecord): string {
  const [newest] = assessments;
  if (newest === undefined && approval.state === 'none' && baseline === undefined) return 'Not assessed yet.';
  return factList([
    ['Assessed', newest === undefined ? undefined : `${describeDate(newest.assessedAt)} by ${person(newest.assessor)}`],
    ['Policies', newest?.policies.map(plain).join(', ')],
    ['Gate', newest === undefined ? undefined : gateWords[newest.gate]],
    [
      'Score',
      newest === undefined ? undefined : newest.score === null ? 'none' : `${formatPercent(newest.score)} of 100`,
    ],
    ['Coverage', newest === undefined ? undefined : `${formatPercent(newest.coverage)} % of the controls that apply`],
    ['Waived controls', newest === undefined || newest.waived === 0 ? undefined : String(newest.waived)],
    ['Record', newest === undefined ? undefined : code(newest.digest)],
    ['Approval', approval.state === 'none' && newest === undefined ? undefined : plain(approval.sentence)],
    [
      'Baseline',
      baseline === undefined
        ? undefined
        : `locked on ${describeDate(baseline.lockedAt)} by ${person(baseline.lockedBy)}, digest ${code(baseline.digest)}`,
    ],
  ]);
}

function lineage({ registry, model, details: { version } }: CardRecord): string {
  const { lineage: from, origin } = version;
  return factList([
    ['Version', plain(`${version.model}@${version.version}`)],
    ['Registry', registry === undefined ? undefined : plain(registry)],
    ['Status', version.status],
    ['Aliases', version.aliases.length === 0 ? undefined : version.aliases.map(plain).join(', ')],
    ['Registered', `${describeDate(version.createdAt)} by ${person(version.author)}`],
    ['SHA-256 of the weights', version.weightsDigest === undefined ? undefined : code(version.weightsDigest)],
    ['Base', from.base === undefined ? undefined : plain(from.base.name)],
    ['SHA-256 of the base', from.base?.digest === undefined ? undefined : code(from.base.digest)],
    ['Tuned from', from.parentVersion === undefined ? undefined : plain(`${version.model}@${from.parentVersion}`)],
    ['Taken from', origin === undefined ? undefined : plain(formatReference(origin))],
    ['Prompts', from.prompts.map(({ path, digest }) => `${plain(path)} (${digest.slice(0, 12)})`).join(', ')],
    ['Licence', licenceWords(model.license, model.licenseLink)],
  ]);
}

function licenceWords(license: string | undefined, link: string | undefined): string | undefined {
  if (license === undefined) return undefined;
  return link === undefined ? plain(license) : `${plain(license)}, ${code(link)}`;
}

function contact({ model, details: { version } }: CardRecord): string {
  const { author, lineage: from } = version;
  const trainer = from.trainer === undefined || isSame(from.trainer, author) ? undefined : person(from.trainer);
  return factList([
    ['Owner', model.owner === undefined ? undefined : plain(model.owner)],
    ['Provider', model.provider === undefined ? undefined : plain(model.provider)],
    ['Registered by', person(author)],
    ['Trained by', trainer],
  ]);
}

function isSame(one: Identity, other: ModelVersion['author']): boolean {
  return one.email === other.email;
}

/** A name never stands without how sure it is. */
function person({ name, email, assurance }: Identity): string {
  return plain(name === undefined || name === '' ? `${email} (${assurance})` : `${name} (${email}, ${assurance})`);
}
