import type { RunPodPlatform } from '../../../../schemas/generated/files.ts';
import { WorkbenchError } from '../../../base/errors.ts';
import { checkKey } from '../../../models/http/endpoint.ts';
import { isRecord } from '../../../models/http/json.ts';
import { toSecretReference } from '../../../ports/secrets.ts';
import type { RunPorts } from '../../../runs/ports.ts';
import { toTaggedJob, type Machine, type MachineRequest, type Machines } from '../../machines/machine.ts';
import { createPlatformClient, malformed, PlatformRefusal, type PlatformClient } from '../../machines/rest.ts';
import type { JobBundle } from '../../platform.ts';
import { quoteShell } from '../job-names.ts';
import { inspectRunPod } from './preflight.ts';
import { wishesOf, type RunPodWishes } from './wishes.ts';
import { readGpuType, readList, readLogStream, readPod, readProblem, type GpuType } from './wire.ts';

export type RunPodPorts = Pick<RunPorts, 'clock' | 'secrets' | 'createHttp' | 'networkFor' | 'random'>;

export const runPodUrl = 'https://api.runpod.io/v2';
const product = 'RunPod';
const defaultImage = 'pytorch/pytorch:2.9.0-cuda12.8-cudnn9-runtime';

/** Pods of RunPod, by its REST API v2. A pod carries the run's tag as its name. */
export function createRunPodMachines(name: string, settings: RunPodPlatform, ports: RunPodPorts): Machines {
  const client = openClient(name, settings, ports);

  async function listAll(signal: AbortSignal): Promise<Machine[]> {
    const { json } = await client.send({ method: 'GET', path: '/pods' }, signal);
    const pods = readList(json, 'pods');
    if (pods === undefined) throw malformed(product, name, 'list of pods');
    return pods.flatMap(value => readPod(value) ?? []);
  }

  async function listGpus(bundle: JobBundle, signal: AbortSignal): Promise<GpuType[]> {
    const { count, cloud, dataCenters } = wishesOf(settings, bundle);
    const query = { include: 'AVAILABILITY', product: 'POD', count: String(count), cloud: cloud.toUpperCase() };
    const { json } = await client.send({ method: 'GET', path: '/catalog/gpus', query }, signal);
    const gpus = readList(json, 'gpus');
    if (gpus === undefined) throw malformed(product, name, 'list of GPUs');
    return gpus.flatMap(value => readGpuType(value, cloud, dataCenters) ?? []);
  }

  async function createOn(gpu: string, request: MachineRequest, signal: AbortSignal): Promise<Machine> {
    const { count, cloud, dataCenters } = wishesOf(settings, request.bundle);
    const { image = defaultImage, disk = 50, url } = settings;
    const body = {
      name: request.tag,
      image,
      gpu: { id: gpu, count },
      cloud: cloud.toUpperCase(),
      disk,
      args: quoteShell(request.argv),
      env: { ...request.env, ...(url === undefined ? {} : { AIWB_RUNPOD_URL: url.replace(/\/+$/, '') }) },
      ...(dataCenters.length === 0 ? {} : { dataCenterIds: dataCenters }),
    };
    const { json } = await client.send({ method: 'POST', path: '/pods', body }, signal);
    const pod = readPod(json);
    // It is there, whatever the answer says: the supervisor looks for it.
    if (pod === undefined) throw malformed(product, name, 'pod');
    return pod;
  }

  const machines: Machines = {
    name,
    type: 'runpod',
    preflight: (bundle, signal) =>
      inspectRunPod(name, wishesOf(settings, bundle), { listAll, listGpus }, bundle, signal),
    async hourlyPrice(bundle, signal) {
      const { gpus, count } = wishesOf(settings, bundle);
      const known = await listGpus(bundle, signal);
      const prices = gpus.flatMap(gpu => known.find(({ id }) => id === gpu)?.price ?? []);
      // Any of them may be the one: the dearest bounds the cost.
      return prices.length === 0 ? undefined : Math.max(...prices) * count;
    },
    async find(tag, signal) {
      return (await listAll(signal)).filter(pod => pod.tag === tag);
    },
    async create(request, signal) {
      let refusal: unknown;
      for (const gpu of wishesOf(settings, request.bundle).gpus) {
        try {
          return await createOn(gpu, request, signal);
        } catch (error) {
          if (!isOutOfStock(error)) throw error;
          refusal = error;
        }
      }
      throw outOfStock(name, wishesOf(settings, request.bundle), refusal);
    },
    async look(id, signal) {
      const { status, json } = await client.send({ method: 'GET', path: pathOf(id) }, signal, [404]);
      if (status === 404 || (isRecord(json) && json['status'] === 'TERMINATED')) return undefined;
      const pod = readPod(json);
      if (pod === undefined) throw malformed(product, name, 'pod');
      return pod;
    },
    async logs(id, signal) {
      const query = { tail: '100' };
      const call = { method: 'GET', path: `${pathOf(id)}/logs`, query, cut: 65_536, patience: 5000 } as const;
      const { status, text } = await client.send(call, signal, [404]);
      return status === 404 ? '' : readLogStream(text);
    },
    async terminate(id, signal) {
      await client.send({ method: 'DELETE', path: pathOf(id) }, signal, [404]);
    },
    inventory: {
      async list(signal) {
        return (await listAll(signal)).filter(({ tag }) => tag.startsWith('aiwb-')).map(toTaggedJob);
      },
      terminate: (id, signal) => machines.terminate(id, signal),
    },
  };
  return machines;
}

function openClient(name: string, settings: RunPodPlatform, ports: RunPodPorts): PlatformClient {
  const baseUrl = (settings.url ?? runPodUrl).replace(/\/+$/, '');
  const { origin } = new URL(baseUrl);
  let key: string | undefined;
  return createPlatformClient(
    {
      name,
      product,
      baseUrl,
      credential: {
        current: () => key,
        async renew(signal) {
          const found = await ports.secrets.resolve(toSecretReference(settings.apiKey), origin, signal);
          checkKey(name, found);
          key = found;
          return found;
        },
      },
      keyRemedy: `Check the apiKey of ${name} in workbench.yaml, and that the key may read and write pods (RunPod’s console, Settings, API keys).`,
      readError: readProblem,
    },
    {
      http: ports.createHttp(origin, { connections: 2, ...ports.networkFor(origin) }),
      clock: ports.clock,
      random: ports.random,
    },
  );
}

function pathOf(id: string): string {
  return `/pods/${encodeURIComponent(id)}`;
}

const stockWords =
  /\b(capacity|out of stock|no (longer )?(any )?(instances?|machines?|gpus?|resources?)|not enough|unavailable|not available)\b/i;

/** Whether a refusal says that this hardware is not to be had now: nothing was made, and another kind may be tried. */
function isOutOfStock(error: unknown): boolean {
  return error instanceof PlatformRefusal && ![401, 403, 429].includes(error.status) && stockWords.test(error.message);
}

function outOfStock(name: string, { gpus, count }: RunPodWishes, cause: unknown): WorkbenchError {
  return new WorkbenchError(
    'platform-refused',
    `RunPod (${name}) has none of these to give now: ${gpus.map(gpu => `${String(count)} × ${gpu}`).join(', ')}.`,
    { remedy: 'Try again later, or name further GPUs (`gpu: [A, B]`), other data centres or the other cloud.', cause },
  );
}
