import assert from 'node:assert/strict';
import type { RunRecord } from '../../engine/ports/store.ts';
import type { ChosenPlatform } from '../../engine/tuning/choose-platform.ts';
import { createPlatform } from '../../engine/tuning/create-platform.ts';
import type { PlatformPorts } from '../../engine/tuning/platform-ports.ts';
import type { TuningOptions } from '../../engine/tuning/execute.ts';
import { tagOf, type JobBundle, type JobEvent, type TuningPlatform } from '../../engine/tuning/platform.ts';
import type { Checkpoint, PreflightFinding, TuningReport } from '../../schemas/generated/messages.ts';

/** The local platform, with something that happens before an event reaches the run. */
export function watchEvents(hook: (event: JobEvent) => void) {
  return (chosen: ChosenPlatform, ports: PlatformPorts): TuningPlatform => {
    const local = createPlatform(chosen, ports, 'embedded');
    return {
      ...local,
      async *events(handle, signal) {
        for await (const event of local.events(handle, signal)) {
          hook(event);
          yield event;
        }
      },
    };
  };
}

/** The local platform; `act` is called before epoch `epoch` reaches the run. */
export function beforeEpoch(epoch: number, act: () => void) {
  return watchEvents(event => {
    if (event.type === 'epoch' && event.point.epoch === epoch) act();
  });
}

/** A platform that tells what it is told to tell. */
export function playEvents(events: readonly JobEvent[], bundles: JobBundle[] = []) {
  return ({ name }: ChosenPlatform): TuningPlatform => ({
    name,
    submit: async bundle => {
      bundles.push(bundle);
      return { platform: name, job: 'j1' };
    },
    async *events() {
      yield* events;
    },
    cancel: async () => {},
  });
}

export function reportOf({ tuning }: RunRecord): TuningReport {
  assert.ok(tuning !== undefined);
  return tuning;
}

/** A platform elsewhere: its jobs outlive the process that asked for them, and tell everything anew to whoever attaches. */
export interface RemotePlatform {
  readonly create: NonNullable<TuningOptions['createPlatform']>;
  /** What each job was made with, one entry a job that was made. */
  readonly bundles: readonly JobBundle[];
  /** Ids of jobs that were cancelled. */
  readonly cancelled: readonly string[];
  readonly attached: number;
}

export interface RemoteOptions {
  /** All that the job tells but its last state. */
  readonly tell: (bundle: JobBundle, ports: PlatformPorts) => readonly JobEvent[] | Promise<readonly JobEvent[]>;
  /** Awaited before an event is told. */
  readonly before?: (event: JobEvent, attached: number) => void | Promise<void>;
  readonly preflight?: readonly PreflightFinding[];
  /** Throws instead of ending a job. */
  readonly cannotCancel?: boolean;
  /** Called between making a job and recording its id. */
  readonly afterCreate?: () => void;
}

export function createRemotePlatform(options: RemoteOptions): RemotePlatform {
  const bundles: JobBundle[] = [];
  const cancelled: string[] = [];
  const state = { attached: 0 };
  const create = ({ name, settings }: ChosenPlatform, ports: PlatformPorts): TuningPlatform => ({
    name,
    ...(options.preflight === undefined ? {} : { preflight: async () => options.preflight ?? [] }),
    async submit(bundle, earlier, record) {
      const job = { platform: name, type: settings.type, tag: tagOf(bundle.runId) } as const;
      const known = earlier?.id ?? (bundles.some(({ runId }) => runId === bundle.runId) ? 'job-1' : undefined);
      if (known === undefined) {
        await record({ ...job, state: 'intended' });
        bundles.push(bundle);
        options.afterCreate?.();
      }
      await record({ ...job, state: 'created', id: 'job-1', createdAt: 1000, hourlyPrice: 2, hardware: '8 × rented' });
      return { platform: name, job: 'job-1' };
    },
    async *events(_handle, signal) {
      state.attached += 1;
      const { attached } = state;
      const [bundle] = bundles;
      assert.ok(bundle !== undefined);
      yield { type: 'state', state: 'provisioning', raw: 'starting', phase: 'Waiting for a GPU' };
      for (const event of await options.tell(bundle, ports)) {
        await options.before?.(event, attached);
        signal.throwIfAborted();
        yield event;
      }
      yield { type: 'state', state: 'succeeded', raw: 'done' };
    },
    async cancel({ job }) {
      if (options.cannotCancel === true) throw new Error('500 from the platform.');
      cancelled.push(job);
    },
  });
  return {
    create,
    bundles,
    cancelled,
    get attached() {
      return state.attached;
    },
  };
}

/** A measurement of a trainer: all aspects alike. */
export function measured(epoch: number, loss: number, scores: Record<string, number> = {}): JobEvent {
  const aspects = [{ aspect: 'core-performance' as const, rows: 6, loss, scores }];
  return {
    type: 'epoch',
    point: { epoch, trainingLoss: loss, seconds: 2, aspects, step: epoch * 10 },
    weights: undefined,
  };
}

/** An adapter in the store, as a checkpoint of a result. */
export async function adapterOf(
  { blobs }: Pick<PlatformPorts, 'blobs'>,
  epoch: number,
  marks: Partial<Checkpoint> = {},
): Promise<Checkpoint> {
  const put = async (path: string, text: string) => ({ path, ...(await blobs.put(new TextEncoder().encode(text))) });
  const files = [
    await put('adapter_model.safetensors', `weights after ${String(epoch)}`),
    await put('adapter_config.json', '{"peft_type":"LORA"}'),
  ];
  return { epoch, step: epoch * 10, digest: 'x', bytes: 40, best: true, last: true, format: 'peft', files, ...marks };
}
