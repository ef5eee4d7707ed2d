import { stringify } from 'yaml';
import type { CheckResult, VersionDetails } from '../../schemas/generated/messages.ts';
import type { CardRecord } from '../cards/card-record.ts';
import { makeCard } from '../cards/make-card.ts';
import { plain } from '../cards/markdown.ts';
import { plainLine } from '../governance/describe.ts';
import { renderAssessmentMarkdown } from '../governance/text.ts';
import type { Digest } from '../ports/digest.ts';
import { nameOfVersion } from '../base/version-name.ts';
import { hubMetric } from '../reports/hf-model-index.ts';
import type { ExportSource } from './source.ts';

/**
 * A model card as the Hugging Face Hub reads it, with `model-index`, and the scorecard as its last section. From the store it is the
 * version's own card, brought up to date; from a scorecard file alone it holds what the record says: the figures the checks judged.
 * Throws `file-invalid` where the kept card has front matter that cannot be read.
 */
export function renderModelCard(source: ExportSource, digest: Digest): string {
  const text = source.subject === undefined ? cardOfRecord(source) : cardOfVersion(source, source.subject, digest);
  return `${text.trimEnd()}\n\n## Scorecard\n\n${renderAssessmentMarkdown(source.view)}`;
}

function cardOfVersion(
  { view, card }: ExportSource,
  { model, version, artifacts }: NonNullable<ExportSource['subject']>,
  digest: Digest,
): string {
  const details: VersionDetails = {
    version,
    artifacts: [...artifacts],
    approval: view.scorecard.approval,
    assessments: view.history.filter(each => each.version === version.version),
    ...(view.baseline?.version === version.version ? { baseline: view.baseline } : {}),
  };
  const record: CardRecord = { model, details, slices: [], asked: [] };
  return makeCard(record, card ?? '', digest).text;
}

function cardOfRecord({ view }: ExportSource): string {
  const { record } = view.scorecard;
  const results = resultsOf(record.controls.flatMap(({ checks }) => checks));
  const metadata = {
    tags: ['assessed', record.gate.outcome === 'passed' ? 'gate-passed' : 'gate-not-passed'],
    ...(results.length === 0 ? {} : { 'model-index': [{ name: plainLine(record.subject.model), results }] }),
  };
  const { model, version, weightsDigest } = record.subject;
  return [
    `---\n${stringify(metadata, { lineWidth: 0 })}---`,
    '',
    `# ${plain(nameOfVersion({ model, version }))}`,
    '',
    `SHA-256 of the weights: ${plain(weightsDigest)}.`,
  ].join('\n');
}

/** The figures of the metric checks, a result for each benchmark and slice. What rows they are of, the record does not tell by name. */
function resultsOf(checks: readonly CheckResult[]) {
  const groups = new Map<string, CheckResult[]>();
  for (const check of checks) {
    if (check.kind !== 'metric' || check.actual === undefined) continue;
    const key = JSON.stringify([check.benchmark ?? '', check.slice ?? '']);
    groups.set(key, [...(groups.get(key) ?? []), check]);
  }
  return [...groups.values()].map(group => {
    const [first] = group;
    const name = plainLine(first?.benchmark ?? 'unknown') || 'unknown';
    const slice = first?.slice === undefined ? {} : { config: plainLine(first.slice) };
    return {
      task: { type: 'other', name },
      dataset: { name, type: name, ...slice },
      metrics: group.map(check => ({ ...metricOf(check), verified: false })),
    };
  });
}

function metricOf({ metric, title, actual, low, high, confidence, n, evidence }: CheckResult) {
  const run = evidence.find(({ runId }) => runId !== undefined)?.runId;
  return hubMetric({
    metric: plainLine(metric ?? title),
    label: plainLine(title),
    value: actual ?? null,
    ...(low === undefined ? {} : { low }),
    ...(high === undefined ? {} : { high }),
    ...(confidence === undefined ? {} : { confidence }),
    ...(n === undefined ? {} : { n }),
    ...(run === undefined ? {} : { run: plainLine(run) }),
  });
}
