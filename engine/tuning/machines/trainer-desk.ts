import { WorkbenchError, toWorkbenchError } from '../../base/errors.ts';
import { isRecord } from '../../models/http/json.ts';
import type { Blobs } from '../../ports/blobs.ts';
import type { Digest } from '../../ports/digest.ts';
import type { Files } from '../../ports/files.ts';
import type { Quarantine } from '../../ports/quarantine.ts';
import { tagOf, type JobBundle, type JobEvent, type JobResult } from '../platform.ts';
import type { JobStorage } from '../storage/storage.ts';
import { TrainerEvents } from '../trainer/events.ts';
import { writeTrainerJob, type JobFile } from '../trainer/job-folder.ts';
import { LineCutter } from '../trainer/lines.ts';
import { packJob, unpackTrained } from '../trainer/pack.ts';
import type { TrainerOutput } from '../trainer/output.ts';
import { openArchive } from './stored-archive.ts';
import { keysOf, type JobDesk, type JobOutcome, type JobReader } from './job-desk.ts';

export interface TrainerDeskPorts {
  readonly files: Files;
  readonly blobs: Blobs;
  readonly digest: Digest;
  readonly quarantine: Quarantine;
  /** Absolute path of the folder for jobs. */
  readonly scratch: string;
  readonly trainerFolder: string;
}

/** Jobs for our own trainer, by way of a storage. */
export function createTrainerDesk(storage: JobStorage, ports: TrainerDeskPorts): JobDesk {
  const { files, quarantine, scratch } = ports;

  /** Packs into a file of this machine first: storages want to know how long it is. */
  async function putPacked(key: string, packed: readonly JobFile[], folder: string, signal: AbortSignal) {
    const path = files.resolve(folder, 'upload.tar');
    try {
      await files.writePieces(path, packJob(packed, ports, signal));
      await storage.put(key, { path }, signal);
    } finally {
      await quarantine.remove(path);
    }
  }

  return {
    async upload(bundle, signal) {
      const keys = keysOf(bundle);
      const folder = files.resolve(scratch, tagOf(bundle.runId));
      const job = await writeTrainerJob(bundle, ports, {}, signal);
      await putPacked(keys.trainer, await listTrainer(ports, signal), folder, signal);
      await putPacked(keys.bundle, job.files, folder, signal);
    },
    read: bundle => new StoredReader(bundle, storage, ports),
  };
}

/** The files of the trainer's package, and its requirements. */
async function listTrainer({ files, trainerFolder }: TrainerDeskPorts, signal: AbortSignal): Promise<JobFile[]> {
  const found = await files.find(trainerFolder, ['.py', 'requirements.txt', 'py.typed'], signal);
  const packed: JobFile[] = [];
  for (const source of found) {
    const path = files.relative(trainerFolder, source);
    if (path.startsWith('tests/')) continue;
    packed.push({ path, source, bytes: (await files.facts(source))?.size ?? 0 });
  }
  if (packed.some(({ path }) => path === 'requirements.txt')) return packed;
  throw new WorkbenchError('file-not-found', `The trainer is missing in ${trainerFolder}.`, {
    remedy: 'Install the workbench again, or build it with `npm run build`.',
  });
}

class StoredReader implements JobReader {
  readonly #events: TrainerEvents;
  readonly #output: StoredOutput;
  readonly #bundle: JobBundle;
  readonly #cutter = new LineCutter();
  /** Lines that could not be taken yet: what they name could not be fetched. */
  #waiting: string[] = [];
  #result: string | undefined;
  #outcome: JobOutcome | undefined;

  constructor(bundle: JobBundle, storage: JobStorage, ports: TrainerDeskPorts) {
    this.#bundle = bundle;
    this.#output = new StoredOutput(bundle, storage, ports);
    this.#events = new TrainerEvents(bundle, this.#output, ports);
  }

  get outcome(): JobOutcome | undefined {
    return this.#waiting.length > 0 ? undefined : this.#outcome;
  }

