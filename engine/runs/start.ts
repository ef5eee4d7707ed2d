import type { Identity, RunKind, RunOrigin } from '../../schemas/generated/messages.ts';
import { toWorkbenchError, WorkbenchError } from '../base/errors.ts';
import { invalidFileError } from '../documents/failure.ts';
import { kindOfPath, type DocumentKind } from '../documents/kinds.ts';
import { parseDocument } from '../documents/parse.ts';
import type { Files } from '../ports/files.ts';
import type { Identities } from '../ports/identity.ts';
import type { RunRecord, Store } from '../ports/store.ts';
import { writeTrial, type TrialOptions } from '../prompts/trial-text.ts';
import { createRunId } from '../base/run-id.ts';
import { requireOrigins } from './needed-origins.ts';
import type { RunPorts } from './ports.ts';
import { foreseeModels, resolveModels } from './resolve-models.ts';
import type { RunSpec } from '../ports/run-spec.ts';

/** A benchmark, tuning job or prompt to run: a file, or the text of an unsaved file or notebook cell. */
export interface RunRequest {
  /** Absolute path of the file or notebook. */
  readonly path: string;
  readonly text?: string;
  readonly cell?: string;
  /** What the text is; default: what the path's ending says, else a benchmark. */
  readonly kind?: RunKind;
  /** Absolute path of the workspace folder. */
  readonly folder: string;
  readonly origin: RunOrigin;
  /** Of a benchmark: only these of its models. Of a prompt: the models that answer, in place of its own. */
  readonly models?: readonly string[];
  /** Of a benchmark: the models asked in place of its own, the baseline first. */
  readonly askModels?: readonly string[];
  readonly limit?: number;
  /** Of a prompt: what is written into its trial. */
  readonly trial?: Omit<TrialOptions, 'models'>;
  /** Id (or the start of one) of a run to extend. */
  readonly extends?: string;
  readonly cache?: boolean;
  /** US dollars the run may spend at most, where that is less than its file says. */
  readonly budget?: number;
  /** Platform in place of the tuning job's own. */
  readonly platform?: string;
}

/**
 * The specification of a run, with the file's text as it is now and who asks for it (left out where git knows nobody).
 * Throws `file-invalid` when the text is none of its kind.
 */
export async function specifyRun(
  request: RunRequest,
  files: Files,
  identities: Identities,
  signal: AbortSignal,
): Promise<RunSpec> {
  const given = request.text ?? (await files.readText(request.path, signal));
  const kind = request.kind ?? kindOfRun(request.path);
  requireTrial(request, kind);
  const text = kind === 'prompt' ? writeTrial(given, trialOptions(request)) : given;
  const parsed = parseDocument(textKinds[kind], text);
  if (parsed.value === undefined) throw invalidFileError(request.path, parsed.diagnostics);
  const requestedBy = await findIdentity(identities, request.folder, signal);
  return {
    kind,
    text,
    path: request.path,
    file: files.relative(request.folder, request.path),
    name: parsed.value.name ?? nameOfFile(request.path),
    folder: request.folder,
    origin: request.origin,
    ...(request.cell === undefined ? {} : { cell: request.cell }),
    ...(request.models === undefined || kind === 'prompt' ? {} : { models: request.models }),
    ...(request.askModels === undefined || kind !== 'benchmark' ? {} : { askModels: request.askModels }),
    ...(request.limit === undefined ? {} : { limit: request.limit }),
    ...(request.extends === undefined ? {} : { extends: request.extends }),
    ...(request.cache === false ? { cache: false } : {}),
    ...(request.budget === undefined ? {} : { budget: request.budget }),
    ...(request.platform === undefined ? {} : { platform: request.platform }),
    ...(requestedBy === undefined ? {} : { requestedBy }),
  };
}

/** The kind of run a file's name asks for. */
export function kindOfRun(path: string): RunKind {
  const kind = kindOfPath(path);
  return kind === 'tune' || kind === 'prompt' ? kind : 'benchmark';
}

/** What the text of a run of each kind is. */
const textKinds = { benchmark: 'bench', tune: 'tune', prompt: 'trial' } as const satisfies Record<
  RunKind,
  DocumentKind
>;

function trialOptions({ models, trial }: RunRequest): TrialOptions {
  return { ...trial, ...(models === undefined ? {} : { models }) };
}

function requireTrial({ trial, path }: RunRequest, kind: RunKind): void {
  if (trial === undefined || kind === 'prompt') return;
  throw new WorkbenchError('usage', `${path} is no prompt: values, repeats and a dataset are for trying prompts.`, {
    remedy: 'Name a .prompt.yml file.',
    place: { path },
  });
}

/** What a prompt without a name is called. */
function nameOfFile(path: string): string {
  const file = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  return file.replace(/(\.prompt)?\.(ya?ml|ipynb)$/i, '') || file;
}

async function findIdentity(
  identities: Identities,
  folder: string,
  signal: AbortSignal,
): Promise<Identity | undefined> {
  try {
    return await identities.whoAmI(folder, signal);
  } catch (error) {
    if (toWorkbenchError(error).code === 'identity-missing') return undefined;
    throw error;
  }
}

/**
 * The specification with what the checkpoints and registered versions it names stand for now, and the full id of the run it extends.
 * Throws `model-unknown`, `run-not-found` and the like, and what asking a registry throws.
 */
export async function resolveSpec(
  given: RunSpec,
  store: Store,
  ports: RunPorts,
  signal: AbortSignal,
): Promise<RunSpec> {
  const spec = await resolveExtended(given, store);
  if (spec.trained !== undefined || spec.registered !== undefined) return spec;
  return { ...spec, ...(await resolveModels(spec, store, ports, signal)) };
}

/** The same as far as it can be told without asking a registry or needing a secret: for estimates. */
export async function foreseeSpec(spec: RunSpec, store: Store, ports: RunPorts, signal: AbortSignal): Promise<RunSpec> {
  return { ...spec, ...(await foreseeModels(spec, store, ports, signal)) };
}

async function resolveExtended(spec: RunSpec, store: Store): Promise<RunSpec> {
  if (spec.extends === undefined) return spec;
  const { summary } = await store.getRun(spec.extends);
  if (spec.kind === 'benchmark' && summary.kind === 'benchmark') return { ...spec, extends: summary.id };
  throw new WorkbenchError('usage', `Run ${summary.id} cannot be extended: only benchmark runs can, by benchmarks.`, {
    remedy: 'Name a benchmark run; `aiwb runs list` shows them.',
  });
}

/**
 * Records a new run, queued, with the models it names resolved. Throws `origin-not-allowed` before anything is recorded where a registry
 * names an address that nobody has allowed.
 */
export async function createRun(
  spec: RunSpec,
  store: Store,
  ports: RunPorts,
  signal: AbortSignal,
  id: string = createRunId(ports.clock, ports.random),
): Promise<RunRecord> {
  const { clock, secrets } = ports;
  const resolved = await resolveSpec(spec, store, ports, signal);
  await requireOrigins(resolved, secrets, signal);
  return store.createRun({ id, spec: resolved, createdAt: clock.now() });
}
