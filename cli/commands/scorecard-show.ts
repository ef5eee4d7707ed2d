import path from 'node:path';
import process from 'node:process';
import type { Command } from 'commander';
import type { ScorecardFormat } from '../../schemas/scorecard-formats.ts';
import { WorkbenchError, type ExitCode } from '../../engine/base/errors.ts';
import { writeExports, type ExportTools } from '../../engine/governance-exports/export.ts';
import { readScorecardFile, viewScorecard } from '../../engine/governance/scorecard.ts';
import { renderAssessmentText } from '../../engine/governance/text.ts';
import { gatherAssessment, gatherScorecard, type GatherPorts } from '../../engine/governance-exports/gather.ts';
import { renderExport } from '../../engine/governance-exports/render.ts';
import type { ExportSource } from '../../engine/governance-exports/source.ts';
import { createExportTools, createHost, workspaceFolderOf } from '../composition.ts';
import { globalOptions, type GlobalOptions } from '../options.ts';
import { printJson, printNote, printResult, tableWidth } from '../output.ts';
import { withGovernance, type Run } from './governed.ts';
import { readFormat } from './scorecard-exports.ts';

interface ExportCommandOptions {
  readonly to: string;
  readonly output?: string;
}

/** What a scorecard says, on the terminal and in other formats. */
export function addScorecardShow(scorecard: Command, run: Run): void {
  scorecard
    .command('show')
    .description('What a scorecard says, with whether it was changed; needs no store')
    .argument('<file>')
    .action((file: string, _options: unknown, command: Command) => run(() => show(file, globalOptions(command))));
  scorecard
    .command('export')
    .description('Write a scorecard in another format; a file needs no store')
    .argument('<scorecard>', 'a *.scorecard.json file, or the id of a stored assessment')
    .requiredOption('--to <format>', 'json, html, pdf, markdown, model-card, csv, junit, sarif, oscal or cyclonedx')
    .option('-o, --output <file>', 'default: the standard output')
    .action((name: string, options: ExportCommandOptions, command: Command) =>
      run(() => exportOne(name, options, globalOptions(command))),
    );
}

async function show(file: string, options: GlobalOptions): Promise<ExitCode> {
  const view = await viewFile(file);
  if (options.json === true) printJson(view);
  else printResult(renderAssessmentText(view, tableWidth()));
  return 0;
}

async function exportOne(name: string, options: ExportCommandOptions, global: GlobalOptions): Promise<ExitCode> {
  const format = readFormat(options.to);
  if (format === 'pdf' && options.output === undefined) {
    throw new WorkbenchError('usage', 'A PDF is no text for a terminal.', {
      remedy: 'Name a file for it: --output scorecard.pdf.',
    });
  }
  const { signal } = new AbortController();
  if (await isFile(name)) {
    const host = createHost();
    const folder = await workspaceFolderOf(host, process.cwd());
    const source = await gatherScorecard(await viewFile(name), [format], folder, host, signal);
    return deliver(source, format, options.output, host, createExportTools(folder), signal);
  }
  return withGovernance(global, async (ports, folder, interrupted) => {
    const source = await gatherAssessment(name, [format], folder, ports, interrupted);
    return deliver(source, format, options.output, ports, createExportTools(folder), interrupted);
  });
}

async function deliver(
  source: ExportSource,
  format: ScorecardFormat,
  output: string | undefined,
  ports: Pick<GatherPorts, 'files' | 'digest'>,
  tools: ExportTools,
  signal: AbortSignal,
): Promise<ExitCode> {
  if (output === undefined) {
    const content = await renderExport(source, format, { ...tools, digest: ports.digest }, signal);
    if (typeof content === 'string') printResult(content);
    return 0;
  }
  const target = path.resolve(output);
  await writeExports(source, [{ format, path: target }], ports, tools, signal);
  printNote(`${format} written to ${target}.`);
  return 0;
}

/** Whether something is there under this name; what ends like a file is one, so that a wrong path is told as that. */
async function isFile(name: string): Promise<boolean> {
  return /\.json$/i.test(name) || (await createHost().files.facts(path.resolve(name)))?.kind === 'file';
}

async function viewFile(file: string) {
  const { files, digest } = createHost();
  const scorecard = await readScorecardFile(path.resolve(file), files, new AbortController().signal);
  return viewScorecard(scorecard, digest);
}
