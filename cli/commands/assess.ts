import path from 'node:path';
import process from 'node:process';
import type { Command } from 'commander';
import type { ExitCode } from '../../engine/base/errors.ts';
import { assessVersion, type Assessment, type AssessRequest } from '../../engine/governance/assess.ts';
import { exportAssessmentAs } from '../../engine/governance-exports/export.ts';
import { reasonToFail, type FailOn } from '../../engine/governance/fail-on.ts';
import { renderAssessmentText } from '../../engine/governance/text.ts';
import type { Store } from '../../engine/ports/store.ts';
import { findWorkspaceFolder } from '../../engine/workspace/workspace.ts';
import { createExportTools, createGovernancePorts, createHost, withStore } from '../composition.ts';
import { watchInterrupts } from '../interrupts.ts';
import { collect, globalOptions, type GlobalOptions } from '../options.ts';
import { printJson, printNote, printResult, tableWidth } from '../output.ts';
import { readVersionName } from '../version-reference.ts';
import { addExportOptions, exportTargets, noteTargets, readFailOn, type ExportOptions } from './scorecard-exports.ts';
import { findRun } from './stored-runs.ts';

type Action = () => Promise<ExitCode>;

interface AssessOptions extends GlobalOptions, ExportOptions {
  readonly policy?: readonly string[];
  readonly scorecard?: string;
  readonly run?: string;
  readonly failOn?: FailOn;
}

export function addAssess(program: Command, run: (action: Action) => Promise<void>): void {
  const command = program
    .command('assess')
    .argument(
      '[version]',
      'MODEL@VERSION or MODEL@ALIAS; default: what the policy itself names; with --run a model of it',
    )
    .requiredOption('-p, --policy <file>', 'a .policy.yaml file (may be repeated)', collect)
    .option('--run <run>', 'assess a finished benchmark run, or `latest`, in place of a registered version')
    .option('--scorecard <file>', 'write the scorecard here; default: where the policy says')
    .option(
      '--fail-on <severity>',
      'also exit with 1 when an unwaived control of this severity or above is not compliant: critical, high, medium, low; or never',
      readFailOn,
    );
  addExportOptions(command).action((reference: string | undefined, _options: unknown, command: Command) =>
    run(() => assess(reference, { ...command.opts<AssessOptions>(), ...globalOptions(command) })),
  );
}

async function assess(reference: string | undefined, options: AssessOptions): Promise<ExitCode> {
  const host = createHost();
  const interrupts = watchInterrupts(host.clock);
  const { signal } = interrupts;
  const targets = exportTargets(options);
  const files = (options.policy ?? []).map(file => path.resolve(file));
  // A policy may come from elsewhere: the workspace is the one this is called in, and only without one the policy's.
  const here = process.cwd();
  const start = (await findWorkspaceFolder(host.files, here)) ?? path.dirname(files[0] ?? here);
  try {
    return await withStore(host, start, options.store, signal, async (store, workspace) => {
      const ports = createGovernancePorts(host, store);
      const assessment = await assessVersion(
        {
          ...(await readTarget(reference, options.run, store)),
          policies: files.map(file => ({ path: file })),
          folder: workspace.folder,
          ...(options.scorecard === undefined ? {} : { scorecard: path.resolve(options.scorecard) }),
        },
        ports,
        signal,
      );
      const { record } = assessment.view.scorecard;
      // The assessment stands whatever becomes of its exports, so it is told before them.
      print(assessment, options);
      if (targets.length > 0)
        await exportAssessmentAs(record.id, targets, ports, createExportTools(workspace.folder), signal);
      noteTargets(targets);
      const reason = reasonToFail(record, options.failOn);
      if (reason !== undefined) printNote(`Exit code 1: ${reason}`);
      return reason === undefined ? 0 : 1;
    });
  } finally {
    interrupts.dispose();
  }
}

async function readTarget(
  reference: string | undefined,
  run: string | undefined,
  store: Store,
): Promise<Pick<AssessRequest, 'model' | 'version' | 'runId'>> {
  if (run === undefined) return reference === undefined ? {} : readVersionName(reference);
  const runId = await findRun(store, run);
  return reference === undefined ? { runId } : { runId, model: reference };
}

function print(assessment: Assessment, options: AssessOptions): void {
  const { view, written, approvalFailure } = assessment;
  if (options.json === true) printJson(assessment);
  else printResult(renderAssessmentText(view, tableWidth()));
  if (written !== undefined) printNote(`Scorecard written to ${written}.`);
  if (approvalFailure !== undefined) {
    printNote(`Approval could not be requested: ${approvalFailure.message}`);
    if (approvalFailure.remedy !== undefined) printNote(`  ${approvalFailure.remedy}`);
  }
}
