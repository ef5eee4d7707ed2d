import { WorkbenchError } from '../engine/base/errors.ts';
import { parseReference } from '../engine/registry/reference.ts';

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

/** The same where the version must be named. */
export function requireVersion(text: string): VersionName & { readonly version: string } {
  const reference = readVersionName(text);
  if (reference.version !== undefined) return { ...reference, version: reference.version };
  throw new WorkbenchError('usage', `"${text}" names a model and no version of it.`, {
    remedy: `Write ${text}@VERSION or ${text}@ALIAS.`,
  });
}
