import process from 'node:process';
import { text } from 'node:stream/consumers';
import { toWorkbenchError, WorkbenchError, type ExitCode } from '../engine/base/errors.ts';
import type { RunRecord, Store } from '../engine/ports/store.ts';
import type { RunPorts } from '../engine/runs/ports.ts';
import type { TuningOptions } from '../engine/tuning/execute.ts';
import { runSearch } from '../engine/tuning/search/run-search.ts';
import { loadWorkspace } from '../engine/workspace/workspace.ts';
import { redact } from '../platform/secrets/redact.ts';
import { createRelayedSecrets, renewCredential } from '../platform/secrets/secrets.ts';
import { openStore } from '../platform/store/store.ts';
import { allowsOne } from './access.ts';
import { createHost, createRunPorts } from './composition.ts';
import type { RunHandover } from './detached.ts';
import { executeCreated } from './execute.ts';

/** A detached run: reads what it may use from the standard input, runs to the end and logs to its standard output, a JSON object a line. */
export async function runWorker(runId: string, storeFolder: string): Promise<ExitCode> {
  const input = readInput(await text(process.stdin));
  const host = createHost();
  const values = input.secrets.map(({ value }) => value);
  const log = (event: string, facts: Readonly<Record<string, unknown>> = {}): void => {
    const line = JSON.stringify({ time: new Date(host.clock.now()).toISOString(), run: runId, event, ...facts });
    process.stdout.write(`${redact(line, values)}\n`);
  };
  const stop = new AbortController();
  const onSignal = (name: NodeJS.Signals): void => {
    log('signal', { name });
    stop.abort(new WorkbenchError('cancelled', 'Cancelled.'));
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  log('started', { pid: process.pid, node: process.versions.node });
  const store = await openStore({ folder: storeFolder, clock: host.clock });
  try {
    const record = await store.getRun(runId);
    const workspace = await loadWorkspace(host.files, record.spec.folder, stop.signal);
    const ports = await createRunPorts(
      host,
      workspace,
      {
        secrets: createRelayedSecrets(
          input.secrets,
          async (reference, signal) => {
            const fresh = await renewCredential(reference, process.env, signal);
            values.push(fresh);
            return fresh;
          },
          input.origins,
        ),
        allowsProgram: command => allowsOne(input.programs, command),
      },
      input.network,
      stop.signal,
    );
    let lastLogged = 0;
    const options: TuningOptions = {
      owner: host.owner,
      onLog: line => {
        log('platform', { line });
      },
      onNote: sentence => {
        log('note', { sentence });
      },
      onProgress: progress => {
        if (host.clock.monotonic() - lastLogged < 5000) return;
        lastLogged = host.clock.monotonic();
        log('progress', {
          done: progress.done,
          total: progress.total,
          failed: progress.failed,
          errors: progress.errors,
        });
      },
    };
    const execute = (run: RunRecord, signal: AbortSignal): Promise<RunRecord> =>
      executeCreated(run, store, ports, options, signal);
    if (record.spec.trial !== undefined) return await runTrials(record, store, ports, execute, log, stop.signal);
    const { summary } = await execute(record, stop.signal);
    log('ended', { state: summary.state, ...(summary.failure === undefined ? {} : { failure: summary.failure }) });
    return summary.state === 'succeeded' ? 0 : summary.state === 'cancelled' ? 130 : 3;
  } catch (error) {
    const { code, message, stack } = toWorkbenchError(error);
    log('failed', { code, message, stack });
    await store.failQueued(runId, { code, message });
    throw error;
  } finally {
    await store.close();
  }
}

/** All trials of a search, in this process; their lines go to one log. */
async function runTrials(
  of: RunRecord,
  store: Store,
  ports: RunPorts,
  execute: (trial: RunRecord, signal: AbortSignal) => Promise<RunRecord>,
  log: (event: string, facts?: Readonly<Record<string, unknown>>) => void,
  signal: AbortSignal,
): Promise<ExitCode> {
  const hooks = {
    async execute(trial: RunRecord, stop: AbortSignal): Promise<RunRecord> {
      const { id } = trial.summary;
      if (of.logPath !== undefined && trial.logPath === undefined) await store.setLogPath(id, of.logPath);
      log('trial', { trial: trial.spec.trial?.trial, id });
      const ended = await execute(trial, stop);
      const { state, failure } = ended.summary;
      log('ended', { id, state, ...(failure === undefined ? {} : { failure }) });
      return ended;
    },
    onNote: (sentence: string): void => {
      log('note', { sentence });
    },
  };
  const { stopped, measured, best, registered } = await runSearch(of, store, ports, hooks, signal);
  log('searched', {
    stopped,
    ...(best === undefined ? {} : { best: best.run.id }),
    ...(registered === undefined ? {} : { registered }),
  });
  if (stopped) return 130;
  return measured.every(({ report }) => report.run.state === 'succeeded') ? 0 : 3;
}

function readInput(json: string): RunHandover {
  try {
    const input = JSON.parse(json) as Partial<RunHandover>;
    const { secrets = [], programs = [], origins = [], network = {} } = input;
    return { secrets, programs, origins, network };
  } catch (error) {
    throw new WorkbenchError(
      'usage',
      'run-worker reads its settings from the standard input, and they were not readable.',
      {
        remedy: 'Use `aiwb run` instead; it starts the worker itself.',
        cause: error,
      },
    );
  }
}
