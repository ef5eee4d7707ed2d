import type { Clock } from '../../../ports/clock.ts';
import type { Digest } from '../../../ports/digest.ts';
import type { FineTuningService } from './service.ts';

/** A service, opened for one platform. */
export interface OpenedService {
  /** The platform's name in `workbench.yaml`. */
  readonly platform: string;
  /** The connection's. */
  readonly connection: string;
  readonly service: FineTuningService;
  readonly clock: Clock;
  readonly digest: Digest;
  /** Of Azure OpenAI: a tuned model is served once it is deployed. */
  readonly azure:
    | {
        readonly trainingType?: string;
        /** The deployment that is to serve tuned models. */
        readonly deployment?: string;
      }
    | undefined;
  /** US dollars for a million tokens trained. */
  readonly price: number | undefined;
  /** US dollars an hour of a deployment. */
  readonly hostingPrice: number | undefined;
  /** Whether the address is OpenAI's own or Azure's, whose answers to what they do not know are final. */
  readonly isOriginal: boolean;
}

/** Where an opened service is closed again. */
export interface ServiceSession extends OpenedService {
  close(): Promise<void>;
}

/** Statuses that a job does not leave. */
export function hasEnded(status: string): boolean {
  return ['succeeded', 'failed', 'cancelled', 'canceled', 'deleted'].includes(status);
}

/** It ended and made nothing. */
export function hasFailed(status: string): boolean {
  return hasEnded(status) && status !== 'succeeded';
}
