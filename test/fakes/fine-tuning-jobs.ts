import { randomBytes } from 'node:crypto';

/** Files and jobs of a fine-tuning service, as OpenAI's published specification has them. Refusals are thrown as `Refusal`. */

export class Refusal extends Error {
  readonly status: number;
  readonly body: unknown;

  constructor(status: number, message: string, param: string | null = null, code: string | null = null) {
    super(message);
    this.status = status;
    this.body = { error: { message, type: 'invalid_request_error', param, code } };
  }
}

type Fields = Readonly<Record<string, unknown>>;

export interface StoredFile {
  readonly object: 'file';
  readonly id: string;
  readonly bytes: number;
  readonly created_at: number;
  readonly filename: string;
  readonly purpose: string;
  status: string;
  status_details?: string;
}

export interface StoredJob {
  readonly object: 'fine_tuning.job';
  readonly id: string;
  readonly model: string;
  readonly created_at: number;
  finished_at: number | null;
  fine_tuned_model: string | null;
  readonly organization_id: string;
  result_files: string[];
  status: string;
  readonly validation_file: string | null;
  readonly training_file: string;
  readonly hyperparameters: { n_epochs: number; batch_size: number; learning_rate_multiplier: number };
  trained_tokens: number | null;
  error: { code: string; message: string; param: string | null } | null;
  readonly seed: number;
  estimated_finish: number | null;
  readonly integrations: readonly unknown[];
  readonly metadata: Readonly<Record<string, string>> | null;
  readonly method: unknown;
}

export interface FineTuningOptions {
  /** Models that can be tuned. */
  readonly models?: readonly string[];
  /** Behaves as Azure: files are looked through first, suffixes are short, tuned models need a deployment. */
  readonly azure?: boolean;
  /** Refuses `metadata`, as older services do. */
  readonly withoutMetadata?: boolean;
  /** Keeps no checkpoints, as other services do. */
  readonly withoutCheckpoints?: boolean;
  /** Why validation of every job fails. */
  readonly failure?: string;
  /** A result file that is gone once its job has ended, or holds something else. */
  readonly resultFile?: 'expired' | 'garbage' | 'plain';
  /** Looks at a running job until it ends. Default 3. */
  readonly runningLooks?: number;
  /** A status that the published list does not have, told once while running. */
  readonly strangeStatus?: string;
}

const fewestExamples = 10;

/** What the service keeps. Jobs go on by one step each time they are looked at. */
export class FineTuningBook {
  readonly files = new Map<string, StoredFile>();
  readonly contents = new Map<string, Buffer>();
  readonly jobs = new Map<string, StoredJob>();
  readonly events = new Map<string, object[]>();
  readonly checkpoints = new Map<string, object[]>();
  /** What each job has learnt: kept when its files are removed. */
  readonly learnt = new Map<string, ReturnType<typeof readExamples>>();
  /** Azure's deployments: name and model. */
  readonly deployments = new Map<string, string>();
  /** Everything that was ever created, whatever became of it. */
  readonly created: { readonly jobs: string[]; readonly files: string[] } = { jobs: [], files: [] };
  readonly #options: FineTuningOptions;
  readonly #looks = new Map<string, number>();
  #clock = 1_760_000_000;

  constructor(options: FineTuningOptions) {
    this.#options = options;
  }

  get models(): readonly string[] {
    return this.#options.models ?? ['gpt-4o-mini-2024-07-18'];
  }

