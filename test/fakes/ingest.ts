import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { WorkbenchError } from '../../engine/base/errors.ts';
import { beginIngestion, continueIngestion, type Acceptance } from '../../engine/ingest/ingest.ts';
import type { IngestPorts } from '../../engine/ingest/ports.ts';
import type { Store } from '../../engine/ports/store.ts';
import { createFiles } from '../../platform/files/files.ts';
import { createQuarantine } from '../../platform/files/quarantine.ts';
import { createClock } from '../../platform/host/clock.ts';
import { describeHost } from '../../platform/host/describe.ts';
import { createDigest } from '../../platform/host/digest.ts';
import { createSignatures } from '../../platform/host/signatures.ts';
import { createHttpClient } from '../../platform/http/client.ts';
import { openStore } from '../../platform/store/store.ts';
import type { Ingestion, IngestRequest } from '../../schemas/generated/messages.ts';
import { createHurriedClock } from './clock.ts';
import { ada } from './registry.ts';

export interface IngestWorld {
  readonly folder: string;
  readonly store: Store;
  readonly ports: IngestPorts;
  readonly notes: string[];
  /** Origins and the environment variables that were asked for them. */
  readonly asked: [name: string, origin: string][];
  begin(request: Partial<IngestRequest> & { readonly source: string }): Promise<Ingestion>;
  go(id: string, acceptance?: Acceptance): Promise<Ingestion>;
  ingest(request: Partial<IngestRequest> & { readonly source: string }): Promise<Ingestion>;
  close(): Promise<void>;
}

/** A store and everything else that taking a model in needs, in a folder of its own. Secrets come from `secrets` by their variable's name. */
export async function createIngestWorld(
  changes: Partial<IngestPorts> = {},
  secrets: Readonly<Record<string, string>> = {},
): Promise<IngestWorld> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'aiwb-ingest-'));
  const clock = createHurriedClock(createClock());
  const store = await openStore({ folder: path.join(folder, '.aiwb'), clock });
  const notes: string[] = [];
  const asked: [name: string, origin: string][] = [];
  const { host, bootId, pid } = describeHost();
  const ports: IngestPorts = {
    store,
    files: createFiles(),
    quarantine: createQuarantine(),
    signatures: createSignatures(),
    clock,
    digest: createDigest(),
    random: Math.random,
    owner: { host, bootId, pid },
    workbench: 'test',
    createHttp: createHttpClient,
    networkFor: () => ({}),
    secrets: {
      resolve({ env = '' }, origin) {
        asked.push([env, origin]);
        const value = secrets[env];
        return value === undefined ? Promise.reject(new WorkbenchError('secret-missing', env)) : Promise.resolve(value);
      },
    },
    credentials: {},
    benchmarks: {
      create: () => Promise.reject(new Error('no benchmark was expected')),
      execute: () => Promise.reject(new Error('no benchmark was expected')),
    },
    publish: (_version, registry) => Promise.reject(new WorkbenchError('registry-unknown', registry)),
    onNote: sentence => notes.push(sentence),
    onProgress: () => undefined,
    ...changes,
  };
  const { signal } = new AbortController();
  const world: IngestWorld = {
    folder,
    store,
    ports,
    notes,
    asked,
    begin: request =>
      beginIngestion({ model: 'tiny', limits: { bytes: 50_000_000, files: 100 }, ...request }, ada, folder, ports),
    go: (id, acceptance) =>
      continueIngestion(id, acceptance === undefined ? undefined : { by: ada, ...acceptance }, ports, signal),
    async ingest(request) {
      return world.go((await world.begin(request)).id);
    },
    async close() {
      await store.close();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  return world;
}

/** A safetensors file with one tensor of `count` zero floats. */
export function tinyWeights(count = 4, name = 'a'): Buffer {
  const header = Buffer.from(
    JSON.stringify({ [name]: { dtype: 'F32', shape: [count], data_offsets: [0, count * 4] } }),
  );
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, Buffer.alloc(count * 4)]);
}

export const tinyCard =
  '---\nlicense: apache-2.0\nlanguage: [en]\npipeline_tag: text-classification\nbase_model: org/base\n---\n# Intended use\n# Limitations\n# Training data\n# Evaluation\n';
