import type { Command } from 'commander';
import type { Report, SamplePage, SampleRow } from '../../schemas/generated/messages.ts';
import { showUnseen } from '../../schemas/unseen.ts';
import { WorkbenchError, type ExitCode } from '../../engine/base/errors.ts';
import type { RunRecord, Store } from '../../engine/ports/store.ts';
import { compareAny } from '../../engine/comparisons/compare-any.ts';
import { formatMilliseconds, formatNumber, variantName } from '../../engine/reports/format.ts';
import { collect, globalOptions, type GlobalOptions } from '../options.ts';
import { layTable, printJson, printNote, printResult, tableWidth, terminalWidth } from '../output.ts';
import { describeProgress } from '../progress-line.ts';
import { readSampleQuery, type SampleChoices } from '../sample-choices.ts';
import { findRun, useStore } from './stored-runs.ts';

export function addShow(runs: Command, run: (action: () => Promise<ExitCode>) => Promise<void>): void {
  runs
    .command('show')
    .description('One run with its figures, some of its samples, or one sample (RUN#ID)')
    .argument('<run>', 'id, the beginning of one, or "latest"; with #ID one of its samples')
    .option('--sort <column>', 'list samples by id, row, latency, cost, output, score, score:NAME, slice:NAME, …')
    .option('--descending', 'the highest first')
    .option(
      '--where <condition>',
      'only samples that are wrong, right, failed, or match failed:CLASS, model:NAME, slice:NAME=VALUE, score:NAME<0.5, latency>1000, text:WORDS (may be repeated)',
      collect,
    )
    .option('--limit <count>', 'how many samples to list; default 20')
    .action((id: string, options: SampleChoices, command: Command) =>
      run(() => showRun(id, options, globalOptions(command))),
    );
}

function showRun(id: string, choices: SampleChoices, options: GlobalOptions): Promise<ExitCode> {
  const [runId = '', sampleId] = id.split('#', 2);
  return useStore(options, async (store, host, signal) => {
    const record = await store.getRun(await findRun(store, runId));
    if (sampleId !== undefined) return showSample(record, sampleId, store, options);
    const asksSamples = Object.keys(choices).length > 0;
    if (asksSamples) return listSamples(record, choices, store, options, signal);
    const { summary, variants } = record;
    if (variants.length === 0 && (summary.kind !== 'tune' || summary.startedAt === undefined)) {
      if (options.json === true) printJson(summary);
      else printResult(describeUnbegun(record));
      return 0;
    }
    const compared = await compareAny([summary.id], store, host.clock, signal);
    if (options.json === true) {
      printJson(compared.content);
      return 0;
    }
    printNote(`Run ${summary.id}: ${summary.state}. ${describeProgress(summary.progress)}`);
    printResult(compared.text(terminalWidth(), tableWidth()));
    if (summary.failure !== undefined) printNote(`${summary.failure.message}\n  ${summary.failure.remedy ?? ''}`);
    return 0;
  });
}

function describeUnbegun({ summary }: RunRecord): string {
  const failure = summary.failure === undefined ? '' : `\n${summary.failure.message}`;
  return `${summary.name}: run ${summary.id} is ${summary.state}.${failure}`;
}

async function showSample(
  { summary, variants }: RunRecord,
  sampleId: string,
  store: Store,
  options: GlobalOptions,
): Promise<ExitCode> {
  if (!/^[1-9]\d{0,9}$/.test(sampleId))
    throw new WorkbenchError('usage', `"${sampleId}" is no number of a sample.`, {
      remedy: `Write the run and the sample's number: ${summary.id}#1.`,
    });
  const sample = await store.getSample({ runId: summary.id, id: Number(sampleId) });
  if (options.json === true) printJson(sample);
  else printResult(renderSample(summary.id, sample, nameVariant(variants, sample)));
  return 0;
}

function nameVariant(variants: RunRecord['variants'], { variant }: SampleRow): string {
  const found = variants[variant];
  return found === undefined ? '' : variantName(found);
}

