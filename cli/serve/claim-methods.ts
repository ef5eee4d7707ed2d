import type { ClaimOutput, OutputClaim, ReleaseOutput } from '../../schemas/generated/messages.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { OutputClaims, OutputKey } from '../../engine/ports/claims.ts';

/** Milliseconds between two renewals of the claims; one that is missed is not yet lost. */
const renewEvery = 5_000;
/** Milliseconds other windows have to see a saved notebook's file before its claim is free. */
const settleTime = 30_000;

/** A window's claims to write what runs leave in notebooks: renewed while this process lives, given up when it ends. */
export interface ClaimKeeper {
  claim(asked: ClaimOutput): Promise<OutputClaim>;
  release(asked: ReleaseOutput): Promise<Record<string, never>>;
  stop(): Promise<void>;
}

export function keepClaims(claims: OutputClaims, clock: Clock, onError: (error: unknown) => void): ClaimKeeper {
  const held = new Map<string, { readonly key: OutputKey; readonly holder: string }>();

  async function take(key: OutputKey, holder: string): Promise<boolean> {
    const granted = await claims.take(key, holder);
    if (granted) held.set(nameOf(key), { key, holder });
    else held.delete(nameOf(key));
    return granted;
  }

  const stopRenewing = clock.every(renewEvery, () => {
    for (const { key, holder } of held.values()) take(key, holder).catch(onError);
  });
  return {
    claim: async ({ runId, notebook, holder }) => ({ granted: await take({ runId, notebook }, holder) }),
    async release({ runId, notebook, holder, saved }) {
      const key = { runId, notebook };
      held.delete(nameOf(key));
      await claims.release(key, holder, saved ? settleTime : 0);
      return {};
    },
    async stop() {
      stopRenewing();
      const all = [...held.values()];
      held.clear();
      await Promise.all(all.map(({ key, holder }) => claims.release(key, holder, 0)));
    },
  };
}

function nameOf({ runId, notebook }: OutputKey): string {
  return `${runId}\n${notebook}`;
}
