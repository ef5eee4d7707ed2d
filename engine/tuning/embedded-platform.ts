import { trainLinear, type LinearJobPorts } from './linear-job.ts';
import type { JobBundle, JobEvent, JobHandle, TuningPlatform } from './platform.ts';

/**
 * Trains in the process of the run itself: a job lives as long as its process, and nothing of it is made before its events are asked for.
 * Another process cannot attach to it; it goes on from the last saved state instead.
 */
export function createEmbeddedPlatform(name: string, ports: LinearJobPorts): TuningPlatform {
  const jobs = new Map<string, { readonly bundle: JobBundle; readonly stop: AbortController }>();

  async function* events(handle: JobHandle, signal: AbortSignal): AsyncIterable<JobEvent> {
    const job = jobs.get(handle.job);
    if (job === undefined) {
      yield { type: 'state', state: 'lost', raw: 'no such job in this process' };
      return;
    }
    const { bundle, stop } = job;
    if (stop.signal.aborted) {
      yield { type: 'state', state: 'cancelled', raw: 'cancelled' };
      return;
    }
    yield { type: 'state', state: 'running', raw: 'running' };
    yield* trainLinear(bundle, ports, AbortSignal.any([signal, stop.signal]));
    yield { type: 'state', state: 'succeeded', raw: 'done' };
  }

  return {
    name,
    submit: async bundle => {
      jobs.set(bundle.runId, { bundle, stop: new AbortController() });
      return { platform: name, job: bundle.runId };
    },
    events,
    cancel: async handle => {
      jobs.get(handle.job)?.stop.abort(new Error('The job was cancelled.'));
      jobs.delete(handle.job);
    },
  };
}
