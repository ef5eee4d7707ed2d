import type { Clock } from '../../engine/ports/clock.ts';
import type { SecretReference } from '../../engine/ports/secrets.ts';
import { createHttpClient } from '../../platform/http/client.ts';

/** Ports of a platform's client against a local server; secrets are told by the name they are asked under. */
export function clientPorts(clock: Clock, secrets: Readonly<Record<string, string | (() => string)>>) {
  const asked: string[] = [];
  return {
    asked,
    clock,
    random: () => 0,
    createHttp: createHttpClient,
    networkFor: () => ({}),
    secrets: {
      resolve: (reference: SecretReference, origin: string): Promise<string> => {
        const name = reference.env ?? '';
        asked.push(`${name} for ${origin}`);
        const secret = secrets[name] ?? '';
        return Promise.resolve(typeof secret === 'string' ? secret : secret());
      },
    },
  };
}
