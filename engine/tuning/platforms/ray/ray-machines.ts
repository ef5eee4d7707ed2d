import type { RayPlatform } from '../../../../schemas/generated/files.ts';
import type { PreflightFinding } from '../../../../schemas/generated/messages.ts';
import { WorkbenchError } from '../../../base/errors.ts';
import { renewedCredential, type Credential } from '../../../models/http/credential.ts';
import { isRecord } from '../../../models/http/json.ts';
import { toSecretReference } from '../../../ports/secrets.ts';
import type { RunPorts } from '../../../runs/ports.ts';
import type { Machine, MachineRequest, Machines } from '../../machines/machine.ts';
import { createPlatformClient, malformed, type PlatformCall } from '../../machines/rest.ts';
import type { JobBundle } from '../../platform.ts';
import { attemptOf, jobName, quoteShell } from '../job-names.ts';
import { readJob, readResources, tagKey } from './wire.ts';

export type RayPorts = Pick<RunPorts, 'clock' | 'secrets' | 'createHttp' | 'networkFor' | 'random'>;

const product = 'Ray';
/** Characters of a log that are read. */
const mostLog = 64 * 1024;
/** Milliseconds that a stopped job is waited for: Ray gives its processes 3 seconds before it kills them. */
const stopWait = 20_000;
const stopPause = 500;

