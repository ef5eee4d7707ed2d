import process from 'node:process';
import type { ExitCode } from '../../engine/base/errors.ts';
import type { GovernancePorts } from '../../engine/ports/governance.ts';
import { addressesOf } from '../../engine/registry/declared.ts';
import { createRegistries, type Registries } from '../../engine/registry/registries.ts';
import { createTerminalAccess, type AccessOptions } from '../access.ts';
import { createGovernancePorts, createHost, createRunPorts, withStore } from '../composition.ts';
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

/** The same with the workspace's registries, which may be asked with what the person allows. */
export async function withRegistries(
  options: GlobalOptions,
  access: AccessOptions,
  use: (ports: GovernancePorts, registries: Registries, folder: string, signal: AbortSignal) => Promise<ExitCode>,
): Promise<ExitCode> {
  const host = createHost();
  const interrupts = watchInterrupts(host.clock);
  const { signal } = interrupts;
  try {
    return await withStore(host, process.cwd(), options.store, signal, async (store, workspace) => {
      const ports = await createRunPorts(host, workspace, createTerminalAccess(access), {}, signal);
      const registries = createRegistries(workspace, store.registry, ports);
      try {
        await store.catalogue.declare(addressesOf(registries.declared));
        return await use(createGovernancePorts(host, store), registries, workspace.folder, signal);
      } finally {
        await registries.close();
      }
    });
  } finally {
    interrupts.dispose();
  }
}

/** A result as JSON where that was asked for, else in words. */
export function print(value: unknown, text: string, { json }: GlobalOptions): void {
  if (json === true) printJson(value);
  else printResult(text);
}
