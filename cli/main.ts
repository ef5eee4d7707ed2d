#!/usr/bin/env -S node --max-semi-space-size=8
// The flag keeps memory low: samples live for a moment, and a large young generation would only hold their remains longer.
import process from 'node:process';
import { Command, CommanderError } from 'commander';
import type { ExitCode } from '../engine/base/errors.ts';
import { addAssess } from './commands/assess.ts';
import { addAudit } from './commands/audit.ts';
import { addAssessments } from './commands/assessments.ts';
import { addConnections } from './commands/connections.ts';
import { addDue } from './commands/due.ts';
import { addConvert } from './commands/convert.ts';
import { addEvidence } from './commands/evidence.ts';
import { addDocuments } from './commands/documents.ts';
import { addFrameworks } from './commands/frameworks.ts';
import { addGovernance } from './commands/governance.ts';
import { addHosts } from './commands/hosts.ts';
import { addImport } from './commands/import.ts';
import { addPolicy } from './commands/policy.ts';
import { addPrompt } from './commands/prompt.ts';
import { addMcp } from './commands/mcp.ts';
import { addNotebook } from './commands/notebook.ts';
import { addKeys } from './commands/keys.ts';
import { addRegistry } from './commands/registry.ts';
import { addRun } from './commands/run.ts';
import { addRuns } from './commands/runs.ts';
import { addScorecard } from './commands/scorecard.ts';
import { addStore } from './commands/store.ts';
import { addTune } from './commands/tune.ts';
import { addValidate } from './commands/validate.ts';
import type { GlobalOptions } from './options.ts';
import { printFailure } from './output.ts';
import { version } from './version.ts';

const program = new Command('aiwb')
  .description('Benchmark AI models from files, and keep what was measured.')
  .option('--store <folder>', 'the store to use (default: .aiwb beside workbench.yaml)')
  .option('--json', 'print results as JSON')
  .option('--verbose', 'print more about failures')
  .addHelpText(
    'after',
    '\nExit codes: 0 done; 1 a gate not met, or validate found errors; 2 wrong usage or invalid input; 3 the run failed; 130 interrupted.',
  )
  .exitOverride()
  .configureOutput({ writeErr: text => process.stderr.write(text) });

addValidate(program, run);
addRun(program, run);
addTune(program, run);
addPrompt(program, run);
addRuns(program, run);
addNotebook(program, run);
addImport(program, run);
addConvert(program, run);
addAssess(program, run);
addScorecard(program, run);
addAssessments(program, run);
addConnections(program, run);
addRegistry(program, run);
addKeys(program, run);
addPolicy(program, run);
addEvidence(program, run);
addFrameworks(program, run);
addGovernance(program, run);
addDocuments(program, run);
addAudit(program, run);
addDue(program, run);
addStore(program, run);
addMcp(program, run);
addHosts(program, run);
// `--version` belongs to the program where no command is named: `registry publish` has one of its own.
if (!program.commands.some(command => process.argv.includes(command.name(), 2))) program.version(version);

// A reader that has seen enough, such as `head`, closes the pipe: nobody is left to be told more.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

/** Runs a command's action; its exit code becomes the program's, and a failure is told in full. */
async function run(action: () => Promise<ExitCode>): Promise<void> {
  const { json, verbose } = program.opts<GlobalOptions>();
  try {
    process.exitCode = await action();
  } catch (error) {
    process.exitCode = printFailure(error, json === true, verbose === true);
  }
}

try {
  await program.parseAsync();
} catch (error) {
  const { json, verbose } = program.opts<GlobalOptions>();
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else process.exitCode = printFailure(error, json === true, verbose === true);
}
