import type {
  Identity,
  IngestFinding,
  IngestRequest,
  IngestSource,
  IngestStep,
  Ingestion,
  IngestionList,
} from '../../schemas/generated/messages.ts';
import { validateIngestion } from '../../schemas/generated/validators.js';
import { toWorkbenchError, WorkbenchError } from '../base/errors.ts';
import type { Digest } from '../ports/digest.ts';
import type { Files } from '../ports/files.ts';
import type { Store } from '../ports/store.ts';
import { placesOf } from './places.ts';
import type { Observed } from './scan/findings.ts';

export const stepNames = [
  'fetch',
  'unpack',
  'digests',
  'signature',
  'card',
  'unsafe-files',
  'formats',
  'verdict',
  'keep',
  'benchmarks',
  'register',
] as const satisfies readonly IngestStep['name'][];

/** States of a step that it need not be done again after. */
export function isOver({ state }: IngestStep): boolean {
  return state === 'done' || state === 'skipped';
}

export function newIngestion(
  id: string,
  request: IngestRequest,
  source: IngestSource,
  by: Identity,
  now: number,
): Ingestion {
  return {
    schemaVersion: 1,
    id,
    request,
    source,
    by,
    startedAt: now,
    updatedAt: now,
    steps: stepNames.map(name => ({ name, state: 'pending' as const })),
    findings: [],
  };
}

type StatePorts = { readonly files: Files; readonly store: Pick<Store, 'path'> };

export async function writeIngestion(ingestion: Ingestion, { files, store }: StatePorts): Promise<void> {
  const { state } = placesOf(ingestion.id, { files, store: store as Store });
  await files.writeText(state, `${JSON.stringify(ingestion, undefined, 2)}\n`);
}

/** By its id or the beginning of one. Throws `usage` for one that is not there, or that several begin with. */
export async function readIngestion(id: string, ports: StatePorts, signal: AbortSignal): Promise<Ingestion> {
  const all = await listIngestions(ports, signal);
  const exact = all.ingestions.find(one => one.id === id);
  if (exact !== undefined) return exact;
  const [found, ...others] = id === '' ? [] : all.ingestions.filter(one => one.id.startsWith(id));
  if (found !== undefined && others.length === 0) return found;
  throw new WorkbenchError(
    'usage',
    found === undefined ? `There is no ingestion "${id}".` : `Several ingestions begin with "${id}".`,
    { remedy: '`aiwb registry ingestions` lists them.' },
  );
}

const largestState = 256 * 2 ** 20;

/** All of them, newest first. One that cannot be read is told by `onFault`. */
export async function listIngestions(
  { files, store }: StatePorts,
  signal: AbortSignal,
  onFault: (sentence: string) => void = () => undefined,
): Promise<IngestionList> {
  const folder = files.resolve(store.path, 'ingestions');
  if ((await files.facts(folder)) === undefined) return { ingestions: [] };
  const ingestions: Ingestion[] = [];
  for (const path of await files.find(folder, ['state.json'], signal, 10_000)) {
    try {
      const value: unknown = JSON.parse(await files.readText(path, signal, largestState));
      if (validateIngestion(value)) ingestions.push(value);
      else onFault(`${path} is no record of an ingestion.`);
    } catch (error) {
      signal.throwIfAborted();
      onFault(`${path} cannot be read: ${toWorkbenchError(error).message}`);
    }
  }
  return { ingestions: ingestions.sort((a, b) => b.startedAt - a.startedAt || (a.id < b.id ? 1 : -1)) };
}

/** Findings with their ids, what was accepted before noted beside them. */
export function identify(
  check: IngestStep['name'],
  observed: readonly Observed[],
  ingestion: Ingestion,
  digest: Digest,
): readonly IngestFinding[] {
  const digests = new Map((ingestion.files ?? []).map(({ path, sha256 }) => [path, sha256]));
  return observed.map(finding => {
    const { rule, file, offset, message } = finding;
    const outer = file?.split('!/')[0];
    const content = outer === undefined ? undefined : digests.get(outer);
    const id = digest.sha256(JSON.stringify([rule, file, offset, message, content])).slice(0, 12);
    const accepted = Object.hasOwn(ingestion.acceptances ?? {}, id) ? ingestion.acceptances?.[id] : undefined;
    return { id, check, ...finding, ...(accepted === undefined ? {} : { accepted }) };
  });
}
