import type { CheckResult, DatasetLineage, Identity, Unit } from '../../schemas/generated/messages.ts';
import { newestFigures } from '../cards/figures.ts';
import { sarifUri } from '../diagnostics/sarif.ts';
import { findInCard } from '../governance/checks/card-text.ts';
import { formatPercent } from '../reports/format.ts';
import { describePerson } from '../people/describe-person.ts';
import { plainLine } from '../governance/describe.ts';
import { isSha256 } from './identifiers.ts';
import type { ExportSource } from './source.ts';

/** `bom-ref` of the model version. */
export const modelRef = 'model';

/** Named values as CycloneDX has them, in a name space of ours; none for a value that is not there. */
export function properties(values: Readonly<Record<string, string | number | null | undefined>>) {
  const made = Object.entries(values).flatMap(([name, value]) =>
    value === undefined || value === null || value === ''
      ? []
      : [{ name: `aiwb:${name}`, value: plainLine(String(value)) }],
  );
  return made.length === 0 ? {} : { properties: made };
}

/** The hash of what has one. */
export function hashes(digest: string | undefined) {
  return isSha256(digest) ? { hashes: [{ alg: 'SHA-256', content: digest }] } : {};
}

/** A person; an address that is none is left out. */
export function contactOf(person: Identity) {
  const { name, email } = person;
  const address = plainLine(email);
  return {
    name: plainLine(name ?? '') || address || 'unknown',
    ...(/^[\w.+-]+@[\w-]+(\.[\w-]+)*$/.test(address) ? { email: address } : {}),
  };
}

/** The assessed version with what CycloneDX calls its model card. */
export function modelComponent(source: ExportSource) {
  const { view, subject } = source;
  const { record, digest, approval } = view.scorecard;
  const { model, version, weightsDigest, author, trainer } = record.subject;
  const { license, licenseLink, provider, description, owner } = subject?.model ?? {};
  const cards = new Set(
    record.controls
      .flatMap(({ checks }) => checks)
      .flatMap(({ evidence }) =>
        evidence.flatMap(({ kind, path }) => (kind === 'model-card' && path !== undefined ? [path] : [])),
      ),
  );
  const base = subject?.version.lineage.base;
  return {
    type: 'machine-learning-model',
    'bom-ref': modelRef,
    ...(provider === undefined ? {} : { publisher: plainLine(provider) }),
    ...(author === undefined ? {} : { authors: [contactOf(author)] }),
    name: plainLine(model),
    version: plainLine(version),
    ...(description === undefined ? {} : { description: plainLine(description) }),
    ...hashes(weightsDigest),
    ...(license === undefined
      ? {}
      : {
          licenses: [
            {
              license: {
                name: plainLine(license),
                ...(licenseLink === undefined ? {} : { url: encodeURI(plainLine(licenseLink)) }),
              },
            },
          ],
        }),
    ...(base === undefined
      ? {}
      : {
          pedigree: {
            ancestors: [{ type: 'machine-learning-model', name: plainLine(base.name), ...hashes(base.digest) }],
          },
        }),
    ...(cards.size === 0
      ? {}
      : { externalReferences: [...cards].map(path => ({ type: 'model-card', url: sarifUri(plainLine(path)) })) }),
    modelCard: modelCardOf(source),
    ...properties({
      status: view.status,
      owner,
      trainer: trainer === undefined ? undefined : describePerson(trainer),
      'run-id': record.subject.runId,
      'record-id': record.id,
      'record-sha256': digest,
      gate: record.gate.outcome,
      score: record.score === null ? 'none' : formatPercent(record.score),
      'evidence-coverage': formatPercent(record.coverage),
      waived: record.waived,
      approval: approval.sentence,
      'baseline-sha256': view.baseline?.version === version ? view.baseline.digest : undefined,
    }),
  };
}

function modelCardOf(source: ExportSource) {
  const { subject } = source;
  const task = subject?.model.tasks?.[0];
  const datasets = datasetsOf(source);
  const metrics = metricsOf(source);
  const considerations = considerationsOf(source);
  return {
    modelParameters: {
      ...(task === undefined ? {} : { task: plainLine(task) }),
      ...(datasets.length === 0 ? {} : { datasets: datasets.map((_, index) => ({ ref: datasetRef(index) })) }),
    },
    ...(metrics.length === 0 ? {} : { quantitativeAnalysis: { performanceMetrics: metrics } }),
    ...(considerations === undefined ? {} : { considerations }),
  };
}