  addFile(purpose: string | undefined, filename: string, content: Buffer): StoredFile {
    if (purpose !== 'fine-tune')
      throw new Refusal(400, `'${purpose ?? ''}' is not one of ['fine-tune', …] - 'purpose'`, 'purpose');
    if (content.length === 0) throw new Refusal(400, 'File is empty.', 'file');
    if (!filename.endsWith('.jsonl')) throw new Refusal(400, `Invalid file format for Fine-Tuning API. Must be .jsonl`);
    readExamples(content);
    const file = this.#store(filename, purpose, content);
    if (this.#options.azure === true) file.status = 'pending';
    this.created.files.push(file.id);
    return file;
  }

  #store(filename: string, purpose: string, content: Buffer): StoredFile {
    const id = `file-${token()}`;
    const file: StoredFile = {
      ...{ object: 'file', id, bytes: content.length, created_at: this.#tick(), filename, purpose },
      status: 'processed',
    };
    this.files.set(id, file);
    this.contents.set(id, content);
    return file;
  }

  lookAtFile(id: string): StoredFile {
    const file = this.files.get(id);
    if (file === undefined) throw new Refusal(404, `No such File object: ${id}`, 'id');
    const answer = { ...file };
    if (file.status === 'running') file.status = 'processed';
    if (file.status === 'pending') file.status = 'running';
    return answer;
  }

  removeFile(id: string): object {
    this.lookAtFile(id);
    this.files.delete(id);
    this.contents.delete(id);
    return { id, object: 'file', deleted: true };
  }

  addJob(request: unknown): StoredJob {
    const fields = requireFields(request, '', this.#jobFields());
    const { model, training_file: training, validation_file: validation, suffix, seed, metadata } = fields;
    if (typeof model !== 'string') throw new Refusal(400, "Missing required parameter: 'model'.", 'model');
    if (!this.models.includes(model))
      throw new Refusal(
        400,
        `Model ${model} is not available for fine-tuning or does not exist.`,
        null,
        'model_not_available',
      );
    this.#requireFile(training, 'training_file');
    if (validation !== undefined && validation !== null) this.#requireFile(validation, 'validation_file');
    if (
      suffix !== undefined &&
      (typeof suffix !== 'string' || suffix.length > (this.#options.azure === true ? 18 : 64))
    )
      throw new Refusal(400, "Invalid 'suffix'.", 'suffix');
    if (seed !== undefined && !(Number.isInteger(seed) && Number(seed) >= 0 && Number(seed) < 2 ** 31))
      throw new Refusal(400, "Invalid 'seed': integer below the minimum or above the maximum.", 'seed');
    const settings = readMethod(fields);
    const id = `ftjob-${token()}`;
    const job: StoredJob = {
      ...{ object: 'fine_tuning.job', id, model, created_at: this.#tick(), finished_at: null },
      ...{ fine_tuned_model: null, organization_id: 'org-123', result_files: [], status: 'validating_files' },
      ...{ validation_file: (validation as string | undefined) ?? null, training_file: String(training) },
      hyperparameters: settings,
      ...{ trained_tokens: null, error: null, seed: Number(seed ?? 42), estimated_finish: null, integrations: [] },
      metadata: readMetadata(metadata),
      method: { type: 'supervised', supervised: { hyperparameters: settings } },
    };
    this.jobs.set(id, job);
    this.learnt.set(id, readExamples(this.contents.get(job.training_file) ?? Buffer.alloc(0)));
    this.events.set(id, []);
    this.checkpoints.set(id, []);
    this.created.jobs.push(id);
    this.#tell(id, `Created fine-tuning job: ${id}`);
    this.#tell(id, `Validating training file: ${String(training)}`);
    return job;
  }

  #jobFields(): readonly string[] {
    const known = [
      'model',
      'training_file',
      'validation_file',
      'hyperparameters',
      'suffix',
      'integrations',
      'seed',
      'method',
    ];
    return [
      ...known,
      ...(this.#options.withoutMetadata === true ? [] : ['metadata']),
      ...(this.#options.azure === true ? ['trainingType'] : []),
    ];
  }

  #requireFile(id: unknown, param: string): void {
    if (typeof id !== 'string') throw new Refusal(400, `Missing required parameter: '${param}'.`, param);
    const file = this.files.get(id);
    if (file === undefined) throw new Refusal(400, `invalid ${param}: ${id}`, param);
    if (file.status !== 'processed') throw new Refusal(400, `File '${id}' is not ready: ${file.status}`, param);
  }

  requireJob(id: string): StoredJob {
    const job = this.jobs.get(id);
    if (job === undefined)
      throw new Refusal(404, `Could not find fine tune: ${id}`, 'fine_tune_id', 'fine_tune_not_found');
    return job;
  }

  /** The job as it is, going on by one step for the next look. */
  lookAtJob(id: string): object {
    const job = this.requireJob(id);
    const answer = structuredClone(job);
    this.#advance(job);
    return answer;
  }

  cancelJob(id: string): StoredJob {
    const job = this.requireJob(id);
    if (['succeeded', 'failed', 'cancelled'].includes(job.status))
      throw new Refusal(400, `Job has already completed: ${id}`, null, 'invalid_status');
    job.status = 'cancelled';
    job.finished_at = this.#tick();
    this.#tell(id, 'The job has been cancelled');
    return job;
  }

  /** Every job to the end of its road. */
  settle(): void {
    for (const job of this.jobs.values())
      for (let looks = 0; looks < 50 && !['succeeded', 'failed', 'cancelled'].includes(job.status); looks++)
        this.#advance(job);
  }

  #advance(job: StoredJob): void {
    const looks = (this.#looks.get(job.id) ?? 0) + 1;
    this.#looks.set(job.id, looks);
    switch (job.status) {
      case 'validating_files': {
        const reason = this.#options.failure ?? this.#findFault(job);
        if (reason === undefined) {
          job.status = 'queued';
          this.#tell(job.id, 'Files validated, moving job to queued state');
        } else this.#fail(job, reason);
        return;
      }
      case 'queued':
        job.status = this.#options.strangeStatus ?? 'running';
        job.estimated_finish = this.#clock + 600;
        this.#looks.set(job.id, 0);
        this.#tell(job.id, 'Fine-tuning job started');
        return;
      case 'running':
        if (looks >= (this.#options.runningLooks ?? 3)) this.#succeed(job);
        else this.#train(job, looks / (this.#options.runningLooks ?? 3));
        return;
      case this.#options.strangeStatus:
        job.status = 'running';
    }
  }

  #findFault({ id }: StoredJob): string | undefined {
    const examples = this.learnt.get(id) ?? [];
    if (examples.length >= fewestExamples) return undefined;
    return `Training file has ${examples.length} example(s), but must have at least ${fewestExamples} examples`;
  }

  #fail(job: StoredJob, message: string): void {
    job.status = 'failed';
    job.error = { code: 'invalid_training_file', message, param: 'training_file' };
    job.finished_at = this.#tick();
    this.#tell(job.id, message, { level: 'error' });
  }

  stepsOf(job: StoredJob): { readonly perEpoch: number; readonly total: number } {
    const rows = this.learnt.get(job.id)?.length ?? 0;
    const perEpoch = Math.max(1, Math.ceil(rows / job.hyperparameters.batch_size));
    return { perEpoch, total: perEpoch * job.hyperparameters.n_epochs };
  }

  /** Events of the steps up to this share of the training, and the checkpoints of the epochs they end. */
  #train(job: StoredJob, share: number): void {
    const { perEpoch, total } = this.stepsOf(job);
    const events = this.events.get(job.id) ?? [];
    const done = events.filter(event => (event as Fields)['type'] === 'metrics').length;
    for (let step = done + 1; step <= Math.floor(total * share); step++) {
      const metrics = figuresOf(step, perEpoch, total, job.validation_file !== null);
      this.#tell(job.id, `Step ${step}/${total}: training loss=${metrics.train_loss}`, {
        type: 'metrics',
        data: { ...metrics, total_steps: total },
      });
      if (step % perEpoch !== 0 || this.#options.withoutCheckpoints === true || step === total) continue;
      this.checkpoints.get(job.id)?.unshift({
        ...{ object: 'fine_tuning.job.checkpoint', id: `ftckpt_${token()}`, created_at: this.#tick() },
        fine_tuned_model_checkpoint: `ft:${job.model}:acme::${job.id.slice(-8)}:ckpt-step-${step}`,
        ...{ fine_tuning_job_id: job.id, step_number: step, metrics },
      });
    }
  }

  #succeed(job: StoredJob): void {
    this.#train(job, 1);
    const { perEpoch, total } = this.stepsOf(job);
    const rows = Array.from({ length: total }, (_, at) => {
      const { step, train_loss, valid_loss } = figuresOf(at + 1, perEpoch, total, job.validation_file !== null);
      return [step, train_loss, 0.5, valid_loss ?? '', ''].join(',');
    });
    const csv = ['step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy', ...rows].join('\n');
    const kind = this.#options.resultFile;
    const text =
      kind === 'plain'
        ? csv
        : kind === 'garbage'
          ? '<html>Oops, this page</html>'
          : Buffer.from(csv).toString('base64');
    const file = this.#store('step_metrics.csv', 'fine-tune-results', Buffer.from(text));
    if (kind === 'expired') this.removeFile(file.id);
    const characters = this.contents.get(job.training_file)?.length ?? 0;
    job.result_files = [file.id];
    job.trained_tokens = Math.ceil(characters / 5) * job.hyperparameters.n_epochs;
    job.status = 'succeeded';
    job.finished_at = this.#tick();
    job.fine_tuned_model =
      this.#options.azure === true
        ? `${job.model}.ft-${job.id.slice(-8)}`
        : `ft:${job.model}:acme::${job.id.slice(-8)}`;
    this.#tell(job.id, 'The job has successfully completed');
  }

  #tell(id: string, message: string, more: object = {}): void {
    const event = {
      object: 'fine_tuning.job.event',
      id: `ftevent-${token()}`,
      created_at: this.#tick(),
      level: 'info',
      message,
    };
    this.events.get(id)?.unshift({ ...event, type: 'message', data: {}, ...more });
  }

  #tick(): number {
    return ++this.#clock;
  }
}

/** Losses that fall, and rise again at the end on the validation rows: the last epoch is not the best. */
function figuresOf(step: number, perEpoch: number, total: number, validates: boolean) {
  const progress = step / total;
  const validation = Number((1.2 - progress + (progress > 0.7 ? 2 * (progress - 0.7) : 0)).toFixed(4));
  return {
    step,
    train_loss: Number((2 - progress).toFixed(4)),
    ...(validates ? { valid_loss: validation } : {}),
    ...(validates && step % perEpoch === 0 ? { full_valid_loss: validation } : {}),
  };
}

/** Examples of a training file, checked row by row. */
export function readExamples(
  content: Buffer,
): readonly { readonly messages: readonly { readonly role: string; readonly content: string }[] }[] {
  const lines = content
    .toString('utf8')
    .split('\n')
    .filter(line => line !== '');
  return lines.map((line, at) => {
    const where = `Line ${at + 1}`;
    let row: unknown;
    try {
      row = JSON.parse(line);
    } catch {
      throw new Refusal(400, `Invalid file format. ${where} is no JSON.`, 'file', 'invalid_file_format');
    }
    const { messages } = requireFields(row, where, ['messages', 'tools', 'parallel_tool_calls', 'functions']);
    if (!Array.isArray(messages) || messages.length < 2)
      throw new Refusal(400, `${where}: 'messages' must have 2 at least.`);
    for (const message of messages as unknown[]) checkMessage(message, where);
    const last = messages.at(-1) as Fields;
    if (last['role'] !== 'assistant') throw new Refusal(400, `${where}: the last message must be from the assistant.`);
    return row as ReturnType<typeof readExamples>[number];
  });
}

function checkMessage(message: unknown, where: string): void {
  const { role, content, weight } = requireFields(message, where, ['role', 'content', 'weight', 'name']);
  if (!['system', 'user', 'assistant'].includes(String(role)))
    throw new Refusal(400, `${where}: unknown role ${String(role)}.`);
  if (typeof content !== 'string') throw new Refusal(400, `${where}: 'content' must be a string.`);
  if (weight !== undefined && (role !== 'assistant' || (weight !== 0 && weight !== 1)))
    throw new Refusal(400, `${where}: 'weight' is 0 or 1, of the assistant's messages only.`);
}

function requireFields(value: unknown, where: string, known: readonly string[]): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Refusal(400, `${where}: no object.`);
  const unknown = Object.keys(value).find(key => !known.includes(key));
  if (unknown !== undefined)
    throw new Refusal(400, `Unknown parameter: '${unknown}'. ${where}`, unknown, 'unknown_parameter');
  return value as Fields;
}

