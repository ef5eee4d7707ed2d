import { writeFileSync } from 'node:fs';
import process from 'node:process';
import { testFiles } from 'host-tests';
import Mocha from 'mocha';
import * as vscode from 'vscode';
import { environmentNames, testLinePrefix, type SuiteResults, type TestResult } from '../protocol.ts';
import { driver, isDriven } from './driver.ts';

/** `runMocha` listens and prints by itself. */
class SilentReporter extends Mocha.reporters.Base {
  override epilogue(): void {}
}

const testTimeoutMs = 60_000;

/**
 * VS Code calls this once, when its window is open. Runs every test file, prints one line a test, and writes the
 * results where the launcher asked for them. Throws when a test failed or when there was none.
 */
export async function run(): Promise<void> {
  const started = performance.now();
  const tests: TestResult[] = [];
  await runMocha(await createMocha(), tests);

  const count = (state: TestResult['state']): number => tests.filter(test => test.state === state).length;
  const results: SuiteResults = {
    host: describeHost(),
    passed: count('passed'),
    failed: count('failed'),
    skipped: count('skipped'),
    durationMs: Math.round(performance.now() - started),
    tests,
  };
  const file = process.env[environmentNames.results];
  if (file) writeFileSync(file, JSON.stringify(results, undefined, 2));
  print(`${results.passed} passed, ${results.failed} failed, ${results.skipped} skipped`);
  if (results.failed > 0) throw new Error(`${results.failed} tests failed.`);
  if (results.passed === 0) throw new Error('No test ran.');
}

/** Test files call `describe` and `it` as globals, so these are set before the files are loaded. */
async function createMocha(): Promise<Mocha> {
  const mocha = new Mocha({ ui: 'bdd', timeout: testTimeoutMs, reporter: SilentReporter });
  const grep = process.env[environmentNames.grep];
  if (grep) mocha.grep(new RegExp(grep));
  mocha.suite.emit(Mocha.Suite.constants.EVENT_FILE_PRE_REQUIRE, globalThis, '', mocha);
  mocha.suite.afterEach(async function () {
    const { currentTest } = this;
    if (currentTest?.state !== 'failed' || !isDriven()) return;
    await driver.screenshot(`failed-${currentTest.fullTitle().replace(/\W+/g, '-')}`);
  });
  for (const load of testFiles) await load();
  return mocha;
}

async function runMocha(mocha: Mocha, tests: TestResult[]): Promise<void> {
  const { EVENT_TEST_PASS, EVENT_TEST_FAIL, EVENT_TEST_PENDING } = Mocha.Runner.constants;
  const add = (test: Mocha.Test, state: TestResult['state'], error?: Error): void => {
    const [group = ''] = test.titlePath();
    const result: TestResult = { title: test.fullTitle(), group, state, durationMs: test.duration ?? 0 };
    tests.push(error ? { ...result, error: error.stack ?? error.message } : result);
    print(`${state.padEnd(7)} ${result.title} (${result.durationMs} ms)`);
    if (error) print(error.stack ?? error.message);
  };
  await new Promise<void>(resolve => {
    mocha
      .run(() => resolve())
      .on(EVENT_TEST_PASS, test => add(test, 'passed'))
      .on(EVENT_TEST_FAIL, (test, error: Error) => add(test, 'failed', error))
      .on(EVENT_TEST_PENDING, test => add(test, 'skipped'));
  });
}

function describeHost(): SuiteResults['host'] {
  return {
    vscode: vscode.version,
    node: process.versions.node,
    sqlite: process.versions.sqlite,
    appHost: vscode.env.appHost,
  };
}

function print(text: string): void {
  console.log(testLinePrefix + text);
}
