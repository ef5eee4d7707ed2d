import path from 'node:path';
import type { Command } from 'commander';
import { scorecardFormats, type ScorecardFormat } from '../../schemas/scorecard-formats.ts';
import { WorkbenchError } from '../../engine/base/errors.ts';
import type { ExportTarget } from '../../engine/governance-exports/export.ts';
import { failOnWords, type FailOn } from '../../engine/governance/fail-on.ts';
import { printNote } from '../output.ts';

/** Options that name a file for a format each. */
export interface ExportOptions {
  readonly html?: string;
  readonly pdf?: string;
  readonly markdown?: string;
  readonly modelCard?: string;
  readonly csv?: string;
  readonly junit?: string;
  readonly sarif?: string;
  readonly oscal?: string;
  readonly cyclonedx?: string;
}

const optionOf = {
  html: 'html',
  pdf: 'pdf',
  markdown: 'markdown',
  'model-card': 'modelCard',
  csv: 'csv',
  junit: 'junit',
  sarif: 'sarif',
  oscal: 'oscal',
  cyclonedx: 'cyclonedx',
} as const satisfies Partial<Record<ScorecardFormat, keyof ExportOptions>>;

const formats = Object.keys(optionOf) as readonly (keyof typeof optionOf)[];

/** Adds an option for each format of an assessment that is a file. */
export function addExportOptions(command: Command): Command {
  return command
    .option('--html <file>', 'also write the scorecard as one self-contained page')
    .option('--pdf <file>', 'also as PDF, printed by an installed Chromium, Chrome or Edge')
    .option('--markdown <file>', 'also as Markdown, for summaries of builds')
    .option('--model-card <file>', 'also as a model card with model-index and the scorecard')
    .option('--csv <file>', 'also as CSV, a row for each check')
    .option('--junit <file>', 'also as JUnit XML, a suite for each policy')
    .option('--sarif <file>', 'also what failed as SARIF 2.1.0, for code hosts')
    .option('--oscal <file>', 'also as OSCAL assessment results')
    .option('--cyclonedx <file>', 'also as a CycloneDX ML-BOM');
}

/** The files that the options ask for. Throws `usage` where two formats would be written to one. */
export function exportTargets(options: ExportOptions): readonly ExportTarget[] {
  const targets = formats.flatMap((format): ExportTarget[] => {
    const file = options[optionOf[format]];
    return file === undefined ? [] : [{ format, path: path.resolve(file) }];
  });
  const twice = targets.find(({ path: file }, index) => targets.findIndex(each => each.path === file) !== index);
  if (twice === undefined) return targets;
  throw new WorkbenchError('usage', `Two exports would be written to ${twice.path}.`, {
    remedy: 'Give each a file of its own.',
  });
}

export function noteTargets(targets: readonly ExportTarget[]): void {
  for (const { format, path: file } of targets) printNote(`${format} written to ${file}.`);
}

/** A format's name. Throws `usage`. */
export function readFormat(text: string): ScorecardFormat {
  const found = scorecardFormats.find(format => format === text);
  if (found !== undefined) return found;
  throw new WorkbenchError('usage', `"${text}" is no format of scorecards.`, {
    remedy: `Use one of: ${scorecardFormats.join(', ')}.`,
  });
}

/** A severity, or `never`. Throws `usage`. */
export function readFailOn(text: string): FailOn {
  const found = failOnWords.find(word => word === text);
  if (found !== undefined) return found;
  throw new WorkbenchError('usage', `"${text}" is no severity.`, { remedy: `Use one of: ${failOnWords.join(', ')}.` });
}
