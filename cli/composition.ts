import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { randomBytes } from 'node:crypto';
import type { NetworkSettings } from '../schemas/generated/messages.ts';
import { WorkbenchError } from '../engine/base/errors.ts';
import type { ExportTools } from '../engine/governance-exports/export.ts';
import type { GovernancePorts } from '../engine/ports/governance.ts';
import type { Clock } from '../engine/ports/clock.ts';
import type { Digest } from '../engine/ports/digest.ts';
import type { Files } from '../engine/ports/files.ts';
import type { Identities } from '../engine/ports/identity.ts';
import type { Signing } from '../engine/ports/signing.ts';
import type { LeaseOwner, Store } from '../engine/ports/store.ts';
import type { PageAssets, PageName } from '../engine/run-exports/html.ts';
import type { RunPorts } from '../engine/runs/ports.ts';
import type { DocumentPorts } from '../engine/source-documents/documents.ts';
import { readNetwork } from '../engine/workspace/network.ts';
import { findWorkspaceFolder, loadWorkspace, type Workspace } from '../engine/workspace/workspace.ts';
import { createDocumentReader } from '../platform/documents/reader.ts';
import { createFiles } from '../platform/files/files.ts';
import { createQuarantine } from '../platform/files/quarantine.ts';
import { createClock } from '../platform/host/clock.ts';
import { describeHost } from '../platform/host/describe.ts';
import { createDigest } from '../platform/host/digest.ts';
import { createIdentities } from '../platform/host/identity.ts';
import { createSigning } from '../platform/host/signing.ts';
import { createUsage } from '../platform/host/usage.ts';
import { createHttpClient } from '../platform/http/client.ts';
import { createPagePrinter } from '../platform/processes/chromium.ts';
import { createContainers } from '../platform/processes/containers.ts';
import { createPrograms } from '../platform/processes/programs.ts';
import { createTrainer } from '../platform/processes/trainer/trainer.ts';
import { databaseName } from '../platform/store/names.ts';
import { openStore } from '../platform/store/store.ts';
import type { Access } from './access.ts';
import { version } from './version.ts';

/** The Node implementations of the engine's ports that hold no state of a workspace. */
export interface Host {
  readonly files: Files;
  readonly clock: Clock;
  readonly digest: Digest;
  readonly identities: Identities;
  readonly signing: Signing;
  readonly random: () => number;
  readonly owner: LeaseOwner;
}

export function createHost(): Host {
  const { host, bootId, pid } = describeHost();
  return {
    files: createFiles(),
    clock: createClock(),
    digest: createDigest(),
    identities: createIdentities(),
    signing: createSigning(),
    random: Math.random,
    owner: { host, bootId, pid },
  };
}

/** The folder of the workbench.yaml above `start`, or `start` itself when there is none. */
export async function workspaceFolderOf(host: Host, start: string): Promise<string> {
  return (await findWorkspaceFolder(host.files, start)) ?? start;
}

/** Where a workspace's store lies: `--store`, else workbench.yaml's `store`, else `.aiwb` beside it. */
export function storeFolderOf(workspace: Workspace, override: string | undefined): string {
  if (override !== undefined) return path.resolve(override);
  return path.resolve(workspace.folder, workspace.config.store ?? '.aiwb');
}

/** Opens a store without the right to write. Absent when there is none: none is made. */
export async function openStoreToRead({ files, clock }: Host, folder: string): Promise<Store | undefined> {
  if ((await files.facts(files.resolve(folder, databaseName))) === undefined) return undefined;
  return openStore({ folder, clock, readOnly: true });
}

/** Opens the workspace's store, and hands it to `use`; it is closed whatever happens. */
export async function withStore<T>(
  host: Host,
  start: string,
  override: string | undefined,
  signal: AbortSignal,
  use: (store: Store, workspace: Workspace) => Promise<T>,
): Promise<T> {
  const workspace = await loadWorkspace(host.files, await workspaceFolderOf(host, start), signal);
  const store = await openStore({ folder: storeFolderOf(workspace, override), clock: host.clock });
  try {
    return await use(store, workspace);
  } finally {
    await store.close();
  }
}