function renderSample(runId: string, sample: SampleRow, model: string): string {
  const { id, row, repeat, scores, slices, latencyMs, cost, attempts, failure, details } = sample;
  const facts = [
    `${runId}#${String(id)}: ${model}, row ${String(row)}${repeat > 0 ? `, repeat ${String(repeat)}` : ''}`,
    `${stateOf(sample)}${latencyMs === undefined ? '' : `, ${formatMilliseconds(latencyMs)}`}${cost === undefined ? '' : `, ${formatNumber(cost, 'USD')}`}${attempts === undefined || attempts === 1 ? '' : `, ${String(attempts)} attempts`}`,
    ...Object.entries(scores).map(([name, value]) => `${name}: ${String(value)}`),
    ...Object.entries(slices).map(([name, value]) => `${name}: ${value}`),
  ];
  const parts = [
    ['Input', sample.input],
    ['Target', sample.target],
    ['Answer', sample.output],
    ['Failure', failure?.message],
    ['Details', details === undefined ? undefined : JSON.stringify(details, undefined, 2)],
  ] as const;
  const texts = parts.flatMap(([title, text]) => (text === undefined ? [] : ['', `${title}:`, showUnseen(text)]));
  return [...facts, ...texts].join('\n');
}

async function listSamples(
  record: RunRecord,
  choices: SampleChoices,
  store: Store,
  options: GlobalOptions,
  signal: AbortSignal,
): Promise<ExitCode> {
  const query = readSampleQuery(choices, record, leadingScore(record.report));
  const page = await store.querySamples(query, signal);
  if (options.json === true) {
    printJson(page);
    return 0;
  }
  if (page.rows.length === 0) {
    printNote(describeNone(record));
    return 0;
  }
  printResult(renderSamples(record, page, query.sort?.by === 'score' ? query.sort.name : leadingScore(record.report)));
  printNote(
    `${String(page.rows.length)} of ${String(page.total)} samples. One in full: aiwb runs show ${record.summary.id}#${String(page.rows[0]?.id ?? 1)}`,
  );
  return 0;
}

function describeNone({ summary }: RunRecord): string {
  return summary.kind === 'tune'
    ? `A tuning run keeps no samples. Ask its model in a benchmark, or run \`aiwb tune evaluate ${summary.id}\`.`
    : `No sample of ${summary.id} is like that.`;
}

/** The key whose scores lists show when none is named. */
function leadingScore(report: Report | undefined): string | undefined {
  return report?.leading ?? report?.comparisons[0]?.metric;
}

const longestCell = 40;

function renderSamples({ variants }: RunRecord, { rows }: SamplePage, score: string | undefined): string {
  const right = (text: string) => ({ text, align: 'right' as const });
  const header = [
    { text: 'Sample' },
    { text: 'Model' },
    right('Row'),
    { text: 'State' },
    ...(score === undefined ? [] : [right(score)]),
    right('Latency'),
    { text: 'Target' },
    { text: 'Answer' },
  ];
  const lines = rows.map(row => [
    { text: `#${String(row.id)}` },
    { text: nameVariant(variants, row) },
    right(String(row.row)),
    { text: stateOf(row) },
    ...(score === undefined ? [] : [right(formatScore(row.scores[score]))]),
    right(row.latencyMs === undefined ? '–' : formatMilliseconds(row.latencyMs)),
    { text: cutCell(row.target) },
    { text: cutCell(row.output ?? row.failure?.message ?? '') },
  ]);
  return layTable(header, lines, ['Model', 'Target', 'Answer']);
}

function stateOf({ failure, right }: SampleRow): string {
  if (failure !== undefined) return failure.class;
  return right === undefined ? 'answered' : right ? 'right' : 'wrong';
}

function formatScore(score: number | undefined): string {
  return score === undefined ? '–' : formatNumber(score, 'score');
}

/** One line, without control characters. */
function cutCell(text: string): string {
  const line = text.slice(0, 4 * longestCell).replace(/[\s\p{Cc}]+/gu, ' ');
  return line.length <= longestCell ? line : `${line.slice(0, longestCell - 1)}…`;
}
