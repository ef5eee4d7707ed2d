import { originNotAllowed, type Secrets } from '../ports/secrets.ts';
import type { RunSpec } from '../ports/run-spec.ts';

/** An origin that a registry names, where no key is sent but prompts and rows are. */
export interface NeededOrigin {
  readonly origin: string;
  /** The registered version that is served there, as the run names it. */
  readonly served: string;
}

/** The origins of endpoints that registries name, each once. */
export function neededOrigins({ registered = {} }: Pick<RunSpec, 'registered'>): readonly NeededOrigin[] {
  const needed = new Map<string, NeededOrigin>();
  for (const [served, { endpoint }] of Object.entries(registered)) {
    if (endpoint === undefined) continue;
    const { origin } = new URL(endpoint.url);
    if (!needed.has(origin)) needed.set(origin, { origin, served });
  }
  return [...needed.values()];
}

/** Makes sure that everything may be sent where registries say it is served. Throws `origin-not-allowed`. */
export async function requireOrigins(
  spec: Pick<RunSpec, 'registered'>,
  secrets: Secrets,
  signal: AbortSignal,
): Promise<readonly NeededOrigin[]> {
  const needed = neededOrigins(spec);
  for (const { origin, served } of needed) await requireOrigin(secrets, origin, served, signal);
  return needed;
}

/** The same for one of them. */
export async function requireOrigin(
  secrets: Secrets,
  origin: string,
  served: string,
  signal: AbortSignal,
): Promise<void> {
  if (secrets.requireOrigin !== undefined) return secrets.requireOrigin(origin, served, signal);
  throw originNotAllowed(origin, served, 'Declare a connection for it in workbench.yaml, with `registered`.');
}
