import type { DenvrPlatform } from '../../../../schemas/generated/files.ts';
import type { PreflightFinding } from '../../../../schemas/generated/messages.ts';
import { toWorkbenchError } from '../../../base/errors.ts';
import { didYouMean } from '../../../base/suggest.ts';
import { toSecretReference } from '../../../ports/secrets.ts';
import type { RunPorts } from '../../../runs/ports.ts';
import { toTaggedJob, type Machine, type Machines } from '../../machines/machine.ts';
import { createPlatformClient, malformed, PlatformRefusal, type PlatformClient } from '../../machines/rest.ts';
import type { JobBundle } from '../../platform.ts';
import { createDenvrCredential } from './token.ts';
import { readAbpError, readApplication, readHardware, readItems, readResult, type HardwarePackage } from './wire.ts';

export type DenvrPorts = Pick<RunPorts, 'clock' | 'secrets' | 'createHttp' | 'networkFor' | 'random'>;

export const denvrUrl = 'https://api.cloud.denvrdata.com';
const product = 'Denvr';
const defaultImage = 'pytorch/pytorch:2.9.0-cuda12.8-cudnn9-runtime';
const api = '/api/v1/servers/applications';

/** An application's name: lower-case letters, digits and hyphens, as its address on the network is made of it. */
export function applicationName(tag: string): string {
  return tag
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .slice(0, 63);
}

/**
 * Custom applications of Denvr Cloud: a container of ours on hardware of theirs. Their API makes virtual machines too, but takes no program
 * for them to start with. An application's name is its id and is unique, so that none is ever made twice.
 */
export function createDenvrMachines(name: string, settings: DenvrPlatform, ports: DenvrPorts): Machines {
  const { cluster, pool = 'on-demand', image = defaultImage } = settings;
  const client = openClient(name, settings, ports);
  // Upper case does not survive in names: what we made is recognised by the name made of its tag.
  const readAs = (tag: string) => (value: unknown) =>
    readApplication(value, id => (id === applicationName(tag) ? tag : id));

  async function listItems(signal: AbortSignal): Promise<readonly unknown[]> {
    const { json } = await client.send({ method: 'GET', path: `${api}/GetApplications` }, signal);
    const items = readItems(json);
    if (items === undefined) throw malformed(product, name, 'list of applications');
    return items;
  }

  async function listHardware(signal: AbortSignal): Promise<HardwarePackage[]> {
    const query = { cluster, resourcePool: pool };
    const { json } = await client.send({ method: 'GET', path: `${api}/GetAvailability`, query }, signal);
    const items = readItems(json);
    if (items === undefined) throw malformed(product, name, 'list of configurations');
    return items.flatMap(value => readHardware(value) ?? []);
  }

  function packagesOf({ hardware }: Pick<JobBundle, 'hardware'>): readonly string[] {
    const wished = hardware?.gpus ?? [];
    return wished.length > 0 ? wished : [settings.configuration];
  }

  async function find(tag: string, signal: AbortSignal): Promise<Machine[]> {
    const found = (await listItems(signal)).flatMap(value => readAs(tag)(value) ?? []);
    return found.filter(machine => machine.tag === tag);
  }

  const machines: Machines = {
    name,
    type: 'denvr',
    preflight: (bundle, signal) => inspectDenvr(name, cluster, packagesOf(bundle), listHardware, signal),
    async hourlyPrice(bundle, signal) {
      const known = await listHardware(signal);
      const prices = packagesOf(bundle).flatMap(wished => known.find(one => one.name === wished)?.price ?? []);
      return prices.length === 0 ? undefined : Math.max(...prices);
    },
    find,
    async create({ tag, bundle, argv, env }, signal) {
      const packages = packagesOf(bundle);
      const known = packages.length > 1 ? await listHardware(signal) : [];
      const chosen = packages.find(wished => known.find(one => one.name === wished)?.isAvailable === true);
      const body = {
        name: applicationName(tag),
        cluster,
        hardwarePackageName: chosen ?? packages[0],
        imageUrl: image,
        imageCmdOverride: argv,
        environmentVariables: env,
        imageRepository: { hostname: 'https://index.docker.io/v1/', username: '', password: '' },
        resourcePool: pool,
        persistDirectAttachedStorage: false,
        personalSharedStorage: false,
        tenantSharedStorage: false,
        // Requirements are installed into the image's own Python.
        securityContext: { runAsRoot: true },
      };
      const { json } = await client.send({ method: 'POST', path: `${api}/CreateCustomApplication`, body }, signal);
      const application = readAs(tag)(readResult(json));
      if (application === undefined) throw malformed(product, name, 'application');
      return application;
    },
    async look(id, signal) {
      const query = { Id: id, Cluster: cluster };
      const call = { method: 'GET', path: `${api}/GetApplicationDetails`, query } as const;
      const reply = await client.send(call, signal, [404]).catch((error: unknown) => {
        // Its framework answers 500 for what is not there: whether that is so, the list tells.
        if (error instanceof PlatformRefusal && error.status >= 400 && ![401, 403, 429].includes(error.status))
          return undefined;
        throw error;
      });
      const found =
        reply === undefined || reply.status === 404 ? undefined : readApplication(readResult(reply.json), String);
      if (found !== undefined) return found;
      const items = await listItems(signal);
      return items.flatMap(value => readApplication(value, String) ?? []).find(one => one.id === id);
    },
    async logs(id, signal) {
      const query = { Id: id, Cluster: cluster };
      const call = { method: 'GET', path: `${api}/GetApplicationRuntimeLogs`, query, cut: 65_536 } as const;
      const { status, json, text } = await client.send(call, signal, [404]);
      if (status === 404) return '';
      const result = readResult(json);
      return typeof result === 'string' ? result : text;
    },
    async terminate(id, signal) {
      const query = { Id: id, Cluster: cluster };
      try {
        await client.send({ method: 'DELETE', path: `${api}/DestroyApplication`, query }, signal, [404]);
      } catch (error) {
        // What is gone cannot be destroyed again, and is told like any failure.
        if (!(error instanceof PlatformRefusal) || (await machines.look(id, signal)) !== undefined) throw error;
      }
    },
    inventory: {
      async list(signal) {
        const ours = (await listItems(signal)).flatMap(value => readApplication(value, String) ?? []);
        return ours.filter(({ id }) => id.startsWith('aiwb-')).map(toTaggedJob);
      },
      terminate: (id, signal) => machines.terminate(id, signal),
    },
  };
  return machines;
}