/** A Ray cluster as a place for jobs: one submission a job, under a name made of the run's tag, which Ray accepts only once. */
export function createRayMachines(name: string, settings: RayPlatform, ports: RayPorts): Machines {
  const baseUrl = settings.url.replace(/\/+$/, '');
  const { origin } = new URL(baseUrl);
  const client = createPlatformClient(
    {
      name,
      product,
      baseUrl,
      credential: credentialOf(settings, origin, ports),
      keyRemedy:
        'Give the cluster’s token in workbench.yaml (`ray get-auth-token` prints it), and check that the proxy before it lets jobs be submitted.',
      readError: ({ msg, detail }) => [msg, detail].find((text): text is string => typeof text === 'string'),
    },
    {
      http: ports.createHttp(origin, { connections: 4, ...ports.networkFor(origin) }),
      clock: ports.clock,
      random: ports.random,
    },
  );
  const send = (call: PlatformCall, signal: AbortSignal, expect?: readonly number[]) =>
    client.send(settings.token === undefined ? { ...call, open: true } : call, signal, expect);
  const pathOf = (id: string, rest = '') => `/api/jobs/${encodeURIComponent(id)}${rest}`;
  /** Jobs that Ray has agreed to stop. One that waits for resources shows it only once it gets them, and stops then before it trains. */
  const stopping = new Set<string>();
  const read = (value: unknown): Machine | undefined => {
    const job = readJob(value, settings.price);
    return job?.raw === 'PENDING' && stopping.has(job.id) ? { ...job, state: 'cancelled', ended: true } : job;
  };

  async function listAll(signal: AbortSignal): Promise<Machine[]> {
    const { json } = await send({ method: 'GET', path: '/api/jobs/' }, signal);
    if (!Array.isArray(json)) throw malformed(product, name, 'list of jobs');
    return json.flatMap(value => read(value) ?? []);
  }

  async function find(tag: string, signal: AbortSignal): Promise<Machine[]> {
    return (await listAll(signal)).filter(job => job.tag === tag);
  }

  async function look(id: string, signal: AbortSignal): Promise<Machine | undefined> {
    const { status, json } = await send({ method: 'GET', path: pathOf(id) }, signal, [404]);
    if (status === 404) return undefined;
    const job = read(json);
    if (job === undefined) throw malformed(product, name, 'job of ours');
    return job;
  }

  async function create(request: MachineRequest, signal: AbortSignal): Promise<Machine> {
    const { tag, argv, env } = request;
    const before = (await find(tag, signal)).map(({ id }) => attemptOf(tag, id) ?? 0);
    const id = jobName(tag, Math.max(0, ...before) + 1);
    const body = {
      entrypoint: quoteShell(argv),
      submission_id: id,
      runtime_env: { env_vars: env },
      metadata: { [tagKey]: tag },
      entrypoint_num_cpus: settings.cpus ?? 1,
      entrypoint_num_gpus: gpusOf(settings, request.bundle),
    };
    const reply = await send({ method: 'POST', path: '/api/jobs/', body }, signal, [400, 500]);
    if (reply.status === 200) {
      const made = isRecord(reply.json) ? reply.json['submission_id'] : undefined;
      if (made !== id) throw malformed(product, name, 'submission');
      return (await look(id, signal)) ?? { id, tag, state: 'provisioning', raw: 'PENDING' };
    }
    // Whoever has submitted it under our name: it is this run's job.
    if (reply.text.includes('already exists')) {
      const job = await look(id, signal);
      if (job?.tag === tag) return job;
    }
    const said = client.endpoint.quote(lastLine(reply.text));
    const isRefused = reply.status === 400;
    throw new WorkbenchError(
      isRefused ? 'platform-refused' : 'platform-unreachable',
      `Ray did not take the job (${name}: HTTP ${String(reply.status)}, ${said}).`,
      {
        remedy: isRefused
          ? 'Check `cpus`, `gpus` and `python` in workbench.yaml.'
          : 'See the dashboard’s log on the head node.',
      },
    );
  }

  async function terminate(id: string, signal: AbortSignal): Promise<void> {
    const stopped = await send({ method: 'POST', path: pathOf(id, '/stop'), repeatable: true }, signal, [404]);
    if (stopped.status === 404) return;
    if (isRecord(stopped.json) && stopped.json['stopped'] === true) stopping.add(id);
    const until = ports.clock.monotonic() + stopWait;
    for (;;) {
      const job = await look(id, signal);
      if (job === undefined || job.ended === true) return;
      if (ports.clock.monotonic() >= until) break;
      await ports.clock.sleep(stopPause, signal);
    }
    throw new WorkbenchError('platform-unreachable', `Ray (${name}) was asked to stop ${id}, which still runs.`, {
      remedy: `Look at the cluster’s dashboard, or run \`ray job stop ${id}\`.`,
    });
  }

  return {
    name,
    type: 'ray',
    preflight: (bundle, signal) => checkCluster(bundle, signal),
    find,
    hourlyPrice: () => Promise.resolve(settings.price),
    create,
    look,
    async logs(id, signal) {
      const { status, json } = await send({ method: 'GET', path: pathOf(id, '/logs') }, signal, [404]);
      const logs = isRecord(json) ? json['logs'] : undefined;
      return status === 404 || typeof logs !== 'string' ? '' : logs.slice(-mostLog);
    },
    terminate,
    inventory: {
      list: async signal => (await listAll(signal)).map(({ ended = false, ...job }) => ({ ...job, ended })),
      terminate,
    },
  };

  async function checkCluster(bundle: JobBundle, signal: AbortSignal): Promise<readonly PreflightFinding[]> {
    try {
      const { json } = await send({ method: 'GET', path: '/api/version' }, signal);
      const version = isRecord(json) ? json['ray_version'] : undefined;
      if (typeof version !== 'string') throw malformed(product, name, 'Ray dashboard');
      // Only this asks for the token where the cluster wants one.
      await listAll(signal);
      const status = await send({ method: 'GET', path: '/api/cluster_status' }, signal, [404, 500]);
      return [
        { check: 'credentials', level: 'ok', message: `Ray ${version} at ${baseUrl} takes jobs.` },
        ...resourceFindings(status.json, bundle),
      ];
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof WorkbenchError)) throw error;
      const { message, remedy, code } = error;
      const check =
        code === 'secret-missing' || code === 'platform-refused' || code === 'origin-not-allowed'
          ? 'credentials'
          : 'availability';
      return [{ check, level: 'error', message, ...(remedy === undefined ? {} : { remedy }) }];
    }
  }

  function resourceFindings(status: unknown, bundle: JobBundle): PreflightFinding[] {
    const wanted = [
      ['CPU', settings.cpus ?? 1],
      ['GPU', gpusOf(settings, bundle)],
    ] as const;
    return wanted.flatMap(([resource, count]): PreflightFinding[] => {
      const have = readResources(status, resource);
      if (count === 0 || have === undefined) return [];
      const needs = `The job reserves ${String(count)} ${resource}`;
      if (have.total < count) {
        const message = `${needs}, and the cluster has ${String(have.total)} now.`;
        return [
          {
            check: 'availability',
            level: 'warning',
            message,
            remedy: 'It waits until the cluster grows, at most until its boot deadline.',
          },
        ];
      }
      if (have.total - have.used < count) {
        const message = `${needs}, and ${String(have.total - have.used)} of ${String(have.total)} are free now.`;
        return [
          {
            check: 'availability',
            level: 'warning',
            message,
            remedy: 'It waits for others to end, at most until its boot deadline.',
          },
        ];
      }
      return [{ check: 'availability', level: 'ok', message: `${needs}; ${String(have.total - have.used)} are free.` }];
    });
  }
}

/** What a job says about its hardware goes before the platform's settings. */
function gpusOf(settings: RayPlatform, { hardware }: JobBundle): number {
  return hardware?.count ?? settings.gpus ?? 0;
}

function credentialOf({ token }: RayPlatform, origin: string, { secrets, clock }: RayPorts): Credential {
  if (token === undefined) return { current: () => undefined, renew: () => Promise.resolve('') };
  const reference = toSecretReference(token);
  return renewedCredential(undefined, signal => secrets.resolve(reference, origin, signal), clock);
}

function lastLine(text: string): string {
  return (
    text
      .trim()
      .split('\n')
      .filter(line => line.trim().length > 1)
      .at(-1) ?? ''
  );
}