export function datasetRef(index: number): string {
  return `dataset:${String(index + 1)}`;
}

function datasetsOf({ subject }: ExportSource): readonly DatasetLineage[] {
  return subject?.version.lineage.datasets ?? [];
}

/** What the version learnt from and was tested on, as components of their own. */
export function datasetComponents(source: ExportSource) {
  return datasetsOf(source).map(({ path, digest, rows, role, aspect, card }, index) => ({
    type: 'data',
    'bom-ref': datasetRef(index),
    name: plainLine(path) || 'dataset',
    ...hashes(digest),
    ...(card?.license === undefined ? {} : { licenses: [{ license: { name: plainLine(card.license) } }] }),
    data: [{ type: 'dataset', name: plainLine(path) }],
    ...properties({
      role,
      aspect,
      rows,
      'card-sha256': card?.digest,
      'pii-review':
        card?.piiReview === undefined
          ? undefined
          : `${card.piiReview.result} (${card.piiReview.by}, ${card.piiReview.on})`,
    }),
  }));
}

/** The figures the checks judged, and those the registry keeps beside them. */
function metricsOf({ view, subject }: ExportSource) {
  const judged = view.scorecard.record.controls.flatMap(({ checks }) => checks).filter(({ kind }) => kind === 'metric');
  const known = new Set(judged.map(keyOfCheck));
  const others = newestFigures(subject?.artifacts ?? []).flatMap(({ figure }) =>
    known.has(JSON.stringify([figure.task, figure.metric, ''])) ? [] : [figure],
  );
  return [
    ...judged.flatMap(({ benchmark, metric, title, unit, actual, low, high, slice }) =>
      actual === undefined ? [] : [figureOf(nameFigure(metric ?? title, unit, benchmark), actual, low, high, slice)],
    ),
    ...others.map(({ metric, unit, task, value, low, high }) =>
      figureOf(nameFigure(metric, unit, task), value, low, high),
    ),
  ];
}

function keyOfCheck({ benchmark = '', metric = '', slice = '' }: CheckResult): string {
  return JSON.stringify([benchmark, metric, slice]);
}

/** `accuracy (triage-core)`, `latency.p95 in ms (triage-core)`: there is no place for the unit and the benchmark but the name. */
function nameFigure(metric: string, unit: Unit | undefined, benchmark: string | undefined): string {
  const named = unit === undefined || unit === 'ratio' || unit === 'score' ? metric : `${metric} in ${unit}`;
  return plainLine(benchmark === undefined ? named : `${named} (${benchmark})`);
}

function figureOf(type: string, value: number, low: number | undefined, high: number | undefined, slice?: string) {
  return {
    type,
    value: String(value),
    ...(slice === undefined ? {} : { slice: plainLine(slice) }),
    ...(low === undefined || high === undefined
      ? {}
      : { confidenceInterval: { lowerBound: String(low), upperBound: String(high) } }),
  };
}

/** What the newest card says about use and limits, each section as one text. */
function considerationsOf({ card }: ExportSource) {
  const useCases = sectionOf(card, ['intended-use', 'intended-uses', 'uses', 'use']);
  const limits = sectionOf(card, ['limitations', 'bias-risks-and-limitations', 'limitations-and-biases']);
  const misuse = sectionOf(card, ['out-of-scope-use', 'out-of-scope-uses', 'misuse']);
  const technicalLimitations = [limits, misuse].filter(text => text !== undefined);
  if (useCases === undefined && technicalLimitations.length === 0) return undefined;
  return {
    ...(useCases === undefined ? {} : { useCases: [useCases] }),
    ...(technicalLimitations.length === 0 ? {} : { technicalLimitations }),
  };
}

function sectionOf(card: string | undefined, slugs: readonly string[]): string | undefined {
  if (card === undefined) return undefined;
  for (const slug of slugs) {
    const found = findInCard(card, `#${slug}`);
    const text = 'place' in found ? plainLine(found.place?.text ?? '') : '';
    if (text !== '') return text.slice(0, 4000);
  }
  return undefined;
}
