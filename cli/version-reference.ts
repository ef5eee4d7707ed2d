import { WorkbenchError } from '../engine/base/errors.ts';
import { parseReference } from '../engine/base/registry-reference.ts';

export interface VersionName {
  /** Absent: the local registry. */
  readonly registry?: string;
  readonly model: string;
  /** A version or an alias; absent where only the model was named. */
  readonly version?: string;
}

/** Reads `[REGISTRY/]MODEL@VERSION`, `[REGISTRY/]MODEL@ALIAS` or `[REGISTRY/]MODEL`. Throws `usage`. */
export function readVersionName(text: string): VersionName {
  const reference = parseReference(text);
  if (reference !== undefined) return reference;
  throw new WorkbenchError('usage', `"${text}" names no model version.`, {
    remedy: 'Write MODEL@VERSION or MODEL@ALIAS, such as ticket-triage@3; REGISTRY/MODEL@VERSION for another registry.',
  });
}

/** The version that a step is taken with: steps are taken in the local registry alone. Throws `usage`. */
export function requireLocalVersion(text: string): { readonly model: string; readonly version: string } {
  const { registry, model, version } = requireVersion(text);
  if (registry === undefined) return { model, version };
  throw new WorkbenchError('usage', `${text} is in the registry ${registry}; this is done with local versions alone.`, {
    remedy: `Make a local version of it first: \`aiwb registry pull ${text}\`. What is done with it then can be published there again.`,
  });
}

/** The same where the version must be named. */
export function requireVersion(text: string): VersionName & { readonly version: string } {
  const reference = readVersionName(text);
  if (reference.version !== undefined) return { ...reference, version: reference.version };
  throw new WorkbenchError('usage', `"${text}" names a model and no version of it.`, {
    remedy: `Write ${text}@VERSION or ${text}@ALIAS.`,
  });
}
