import process from 'node:process';
import type { ExitCode } from '../../engine/base/errors.ts';
import type { GovernancePorts } from '../../engine/governance/ports.ts';
import { createGovernancePorts, createHost, withStore } from '../composition.ts';
import { watchInterrupts } from '../interrupts.ts';
import type { GlobalOptions } from '../options.ts';
import { printJson, printResult } from '../output.ts';

export type Run = (action: () => Promise<ExitCode>) => Promise<void>;

/** Opens the store of the workspace this is called in, for one action of registry or governance. `folder` is the workspace's. */
export async function withGovernance(
  options: GlobalOptions,
  use: (ports: GovernancePorts, folder: string, signal: AbortSignal) => Promise<ExitCode>,
): Promise<ExitCode> {
  const host = createHost();
  const interrupts = watchInterrupts(host.clock);
  const { signal } = interrupts;
  try {
    return await withStore(host, process.cwd(), options.store, signal, (store, { folder }) =>
      use(createGovernancePorts(host, store), folder, signal),
    );
  } finally {
    interrupts.dispose();
  }
}

/** A result as JSON where that was asked for, else in words. */
export function print(value: unknown, text: string, { json }: GlobalOptions): void {
  if (json === true) printJson(value);
  else printResult(text);
}
