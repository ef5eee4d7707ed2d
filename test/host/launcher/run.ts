import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { parseArgs, stripVTControlCharacters } from 'node:util';
import type { SuiteResults, TestResult } from '../protocol.ts';
import { withBrowserHost, type BrowserHost, type HostOptions } from './browser-host.ts';
import { buildSuite } from './build-suite.ts';
import { installServer } from './install-server.ts';
import { examplesFolder, logsFolder, repositoryRoot, resultsFile } from './paths.ts';
import { failedGroups, judge, type Judgement } from './second-try.ts';
import { createScenarioContext, listScenarios, loadScenario, type Scenario } from './scenario.ts';

const usage = `node test/host/run.mjs [--suite] [--scenario NAME]… [options]

Runs the in-host tests in VS Code in a browser; without --suite and --scenario, all of them.

  --suite              run the tests in test/host/suite in the extension host
  --scenario NAME      run test/host/scenarios/NAME, or a file given by its path; may be repeated
  --grep REGEXP        only the suite's tests whose title matches
  --extension FOLDER   extension under development (default: the repository)
  --workspace FOLDER   folder to copy as the workspace (default: examples)
  --tests FOLDER       folder of *.test.ts files (default: test/host/suite)
  --timeout SECONDS    for the suite, and for each scenario (default: 1800)
  --second-try         run what failed once more in a fresh VS Code: groups of the suite, and scenarios; what
                       passes then counts as passed and is named at the end as unsteady
  --headed             show the browser
  --verbose            print everything that VS Code writes to its console
  --help`;

type SharedOptions = Omit<HostOptions, 'tests' | 'log'>;

interface Task {
  name: string;
  log: string;
  /** Throws when it failed. Given `again`, it has a second try and resolves to what failed only at first. */
  run(signal: AbortSignal, again: boolean): Promise<string[]>;
}

// A scenario that was given up may still hold timers, so the process does not wait for them.
process.exit(await main());

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      suite: { type: 'boolean', default: false },
      scenario: { type: 'string', multiple: true, default: [] },
      grep: { type: 'string' },
      extension: { type: 'string', default: repositoryRoot },
      workspace: { type: 'string', default: examplesFolder },
      tests: { type: 'string' },
      timeout: { type: 'string', default: '1800' },
      'second-try': { type: 'boolean', default: false },
      headed: { type: 'boolean', default: false },
      verbose: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const options: SharedOptions = {
    extension: path.resolve(values.extension),
    workspace: path.resolve(values.workspace),
    grep: values.grep,
    headed: values.headed,
    verbose: values.verbose,
  };
  const everything = !values.suite && values.scenario.length === 0;
  const tasks: Task[] = (everything ? listScenarios() : values.scenario).map(name => scenarioTask(name, options));
  if (values.suite || everything) tasks.unshift(suiteTask(options, values.tests));

  const interrupted = abortOnSignals();
  await installServer(interrupted);
  return (await runTasks(tasks, Number(values.timeout), values['second-try'], interrupted)) ? 0 : 1;
}

/** Runs one after the other. All that failed, and all that needed its second try, stands at the end again. */
async function runTasks(tasks: Task[], seconds: number, again: boolean, interrupted: AbortSignal): Promise<boolean> {
  const failures: string[] = [];
  const unsteady: string[] = [];
  for (const task of tasks) {
    console.log(`\n${task.name}`);
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(new Error(`No end after ${seconds} seconds.`)), seconds * 1000);
    try {
      unsteady.push(...(await task.run(AbortSignal.any([interrupted, late.signal]), again)));
      console.log(`${task.name}: passed`);
    } catch (error) {
      const told = describeError(error);
      failures.push(`${task.name}: ${told}`);
      console.error(told);
      console.error(`${task.name}: FAILED (what VS Code wrote: ${path.relative(process.cwd(), task.log)})`);
    } finally {
      clearTimeout(timer);
    }
    if (interrupted.aborted) return false;
  }
  if (unsteady.length > 0) console.log(`\n=== unsteady: passed only at a second try\n${unsteady.join('\n\n')}`);
  if (failures.length > 0) console.log(`\n=== failures\n${failures.join('\n\n')}`);
  return failures.length === 0;
}

