import { credentialOf, originOf } from '../models/connections.ts';
import type { RunSpec } from '../ports/run-spec.ts';
import type { Secrets, SecretReference } from '../ports/secrets.ts';
import { connectionsOf } from '../runs/asked-models.ts';
import { connectionNamed, type Workspace } from '../workspace/workspace.ts';
import { platformSecretsOf } from './platform-secrets.ts';

/** A secret's value for one origin, on its way to the process that runs the benchmark. Never stored. */
export interface ResolvedSecret {
  readonly reference: SecretReference;
  readonly origin: string;
  readonly value: string;
}

/**
 * Resolves every secret that the run's connections name, judges and embeddings among them, and that a tuning job's platform and storage
 * need, so that a run that lacks one is refused before it starts.
 */
export async function resolveNeededSecrets(
  spec: RunSpec,
  workspace: Workspace,
  secrets: Secrets,
  signal: AbortSignal,
): Promise<readonly ResolvedSecret[]> {
  const resolved: ResolvedSecret[] = [];
  for (const name of connectionsOf(spec, workspace)) {
    const connection = connectionNamed(workspace, name);
    const reference = credentialOf(connection);
    const origin = originOf(connection);
    if (reference === undefined || origin === undefined) continue;
    resolved.push({ reference, origin, value: await secrets.resolve(reference, origin, signal) });
  }
  for (const { reference, origin } of platformSecretsOf(spec, workspace))
    resolved.push({ reference, origin, value: await secrets.resolve(reference, origin, signal) });
  return resolved;
}
