import type { PreflightFinding, RunState } from '../../../schemas/generated/messages.ts';
import type { JobBundle, JobInventory, TaggedJob } from '../platform.ts';

/** One container or machine that trains one job. */
export interface MachineRequest {
  /** Name it carries on the platform: what was made twice, or made and forgotten, is found by it. */
  readonly tag: string;
  readonly bundle: JobBundle;
  /** Program and arguments that fetch the job and train it; see `bootstrap.ts`. */
  readonly argv: readonly string[];
  /** Names and values; signed addresses of the job's storage among them, so they are as secret as keys. */
  readonly env: Readonly<Record<string, string>>;
  /** Seconds after which the machine must end by itself, whoever still watches. */
  readonly lifetime: number;
}

export interface Machine {
  readonly id: string;
  readonly tag: string;
  readonly state: RunState;
  /** The platform's own word for it. */
  readonly raw: string;
  /** Milliseconds since the epoch, by the platform's clock. */
  readonly createdAt?: number;
  readonly hourlyPrice?: number;
  /** Such as `1 × NVIDIA L40S`. */
  readonly hardware?: string;
  /** Why it failed, as the platform tells. */
  readonly reason?: string;
  /** It costs nothing any more, though it can still be looked at: a cluster's job that has ended. Never of machines that must be removed. */
  readonly ended?: boolean;
}

/**
 * The API of a platform that runs containers, machines or jobs, as the supervisor needs it. Each call is one attempt to ask, with retries
 * where repeating is safe; what is thrown is a WorkbenchError. Anything `create` has made, known or not, `find` must find.
 */
export interface Machines {
  /** Name in `workbench.yaml`. */
  readonly name: string;
  readonly type: 'runpod' | 'denvr' | 'azure-ml' | 'ray';
  preflight(bundle: JobBundle, signal: AbortSignal): Promise<readonly PreflightFinding[]>;
  /** Everything that carries the tag and has not been removed. */
  find(tag: string, signal: AbortSignal): Promise<readonly Machine[]>;
  /** US dollars an hour of what `create` would make, at most; undefined where the platform does not tell. */
  hourlyPrice?(bundle: JobBundle, signal: AbortSignal): Promise<number | undefined>;
  /**
   * Makes exactly one. Never repeated by itself: where the answer is lost it throws, and `find` tells what came of it. `platform-refused`
   * says for certain that nothing was made.
   */
  create(request: MachineRequest, signal: AbortSignal): Promise<Machine>;
  /** Undefined where it is gone. */
  look(id: string, signal: AbortSignal): Promise<Machine | undefined>;
  /** The newest lines it has printed; empty where the platform does not tell. */
  logs(id: string, signal: AbortSignal): Promise<string>;
  /** Ends it for good and stops its billing; nothing where it is gone. Throws only when it may still be there. */
  terminate(id: string, signal: AbortSignal): Promise<void>;
  readonly inventory: JobInventory;
}

/** A machine that is there, as a sweep lists it. */
export function toTaggedJob({ id, tag, raw, createdAt, hourlyPrice }: Machine): TaggedJob {
  return {
    id,
    tag,
    raw,
    ended: false,
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(hourlyPrice === undefined ? {} : { hourlyPrice }),
  };
}
