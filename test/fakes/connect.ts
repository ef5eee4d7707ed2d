import type { Connection } from '../../schemas/generated/files.ts';
import { openConnection } from '../../engine/models/connect.ts';
import type { LentDesk } from '../../engine/ports/lent.ts';
import type { ConnectPorts, RecordedRuns } from '../../engine/models/connect-context.ts';
import type { Model, Question } from '../../engine/models/model.ts';
import { createFiles } from '../../platform/files/files.ts';
import { createClock } from '../../platform/host/clock.ts';
import { createDigest } from '../../platform/host/digest.ts';
import { createHttpClient } from '../../platform/http/client.ts';
import { createPrograms } from '../../platform/processes/programs.ts';
import { createHurriedClock } from './clock.ts';

export const fakeKey = 'canary-9f8e7d6c5b4a';

export const noRuns: RecordedRuns = {
  getRun: () => Promise.reject(new Error('There are no runs.')),
  readSamples: () => {
    throw new Error('There are no runs.');
  },
};

/** No window lends anything. */
export const noWindow: LentDesk = {
  ask: () => Promise.reject(new Error('There is no window.')),
  read: () => Promise.resolve([]),
  withdraw: () => Promise.resolve(),
};

/** What opening a connection needs, over real HTTP, with `fakeKey` for every credential. */
export function connectPorts(): ConnectPorts {
  return {
    files: createFiles(),
    clock: createHurriedClock(createClock()),
    digest: createDigest(),
    secrets: { resolve: () => Promise.resolve(fakeKey) },
    createHttp: createHttpClient,
    networkFor: () => ({}),
    random: () => 0.5,
    programs: createPrograms(() => true),
  };
}

/** Opens a connection as a run does, with `fakeKey` for every credential. Waits before retries take no time. */
export function connect(
  connection: Connection,
  { folder = '/', runs = noRuns }: { readonly folder?: string; readonly runs?: RecordedRuns } = {},
): Promise<Model> {
  return openConnection(
    connection,
    {
      name: 'it',
      folder,
      limits: { concurrency: 4 },
      retries: 2,
      runs,
      lent: noWindow,
      ports: connectPorts(),
    },
    new AbortController().signal,
  );
}

/** A question in one message, changed where it matters. */
export function ask(change: Partial<Question> = {}): Question {
  return {
    input: 'Hello',
    messages: [{ role: 'user', content: 'Hello' }],
    parameters: {},
    stream: false,
    timeout: 20_000,
    ...change,
  };
}

/** A PNG of one byte and its base64, as far as anybody here looks at it. */
export const picture = {
  part: { type: 'image', media: { mediaType: 'image/png', bytes: Uint8Array.of(0xff), digest: 'p' } },
  base64: '/w==',
} as const;

export const sound = {
  part: { type: 'audio', media: { mediaType: 'audio/wav', bytes: Uint8Array.of(1, 2), digest: 's' } },
  base64: 'AQI=',
} as const;

export const lookUp = {
  name: 'look_up',
  description: 'Finds a city',
  parameters: { type: 'object', properties: { city: { type: 'string' } } },
} as const;
