import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { downloadAndUnzipVSCode, runTests } from '@vscode/test-electron';
import { environmentNames, type SuiteResults } from '../protocol.ts';
import { buildSuite } from './build-suite.ts';
import { examplesFolder, repositoryRoot } from './paths.ts';
import { createSandbox, type Sandbox } from './sandbox.ts';

const usage = `node test/host/electron.mjs [--version VERSION] [--vscode PROGRAM] [--grep REGEXP]

Runs the in-host suite in desktop VS Code, downloaded on first use. On Linux it needs a display (for example xvfb-run).
Exit code 2 says that it was skipped, because there is no VS Code and none could be downloaded.`;

const skippedCode = 2;

process.exitCode = await main();

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      version: { type: 'string', default: 'stable' },
      vscode: { type: 'string' },
      grep: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const program = values.vscode ?? (await download(values.version));
  if (program === undefined) return skippedCode;
  const sandbox = createSandbox(examplesFolder);
  try {
    return await runSuite(program, sandbox, values.grep);
  } finally {
    sandbox.remove();
  }
}

async function download(version: string): Promise<string | undefined> {
  try {
    return await downloadAndUnzipVSCode({ version, cachePath: path.join(repositoryRoot, '.vscode-test') });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    console.error(
      `SKIPPED: desktop VS Code (${version}) could not be downloaded: ${reason}\n` +
        'Nothing was tested. Run it where VS Code can be downloaded, or name an installed one with --vscode; ' +
        '"node test/host/run.mjs" runs the same suite in a browser without a download of VS Code.',
    );
    return undefined;
  }
}

async function runSuite(program: string, sandbox: Sandbox, grep: string | undefined): Promise<number> {
  const exitCode = await runTests({
    vscodeExecutablePath: program,
    extensionDevelopmentPath: repositoryRoot,
    extensionTestsPath: await buildSuite(),
    extensionTestsEnv: { [environmentNames.results]: sandbox.results, [environmentNames.grep]: grep },
    // What VS Code calls its user data folder is the folder "data" of the one that a server has.
    launchArgs: [sandbox.workspace, '--disable-workspace-trust', '--user-data-dir', path.join(sandbox.data, 'data')],
  }).catch((error: unknown) => {
    console.error(error);
    return 1;
  });
  if (!existsSync(sandbox.results)) {
    console.error('The suite wrote no results.');
    return 1;
  }
  const { passed, failed, host } = JSON.parse(readFileSync(sandbox.results, 'utf8')) as SuiteResults;
  console.log(`VS Code ${host.vscode}, Node ${host.node}, SQLite ${host.sqlite}`);
  console.log(`${passed} passed, ${failed} failed`);
  return exitCode === 0 && failed === 0 ? 0 : 1;
}
