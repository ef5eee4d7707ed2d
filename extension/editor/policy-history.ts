import type { PolicyEntry } from '../../schemas/generated/messages.ts';
import type { Engine } from '../engine/engine.ts';

/** What is known of each policy of the folders, its newest assessment among it; asked for once and again when it is old. */
export interface PolicyHistory {
  /** Absent while it is not known yet, and where there is no such policy. */
  find(engine: Engine, policyId: string | undefined): PolicyEntry | undefined;
  expire(): void;
}

/** @param onKnown told when more is known than before */
export function createPolicyHistory(onKnown: () => void, onFailed: (error: unknown) => void): PolicyHistory {
  const known = new Map<string, readonly PolicyEntry[]>();
  const asked = new Set<string>();

  async function ask(engine: Engine): Promise<void> {
    const { policies } = await engine.request('policies/list', {});
    known.set(engine.folder, policies);
    onKnown();
  }

  return {
    find(engine, policyId) {
      if (policyId === undefined) return undefined;
      if (!asked.has(engine.folder)) {
        asked.add(engine.folder);
        ask(engine).catch(onFailed);
      }
      return known.get(engine.folder)?.find(({ id }) => id === policyId);
    },
    expire: () => asked.clear(),
  };
}
