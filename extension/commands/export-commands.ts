import * as vscode from 'vscode';
import type { ExportFormat, ExportRuns, ExportScorecard } from '../../schemas/generated/messages.ts';
import { scorecardEndings, type ScorecardFormat } from '../../schemas/scorecard-formats.ts';
import { FailureError } from '../base/failure.ts';
import type { RunEntry } from '../runs/run-book.ts';
import { engineOf, registerCommand, type CommandContext } from './context.ts';
import { exportAs, openInBrowser, type Exportable, type FormatChoice } from './export.ts';
import { resolveRuns } from './pick.ts';
import { resolveAssessment } from './pick-version.ts';
import { requireOneKind } from './run-commands.ts';

const html = { format: 'html', extension: 'html', label: 'HTML' } as const;

/** A format of runs; of a run file, with how many samples of each run. */
type RunFormat = ExportFormat | { readonly samples: NonNullable<ExportRuns['samples']> };

/** Samples of each run that travel in a smaller run file: enough to see what goes wrong. */
const someSamples = 1000;

/** Files that open as a page on any machine, with as much in them as their reader needs. */
function runFiles(runs: readonly RunEntry[]): FormatChoice<RunFormat>[] {
  const { t } = vscode.l10n;
  const samples = Math.max(0, ...runs.map(({ run }) => (run.kind === 'tune' ? 0 : run.progress.done)));
  const choice = (label: string, detail: string, share: 'all' | number): FormatChoice<RunFormat> => ({
    format: { samples: share },
    extension: 'run.json',
    label,
    detail,
  });
  const figures = choice(t('Run File'), t('The report in a file that opens as this page on any machine'), 0);
  if (samples === 0) return [figures];
  const all = choice(
    t('Run File With All Samples'),
    t('The report and every sample in a file that opens as this page on any machine'),
    'all',
  );
  const some = choice(
    t('Run File With Some Samples'),
    t('The report and {0} samples of each run, wrong and failed ones first', someSamples),
    someSamples,
  );
  return [all, ...(samples > someSamples ? [some] : []), { ...figures, label: t('Run File Without Samples') }];
}

/** Formats of runs; a tuning run has no samples, and a trial of a prompt nothing that was measured. */
function runFormats(runs: readonly RunEntry[]): FormatChoice<RunFormat>[] {
  const { t } = vscode.l10n;
  const ofReport: FormatChoice<RunFormat>[] = [
    ...(runs.some(({ run }) => run.kind === 'prompt') ? [] : runFiles(runs)),
    { ...html, detail: t('The report as one self-contained page') },
    { format: 'markdown', extension: 'md', label: 'Markdown', detail: t('The report as text with tables') },
    { format: 'json', extension: 'json', label: 'JSON', detail: t('The report with all its figures') },
  ];
  if (runs.some(({ run }) => run.kind === 'tune')) return ofReport;
  const ofSamples: FormatChoice<ExportFormat>[] = [
    { format: 'jsonl', extension: 'jsonl', label: 'JSON Lines', detail: t('Every sample, one a line') },
    { format: 'csv', extension: 'csv', label: 'CSV', detail: t('Every sample, one a row') },
    { format: 'parquet', extension: 'parquet', label: 'Parquet', detail: t('Every sample, in typed columns') },
  ];
  if (runs.some(({ run }) => run.kind === 'prompt')) return [...ofReport, ...ofSamples];
  return [
    ...ofReport,
    ...ofSamples,
    { format: 'junit', extension: 'xml', label: 'JUnit', detail: t('The gates, for CI systems') },
    {
      format: 'lm-eval',
      extension: 'lm-eval',
      label: 'lm-eval',
      detail: t('A folder of results and samples, as lm-evaluation-harness writes it'),
    },
    {
      format: 'hf-model-index',
      extension: 'yaml',
      label: 'Hugging Face model-index',
      detail: t('The figures as a block for model cards'),
    },
  ];
}

