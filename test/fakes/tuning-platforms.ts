import assert from 'node:assert/strict';
import type { RunRecord } from '../../engine/ports/store.ts';
import type { ChosenPlatform } from '../../engine/tuning/choose-platform.ts';
import { createPlatform } from '../../engine/tuning/create-platform.ts';
import type { PlatformPorts } from '../../engine/tuning/platform-ports.ts';
import type { JobBundle, JobEvent, TuningPlatform } from '../../engine/tuning/platform.ts';
import type { TuningReport } from '../../schemas/generated/messages.ts';

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
