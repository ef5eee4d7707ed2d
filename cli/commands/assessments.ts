import type { Command } from 'commander';
import { compareScorecards } from '../../schemas/compare-scorecards.ts';
import type { ExitCode } from '../../engine/base/errors.ts';
import { renderComparison, renderControlHistory, renderReproduction } from '../../engine/governance/comparison-text.ts';
import { readControlHistory } from '../../engine/governance/control-history.ts';
import { findAssessment } from '../../engine/governance/find-assessment.ts';
import { formatPercent } from '../../engine/reports/format.ts';
import { reproduceAssessment } from '../../engine/governance/reproduce.ts';
import { isRunSubject } from '../../engine/governance/run-subject.ts';
import { renderAssessmentText } from '../../engine/governance/text.ts';
import { listAssessments, viewAssessment } from '../../engine/governance/view.ts';
import type { Store } from '../../engine/ports/store.ts';
import { describeDate } from '../../engine/base/dates.ts';
import { personCell } from '../../engine/reports/person-cell.ts';
import { globalOptions, type GlobalOptions } from '../options.ts';
import { layTable, printNote, tableWidth } from '../output.ts';
import { readVersionName } from '../version-reference.ts';
import { print, withGovernance, type Run } from './governed.ts';

const naming = 'its id or the beginning of it, MODEL@V, or MODEL@V:2026-10-01 for the newest of that day';

export function addAssessments(program: Command, run: Run): void {
  const group = program.command('assessments');
  group
    .command('list')
    .description('Assessments of a model or of one version, newest first; without one, all')
    .argument('[version]', 'MODEL or MODEL@V')
    .action((name: string | undefined, _options: unknown, command: Command) =>
      run(() => list(name, globalOptions(command))),
    );
  group
    .command('show')
    .description('An assessment as it was recorded')
    .argument('<assessment>', naming)
    .action((name: string, _options: unknown, command: Command) => run(() => show(name, globalOptions(command))));
  group
    .command('compare')
    .description('What came out differently in two assessments, of whatever versions')
    .argument('<before>', naming)
    .argument('<after>', 'the same for the other')
    .action((before: string, after: string, _options: unknown, command: Command) =>
      run(() => compare(before, after, globalOptions(command))),
    );
  group
    .command('reproduce')
    .description('Judge again by the evidence and policies of then; exit code 1 when something else comes out')
    .argument('<assessment>', naming)
    .action((name: string, _options: unknown, command: Command) => run(() => reproduce(name, globalOptions(command))));
  group
    .command('history')
    .description('How one control came out in the assessments of a model, newest first')
    .argument('<model>')
    .argument('<control>', 'id of the control')
    .action((model: string, control: string, _options: unknown, command: Command) =>
      run(() => history(model, control, globalOptions(command))),
    );
}

function list(name: string | undefined, options: GlobalOptions): Promise<ExitCode> {
  return withGovernance(options, async (ports, _folder, signal) => {
    const filter = name === undefined ? {} : await readFilter(name, ports.store, signal);
    const assessments = await listAssessments(filter, ports);
    const header = ['Assessment', 'Version', 'Assessed', 'Gate', 'Score', 'Coverage', 'Waived', 'By'];
    const rows = assessments.map(assessment => [
      { text: assessment.id },
      { text: `${assessment.model}@${assessment.version}` },
      { text: describeDate(assessment.assessedAt) },
      { text: assessment.gate },
      { text: assessment.score === null ? 'none' : formatPercent(assessment.score), align: 'right' as const },
      { text: `${formatPercent(assessment.coverage)} %`, align: 'right' as const },
      { text: String(assessment.waived), align: 'right' as const },
      personCell(assessment.assessor),
    ]);
    const text = layTable(
      header.map(each => ({ text: each })),
      rows,
      ['By'],
    );
    if (rows.length > 0 || options.json === true) print({ assessments }, text, options);
    else printNote('Nothing has been assessed here yet.');
    return 0;
  });
}

async function readFilter(
  name: string,
  { registry }: Store,
  signal: AbortSignal,
): Promise<{ readonly model: string; readonly version?: string }> {
  if (isRunSubject(name)) {
    const [model = name, version] = name.split('@');
    return version === undefined ? { model } : { model, version };
  }
  const asked = readVersionName(name);
  const model = (await registry.getModel(asked.model, signal)).name;
  if (asked.version === undefined) return { model };
  return { model, version: (await registry.getVersion(model, asked.version, signal)).version };
}

function show(name: string, options: GlobalOptions): Promise<ExitCode> {
  return withGovernance(options, async (ports, _folder, signal) => {
    const { record } = await findAssessment(name, ports, signal);
    const view = await viewAssessment(record.id, ports, signal);
    print(view, renderAssessmentText(view, tableWidth()), options);
    return 0;
  });
}

function compare(before: string, after: string, options: GlobalOptions): Promise<ExitCode> {
  return withGovernance(options, async (ports, _folder, signal) => {
    const comparison = compareScorecards(
      await findAssessment(before, ports, signal),
      await findAssessment(after, ports, signal),
    );
    print(comparison, renderComparison(comparison, tableWidth()), options);
    return 0;
  });
}

function reproduce(reference: string, options: GlobalOptions): Promise<ExitCode> {
  return withGovernance(options, async (ports, folder, signal) => {
    const reproduction = await reproduceAssessment({ reference, folder }, ports, signal);
    print(reproduction, renderReproduction(reproduction), options);
    return reproduction.state === 'reproduced' ? 0 : 1;
  });
}

function history(model: string, control: string, options: GlobalOptions): Promise<ExitCode> {
  return withGovernance(options, async (ports, _folder, signal) => {
    const name = isRunSubject(model) ? model : (await ports.store.registry.getModel(model, signal)).name;
    const found = await readControlHistory({ model: name, control }, ports, signal);
    if (found.entries.length > 0 || options.json === true)
      print(found, renderControlHistory(found, tableWidth()), options);
    else printNote(`No assessment of ${name} asked for the control ${control}.`);
    return 0;
  });
}