function describeError(error: unknown): string {
  return error instanceof Error ? stripVTControlCharacters(error.stack ?? error.message) : String(error);
}

function suiteTask(options: SharedOptions, tests: string | undefined): Task {
  const log = path.join(logsFolder, 'suite.log');
  return {
    name: 'suite',
    log,
    async run(signal, again) {
      const bundle = await buildSuite(tests === undefined ? undefined : path.resolve(tests));
      const play = async (grep: string | undefined): Promise<SuiteResults> => {
        rmSync(resultsFile, { force: true });
        return await withBrowserHost({ ...options, grep, tests: bundle, log }, finishSuite, signal);
      };
      const first = await play(options.grep);
      const groups = again ? failedGroups(first) : undefined;
      if (groups === undefined) return conclude(judge(first));
      console.log(`Once more, in a fresh VS Code: ${groups}`);
      return conclude(judge(first, await play(groups)));
    },
  };
}

/** VS Code's exit code and the written results must agree on whether all is well: either alone can be missing or wrong. */
async function finishSuite({ finished, sandbox }: BrowserHost): Promise<SuiteResults> {
  const exitCode = await finished;
  const results = keepResults(sandbox.results);
  if (!results) throw new Error(`The suite ended with exit code ${exitCode} and wrote no results.`);
  const { vscode, node, sqlite } = results.host;
  console.log(`VS Code ${vscode}, Node ${node}, SQLite ${sqlite}`);
  if ((exitCode === 0) !== (results.failed === 0 && results.passed > 0)) {
    throw new Error(`The suite ended with exit code ${exitCode}, yet ${results.failed} of its tests failed.`);
  }
  return results;
}

/** Resolves to the failures that a second try did not have; throws the others, or that there was no test. */
function conclude({ passed, failures, unsteady }: Judgement): string[] {
  console.log(`${passed} passed, ${failures.length} failed`);
  if (failures.length > 0) throw new Error(failures.map(describeFailure).join('\n'));
  if (passed === 0) throw new Error('No test ran.');
  return unsteady.map(describeFailure);
}

function describeFailure({ title, error }: TestResult): string {
  return `${title}\n${stripVTControlCharacters(error ?? '')}`;
}

function keepResults(written: string): SuiteResults | undefined {
  if (!existsSync(written)) return undefined;
  mkdirSync(path.dirname(resultsFile), { recursive: true });
  copyFileSync(written, resultsFile);
  return JSON.parse(readFileSync(written, 'utf8')) as SuiteResults;
}

function scenarioTask(given: string, options: SharedOptions): Task {
  const { name } = path.parse(given);
  const log = path.join(logsFolder, `${name}.log`);
  return {
    name: `scenario ${name}`,
    log,
    async run(signal, again) {
      const scenario = await loadScenario(given);
      const play = (): Promise<void> =>
        withBrowserHost({ ...options, log }, host => playScenario(host, scenario, name), signal);
      try {
        await play();
        return [];
      } catch (error) {
        if (!again || signal.aborted) throw error;
        const told = `scenario ${name}: ${describeError(error)}`;
        console.error(`${told}\nOnce more, in a fresh VS Code`);
        await play();
        return [told];
      }
    },
  };
}

async function playScenario(host: BrowserHost, scenario: Scenario, name: string): Promise<void> {
  try {
    await scenario(createScenarioContext(host));
  } catch (error) {
    await host.actions.screenshot(`failed-${name}`).catch(() => undefined); // The first failure is the one to tell.
    throw error;
  }
}

/** The first signal ends everything in order; a second one finds the default handler and ends this process. */
function abortOnSignals(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(name, () => controller.abort(new Error(`Interrupted by ${name}.`)));
  }
  return controller.signal;
}