function openClient(name: string, settings: DenvrPlatform, ports: DenvrPorts): PlatformClient {
  const baseUrl = (settings.url ?? denvrUrl).replace(/\/+$/, '');
  const { origin } = new URL(baseUrl);
  const login = {
    name,
    username: settings.username,
    password: (signal: AbortSignal) => ports.secrets.resolve(toSecretReference(settings.password), origin, signal),
  };
  const client: PlatformClient = createPlatformClient(
    {
      name,
      product,
      baseUrl,
      credential: createDenvrCredential(login, () => client, ports.clock),
      keyRemedy: `Check username and password of ${name} in workbench.yaml, and what the user may do.`,
      readError: readAbpError,
    },
    {
      http: ports.createHttp(origin, { connections: 2, ...ports.networkFor(origin) }),
      clock: ports.clock,
      random: ports.random,
    },
  );
  return client;
}

async function inspectDenvr(
  name: string,
  cluster: string,
  packages: readonly string[],
  listHardware: (signal: AbortSignal) => Promise<readonly HardwarePackage[]>,
  signal: AbortSignal,
): Promise<readonly PreflightFinding[]> {
  let known: readonly HardwarePackage[];
  try {
    known = await listHardware(signal);
  } catch (error) {
    signal.throwIfAborted();
    const { code, message, remedy } = toWorkbenchError(error);
    const isScope = error instanceof PlatformRefusal && error.status === 403;
    const check = isScope ? 'scope' : code === 'platform-malformed' ? 'availability' : 'credentials';
    return [{ check, level: 'error', message, ...(remedy === undefined ? {} : { remedy }) }];
  }
  const findings: PreflightFinding[] = [
    { check: 'credentials', level: 'ok', message: `Denvr accepts the user of ${name}.` },
  ];
  const available = packages.filter(wished => known.find(one => one.name === wished)?.isAvailable !== false);
  for (const wished of packages) {
    if (known.some(one => one.name === wished)) continue;
    const names = known.map(one => one.name);
    findings.push({
      check: 'availability',
      level: 'error',
      message: `${cluster} has no configuration "${wished}"${didYouMean(wished, names)}.`,
      remedy: `It has: ${names.slice(0, 40).join(', ')}.`,
    });
  }
  if (findings.length > 1) return findings;
  const isThere = available.length > 0;
  findings.push({
    check: 'availability',
    level: isThere ? 'ok' : 'error',
    message: isThere
      ? `Available in ${cluster}: ${available.join(', ')}.`
      : `${cluster} has none to give now: ${packages.join(', ')}.`,
    ...(isThere ? {} : { remedy: 'Try again later, or name another configuration or cluster.' }),
  });
  return findings;
}