  async *take(bytes: Uint8Array, signal: AbortSignal): AsyncIterable<JobEvent> {
    this.#waiting.push(...this.#cutter.add(bytes));
    while (this.#waiting.length > 0) {
      const [line = ''] = this.#waiting;
      const { event, code } = headOf(line);
      if (event === 'result') {
        this.#result = line;
        this.#outcome = { kind: 'result' };
        this.#waiting = [];
        return;
      }
      // Its machine is being taken away, or has reached its lifetime: it goes on from its saved state on another one.
      if (event === 'failure' && code === 'cancelled') {
        this.#waiting.shift();
        yield { type: 'log', line: 'The trainer was ended with its machine.' };
        continue;
      }
      try {
        for await (const told of this.#events.takeLine(line, signal)) yield told;
      } catch (error) {
        signal.throwIfAborted();
        // Storages can be away for a while: the line is taken again the next time.
        if (error instanceof WorkbenchError && error.code === 'storage-unreachable') throw error;
        this.#outcome = { kind: 'failure', error: toWorkbenchError(error) };
        this.#waiting = [];
        return;
      }
      this.#waiting.shift();
    }
  }

  async collect(signal: AbortSignal): Promise<JobResult> {
    const line = this.#result;
    if (line === undefined) throw new Error(`The job of ${this.#bundle.runId} has no result yet.`);
    try {
      for await (const event of this.#events.takeLine(line, signal)) if (event.type === 'result') return event.result;
    } finally {
      await this.#output.dispose();
    }
    throw new Error('The trainer’s result was none.');
  }
}

/** How often something that a trainer names is looked for again: a storage may show it late. */
const patience = 5;

function notYet(key: string): WorkbenchError {
  return new WorkbenchError('storage-unreachable', `${key} is not in the storage yet, or not whole.`, {
    remedy: 'It is looked for again.',
  });
}

function headOf(line: string): { readonly event?: unknown; readonly code?: unknown } {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : {};
  } catch {
    return {}; // No event: whoever reads the line counts it.
  }
}

/** A trainer's files in the storage: its archives, unpacked on this machine when something in them is asked for. */
class StoredOutput implements TrainerOutput {
  readonly #storage: JobStorage;
  readonly #ports: TrainerDeskPorts;
  readonly #keys: ReturnType<typeof keysOf>;
  readonly #folder: string;
  #unpacked = new Map<string, string>();
  #count = 0;
  #misses = 0;

  constructor(bundle: JobBundle, storage: JobStorage, ports: TrainerDeskPorts) {
    this.#storage = storage;
    this.#ports = ports;
    this.#keys = keysOf(bundle);
    this.#folder = ports.files.resolve(ports.scratch, `${tagOf(bundle.runId)}/made`);
  }

  /** Answers come in an archive that grows, so it is fetched again for a file it did not have; the model comes once. */
  async locate(path: string, signal: AbortSignal): Promise<string | undefined> {
    const key = path.startsWith('answers/') ? this.#keys.answers : this.#keys.model;
    const known = this.#unpacked.get(key);
    const there = known === undefined ? undefined : await this.#find(known, path);
    if (there !== undefined || (known !== undefined && key === this.#keys.model)) return there;
    const folder = await this.#fetch(key, signal);
    const file = folder === undefined ? undefined : await this.#find(folder, path);
    if (file !== undefined) this.#misses = 0;
    else if (this.#misses++ < patience) throw notYet(key);
    return file;
  }

  async #find(folder: string, path: string): Promise<string | undefined> {
    const file = this.#ports.files.resolve(folder, path);
    return (await this.#ports.files.facts(file))?.kind === 'file' ? file : undefined;
  }

  async #fetch(key: string, signal: AbortSignal): Promise<string | undefined> {
    const { files, quarantine } = this.#ports;
    const folder = files.resolve(this.#folder, String(++this.#count));
    await quarantine.remove(folder);
    const archive = await this.#open(key, signal);
    if (archive === undefined) return undefined;
    try {
      await unpackTrained(archive, folder, this.#ports, signal);
    } catch (error) {
      await quarantine.remove(folder);
      throw error;
    }
    const before = this.#unpacked.get(key);
    this.#unpacked.set(key, folder);
    if (before !== undefined) await quarantine.remove(before);
    return folder;
  }

  #open(key: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array> | undefined> {
    const { model, modelSlots } = this.#keys;
    if (key !== model) return this.#storage.stream(key, signal);
    return openArchive(this.#storage, model, modelSlots, this.#ports.digest, signal);
  }

  async dispose(): Promise<void> {
    this.#unpacked = new Map();
    await this.#ports.quarantine.remove(this.#folder);
  }
}
