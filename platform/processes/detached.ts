import { spawn } from 'node:child_process';
import { WorkbenchError } from '../../engine/base/errors.ts';
import { openLog } from './log.ts';

export interface DetachedRun {
  /** Node, or an Electron binary that can act as Node. */
  readonly nodePath: string;
  readonly aiwbPath: string;
  readonly runId: string;
  /** Absolute path of the store folder. */
  readonly store: string;
  /** Working directory. */
  readonly folder: string;
  /** Sent as JSON over the standard input, which then closes: secrets go this way and no other. */
  readonly input: unknown;
  readonly logPath: string;
  /** Called when the process ends while this one is still there. */
  readonly onExit?: (code: number | null) => void;
}

/** Samples live for a moment; a large young generation would only hold their remains longer. MB for one of V8's half spaces. */
const youngGeneration = '--max-semi-space-size=8';

/** Starts a run in a process group of its own that outlives this process; its output goes to the log. Resolves once it runs. */
export async function startDetachedRun(run: DetachedRun): Promise<{ readonly pid: number }> {
  const log = await openLog(run.logPath);
  try {
    const child = spawn(run.nodePath, [youngGeneration, run.aiwbPath, 'run-worker', run.runId, '--store', run.store], {
      cwd: run.folder,
      detached: true,
      windowsHide: true,
      stdio: ['pipe', log.fd, log.fd],
      env: environmentFor(run.nodePath, process.env),
    });
    const pid = await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('spawn', () => {
        resolve(child.pid ?? 0);
      });
    });
    // A worker that dies before it has read its input is noticed through its lease.
    const { stdin } = child;
    stdin?.on('error', () => undefined);
    await new Promise<void>(resolve => stdin?.end(JSON.stringify(run.input), resolve) ?? resolve());
    child.once('exit', code => run.onExit?.(code));
    child.unref();
    return { pid };
  } catch (error) {
    throw new WorkbenchError(
      'run-failed',
      `The run process could not be started: ${error instanceof Error ? error.message : String(error)}.`,
      {
        remedy: `Check that ${run.nodePath} is a Node 24 or newer, or set aiWorkbench.nodePath.`,
        cause: error,
      },
    );
  } finally {
    await log.close();
  }
}

/** The environment without what an editor sets for its own processes; Electron is told to act as Node. */
export function environmentFor(program: string, environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const own = Object.entries(environment).filter(([name]) => !/^(ELECTRON_|VSCODE_)/.test(name));
  const electron = isElectron(program) ? { ELECTRON_RUN_AS_NODE: '1' } : {};
  return { ...Object.fromEntries(own), ...electron };
}

/** Whether a program is an editor's own binary and not Node: only this process's own can be known for sure. */
function isElectron(program: string): boolean {
  return program === process.execPath ? 'electron' in process.versions : !/(^|[\\/])node[^\\/]*$/.test(program);
}