/** The ports of a run in one workspace. */
export async function createRunPorts(
  host: Host,
  workspace: Workspace,
  access: Access,
  network: NetworkSettings,
  signal: AbortSignal,
): Promise<RunPorts> {
  const { host: name, node, platform, cpus } = describeHost();
  return {
    files: host.files,
    clock: host.clock,
    digest: host.digest,
    random: host.random,
    secrets: access.secrets,
    createHttp: createHttpClient,
    networkFor: await readNetwork(workspace, network, process.env, host.files, signal),
    host: { workbench: version, node, platform, host: name, cpus },
    usage: createUsage(),
    programs: createPrograms(command => access.allowsProgram(command)),
    quarantine: createQuarantine(),
    trainerFolder,
    trainer: createTrainer({
      trainerFolder,
      owner: host.owner,
      allowsPython: python => access.allowsProgram([python]),
    }),
    containers: createContainers(createPrograms(([program]) => program === 'docker' || program === 'podman')),
    // Few commands ask for it, and tuning is much to load.
    findJobResult: async (...asked) => (await import('../engine/tuning/job-result.ts')).findJobResult(...asked),
  };
}

/** The ports of governance over an open store. */
export function createGovernancePorts(
  { files, clock, digest, identities, signing, random }: Host,
  store: Store,
): GovernancePorts {
  return { store, files, clock, digest, identities, signing, random, workbench: version };
}

/** The same with what reads documents. */
export function createDocumentPorts(host: Host, store: Store): DocumentPorts {
  return { ...createGovernancePorts(host, store), reader: createDocumentReader() };
}

/** What exports of assessments need beside the ports: the page, and a browser of this machine that prints it. */
export function createExportTools(folder: string): ExportTools {
  // The browser is the person's own choice: no workspace names it.
  return {
    folder,
    pageAssets: () => readPageAssets('scorecard'),
    printer: createPagePrinter(createPrograms(() => true)),
  };
}

/** This program's own file: `aiwb.mjs` in a build, `main.ts` from source. */
export const programPath: string = fileURLToPath(import.meta.url).endsWith('composition.ts')
  ? fileURLToPath(new URL('main.ts', import.meta.url))
  : path.join(distFolder(), 'aiwb.mjs');

/** Address of the page that explains the codes of findings: it comes with the workbench, so that it is there without a network. */
export const explanationsPage: string = pathToFileURL(
  path.resolve(path.dirname(programPath), '../docs/diagnostics.md'),
).href;

/** Absolute path of the folder of starter policies: they come with the workbench. */
export const templatesFolder: string = path.resolve(path.dirname(programPath), '../templates/policies');

/** Absolute path of the folder with the trainer's package: it comes with the workbench. */
export const trainerFolder: string = programPath.endsWith('.ts')
  ? path.resolve(path.dirname(programPath), '../trainer')
  : path.join(path.dirname(programPath), 'trainer');

/** Folder of the bundles; chunks lie one level below it. */
function distFolder(): string {
  const here = path.dirname(fileURLToPath(import.meta.url));
  return path.basename(here) === 'aiwb-chunks' ? path.dirname(here) : here;
}

/** A standalone page, as built beside this program. */
export async function readPageAssets(name: PageName): Promise<PageAssets> {
  const script = await readBuilt(`webviews/${name}-standalone.js`, `The ${name} page`);
  return { script, nonce: randomBytes(16).toString('base64') };
}

/** The verifier that goes into proof bundles, as built beside this program. */
export function readVerifier(): Promise<string> {
  return readBuilt('verify.mjs', 'The verifier');
}

async function readBuilt(name: string, what: string): Promise<string> {
  const folder =
    path.extname(programPath) === '.ts'
      ? path.resolve(path.dirname(programPath), '../dist')
      : path.dirname(programPath);
  const file = path.join(folder, name);
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new WorkbenchError('file-not-found', `${what} ${file} is missing.`, {
      remedy: 'Build it with `npm run build`, or install the workbench again.',
      cause: error,
    });
  }
}
