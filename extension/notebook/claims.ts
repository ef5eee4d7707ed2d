import { randomUUID } from 'node:crypto';
import { describeFailure, toFailure } from '../base/failure.ts';
import type { Log } from '../base/log.ts';
import type { Engine } from '../engine/engine.ts';

/** What one window is to write: the end of a run, into a notebook. */
export interface Claim {
  readonly engine: Engine;
  readonly runId: string;
  /** Absolute path of the notebook. */
  readonly notebook: string;
}

/** This window's claims to write the ends of runs into notebooks that other windows may have open too. */
export interface Claims {
  /** False while another window has it. Throws where the engine cannot be asked. */
  take(claim: Claim): Promise<boolean>;
  /**
   * Gives up a notebook's claims.
   * @param saved the file has what was written: others wait until they have seen it
   */
  release(notebook: string, saved: boolean, which?: (runId: string) => boolean): void;
}

export function createClaims(log: Log): Claims {
  const holder = randomUUID();
  const held = new Map<string, Claim>();

  return {
    async take(claim) {
      const { engine, runId, notebook } = claim;
      const { granted } = await engine.request('cells/claim', { runId, notebook, holder });
      const key = `${runId}\n${notebook}`;
      if (granted) held.set(key, claim);
      else held.delete(key);
      return granted;
    },
    release(notebook, saved, which = () => true) {
      for (const [key, claim] of held) {
        const { engine, runId } = claim;
        if (claim.notebook !== notebook || !which(runId)) continue;
        held.delete(key);
        // A process that is not there holds nothing.
        if (engine.state.kind !== 'ready') continue;
        engine
          .request('cells/release', { runId, notebook, holder, saved })
          .catch((error: unknown) => log.debug(describeFailure(toFailure(error))));
      }
    },
  };
}