function readMethod({ method, hyperparameters }: Fields): StoredJob['hyperparameters'] {
  if (method === undefined) return readSettings(hyperparameters ?? {});
  const { type, supervised } = requireFields(method, 'method', ['type', 'supervised', 'dpo', 'reinforcement']);
  if (type !== 'supervised') throw new Refusal(400, `Invalid 'method.type'.`, 'method');
  const { hyperparameters: settings = {} } = requireFields(supervised ?? {}, 'method.supervised', ['hyperparameters']);
  return readSettings(settings);
}

function readSettings(value: unknown): StoredJob['hyperparameters'] {
  const known = ['n_epochs', 'batch_size', 'learning_rate_multiplier'];
  const {
    n_epochs: epochs = 'auto',
    batch_size: batch = 'auto',
    learning_rate_multiplier: rate = 'auto',
  } = requireFields(value, 'hyperparameters', known);
  const within = (number: unknown, low: number, high: number): boolean =>
    number === 'auto' || (typeof number === 'number' && number >= low && number <= high);
  if (!within(epochs, 1, 50)) throw new Refusal(400, "Invalid 'n_epochs'.", 'n_epochs');
  if (!within(batch, 1, 256)) throw new Refusal(400, "Invalid 'batch_size'.", 'batch_size');
  if (!within(rate, 1e-9, 100))
    throw new Refusal(400, "Invalid 'learning_rate_multiplier'.", 'learning_rate_multiplier');
  const number = (given: unknown, otherwise: number): number => (typeof given === 'number' ? given : otherwise);
  return { n_epochs: number(epochs, 3), batch_size: number(batch, 4), learning_rate_multiplier: number(rate, 1.8) };
}

function readMetadata(value: unknown): Readonly<Record<string, string>> | null {
  if (value === undefined || value === null) return null;
  const entries = Object.entries(value as Readonly<Record<string, string>>);
  const fits = entries.every(([key, text]) => key.length <= 64 && typeof text === 'string' && text.length <= 512);
  if (entries.length > 16 || !fits) throw new Refusal(400, "Invalid 'metadata'.", 'metadata');
  return Object.fromEntries(entries);
}

function token(): string {
  return randomBytes(9).toString('hex');
}
