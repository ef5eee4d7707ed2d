import type { ModelRegistry } from '../../engine/ports/registry.ts';
import { itKeepsTheRegistryContract } from '../fakes/registry-contract.ts';
import type { Checks } from './main.ts';

/** Has a real registry keep what its backend's unit tests have the fake keep. */
export async function checkContract(name: string, open: () => ModelRegistry, check: Checks['check']): Promise<void> {
  const cases: { readonly title: string; readonly action: () => Promise<void> }[] = [];
  const collect = (title: string, action: () => Promise<void>): void => void cases.push({ title, action });
  // The contract is written for Mocha, which is not here.
  const host = globalThis as { it?: unknown };
  const own = host.it;
  host.it = collect;
  try {
    itKeepsTheRegistryContract(open);
  } finally {
    host.it = own;
  }
  for (const { title, action } of cases) await check(`${name} ${title}`, action);
}