/** Formats of a scorecard: those for people first, then those for other programs. */
function scorecardFormats(): FormatChoice<ExportScorecard['format']>[] {
  const { t } = vscode.l10n;
  const choice = (format: ScorecardFormat, label: string, detail: string): FormatChoice<ScorecardFormat> => ({
    format,
    extension: scorecardEndings[format],
    label,
    detail,
  });
  return [
    choice('json', 'JSON', t('The record with its digest: opens in a read-only editor that verifies it')),
    choice('html', 'HTML', t('The scorecard as one self-contained page')),
    choice('pdf', 'PDF', t('The page as it prints, by an installed Chromium, Chrome or Edge')),
    {
      format: 'bundle',
      extension: 'zip',
      label: t('Proof Bundle'),
      detail: t('Record, evidence digests, signatures and a verifier that runs without AI Workbench'),
    },
    choice('markdown', 'Markdown', t('The scorecard as text with tables')),
    choice('model-card', t('Model Card'), t('The model card with model-index, and the scorecard below')),
    choice('csv', 'CSV', t('Every check, one a row')),
    choice('oscal', 'OSCAL', t('Assessment results with plan and policies, for compliance tools')),
    choice('sarif', 'SARIF', t('What failed, at its line in the policy, for code hosts')),
    choice('cyclonedx', 'CycloneDX', t('The model as a bill of materials, with how far each control is met')),
    choice('junit', 'JUnit', t('The controls as tests, for CI systems')),
  ];
}

export function registerExportCommands(context: CommandContext): vscode.Disposable[] {
  return [
    registerCommand(context, 'aiwb.exportRun', (...given: unknown[]) => exportRuns(context, given)),
    registerCommand(context, 'aiwb.openReportHtml', (...given: unknown[]) => openReportHtml(context, given)),
    registerCommand(context, 'aiwb.exportScorecard', (given: unknown) => exportScorecard(context, given)),
    registerCommand(context, 'aiwb.openScorecardHtml', (given: unknown) => openScorecardHtml(context, given)),
  ];
}

async function exportRuns(context: CommandContext, given: readonly unknown[]): Promise<void> {
  const runs = await resolveRuns(context, given, { title: vscode.l10n.t('Choose Runs to Export'), many: true });
  if (runs.length > 0) await exportAs(exportableRuns(context, runs), runFormats(runs));
}

async function openReportHtml(context: CommandContext, given: readonly unknown[]): Promise<void> {
  const title = vscode.l10n.t('Choose Runs to Open in the Browser');
  const runs = await resolveRuns(context, given, { title, many: true });
  if (runs.length > 0) await openInBrowser(context, exportableRuns(context, runs), html);
}

function exportableRuns(context: CommandContext, runs: readonly RunEntry[]): Exportable<RunFormat> {
  requireOneKind(runs);
  const [first] = runs;
  if (first === undefined) throw new FailureError({ code: 'usage', message: vscode.l10n.t('No run was chosen.') });
  const runIds = runs.map(({ run }) => run.id);
  return {
    folder: first.folder,
    name: first.run.name,
    id: runIds.join('-'),
    write(format, path, signal) {
      const asked = typeof format === 'string' ? { format } : { format: 'run' as const, samples: format.samples };
      return engineOf(context, first).request('runs/export', { runIds, path, ...asked }, signal);
    },
  };
}

async function exportScorecard(context: CommandContext, given: unknown): Promise<void> {
  const subject = await exportableScorecard(context, given);
  if (subject !== undefined) await exportAs(subject, scorecardFormats());
}

async function openScorecardHtml(context: CommandContext, given: unknown): Promise<void> {
  const subject = await exportableScorecard(context, given);
  if (subject !== undefined) await openInBrowser(context, subject, html);
}

async function exportableScorecard(
  context: CommandContext,
  given: unknown,
): Promise<Exportable<ExportScorecard['format']> | undefined> {
  const chosen = await resolveAssessment(context, given, vscode.l10n.t('Choose an Assessment'));
  if (chosen === undefined) return undefined;
  const { folder, assessment } = chosen;
  return {
    folder,
    name: `${assessment.model}-${assessment.version}`,
    id: assessment.id,
    write: (format, path, signal) =>
      engineOf(context, { folder }).request(
        'assessments/export',
        { assessmentId: assessment.id, format, path },
        signal,
      ),
  };
}
