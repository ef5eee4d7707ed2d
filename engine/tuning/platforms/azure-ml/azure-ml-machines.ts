import type { AzureMlPlatform } from '../../../../schemas/generated/files.ts';
import { WorkbenchError } from '../../../base/errors.ts';
import type { Machine, MachineRequest, Machines } from '../../machines/machine.ts';
import { malformed } from '../../machines/rest.ts';
import { attemptOf, jobName } from '../job-names.ts';
import { command, putProgram } from './code-asset.ts';
import { resolveEnvironment } from './environment.ts';
import { checkWorkspace, computeName } from './preflight.ts';
import { readJob, tagKey } from './wire.ts';
import { createWorkspace, product, type AzureMlPorts } from './workspace.ts';

/** Milliseconds that a cancelled job is waited for here; whoever must know that it has ended asks on. */
const cancelWait = 60_000;
const cancelPause = 3000;

/**
 * An Azure Machine Learning workspace as a place for jobs: one command job each, under a name made of the run's tag. A name is taken for
 * good, so that asking for the same job twice makes one.
 */
export function createAzureMlMachines(name: string, settings: AzureMlPlatform, ports: AzureMlPorts): Machines {
  const workspace = createWorkspace(name, settings, ports);
  const pathOf = (id: string) => `/jobs/${encodeURIComponent(id)}`;
  const read = (value: unknown) => readJob(value, settings.price);

  async function listTagged(signal: AbortSignal): Promise<Machine[]> {
    const query = { tag: tagKey, jobType: 'Command', listViewType: 'All' };
    return (await workspace.list('/jobs', query, signal)).flatMap(value => read(value) ?? []);
  }

  /** Lists may be behind: a job that was just made is asked for by its name. */
  async function find(tag: string, signal: AbortSignal): Promise<Machine[]> {
    const found = (await listTagged(signal)).filter(job => job.tag === tag);
    for (let attempt = 1; ; attempt++) {
      const id = jobName(tag, attempt);
      if (found.some(job => job.id === id)) continue;
      const job = await look(id, signal);
      if (job === undefined) return found;
      found.push(job);
    }
  }

  async function look(id: string, signal: AbortSignal): Promise<Machine | undefined> {
    const { status, json } = await workspace.send({ method: 'GET', path: pathOf(id) }, signal, [404]);
    if (status === 404) return undefined;
    const job = read(json);
    if (job === undefined) throw malformed(product, name, 'job of ours');
    return job;
  }

  async function create(request: MachineRequest, signal: AbortSignal): Promise<Machine> {
    const { tag, bundle, lifetime } = request;
    const before = (await find(tag, signal)).map(({ id }) => attemptOf(tag, id) ?? 0);
    const id = jobName(tag, Math.max(0, ...before) + 1);
    const environmentId = await resolveEnvironment(workspace, settings, ports, signal);
    const codeId = await putProgram(workspace, id, request, ports, signal);
    const properties = {
      jobType: 'Command',
      displayName: bundle.name,
      experimentName: 'ai-workbench',
      tags: { [tagKey]: tag },
      command,
      codeId,
      environmentId,
      computeId: `${workspace.id}/computes/${encodeURIComponent(computeName(settings, bundle))}`,
      resources: { instanceCount: 1 },
      // Azure ends it then, whoever still watches.
      limits: { jobLimitsType: 'Command', timeout: `PT${String(Math.ceil(lifetime))}S` },
    };
    const { json } = await workspace.send({ method: 'PUT', path: pathOf(id), body: { properties } }, signal);
    const job = read(json);
    if (job === undefined) throw malformed(product, name, 'job');
    return job;
  }

  async function terminate(id: string, signal: AbortSignal): Promise<void> {
    const before = await look(id, signal);
    if (before === undefined || before.ended === true) return;
    await workspace.send({ method: 'POST', path: `${pathOf(id)}/cancel`, repeatable: true }, signal, [404, 409]);
    const until = ports.clock.monotonic() + cancelWait;
    for (;;) {
      const job = await look(id, signal);
      if (job === undefined || job.ended === true) return;
      if (ports.clock.monotonic() >= until) break;
      await ports.clock.sleep(cancelPause, signal);
    }
    throw new WorkbenchError(
      'platform-unreachable',
      `${product} (${name}) was asked to cancel ${id}, which has not ended yet.`,
      {
        remedy: 'Look at the job in Azure ML studio.',
      },
    );
  }

  return {
    name,
    type: 'azure-ml',
    preflight: (bundle, signal) => checkWorkspace(workspace, settings, bundle, signal),
    find,
    hourlyPrice: () => Promise.resolve(settings.price),
    create,
    look,
    // ARM does not give a job's output; the trainer's own log is in the storage.
    logs: () => Promise.resolve(''),
    terminate,
    inventory: {
      list: async signal => (await listTagged(signal)).map(({ ended = false, ...job }) => ({ ...job, ended })),
      terminate,
    },
  };
}
