import type { Clock } from '../ports/clock.ts';
import type { Digest } from '../ports/digest.ts';
import type { RestClient } from './rest/client.ts';

/** What a backend is given: its address and token are the client's. */
export interface BackendContext<Settings> {
  readonly name: string;
  readonly settings: Settings;
  readonly rest: RestClient;
  readonly clock: Clock;
  readonly digest: Digest;
}
