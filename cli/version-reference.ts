import { WorkbenchError } from '../engine/base/errors.ts';

export interface VersionName {
  readonly model: string;
  /** A version or an alias; absent where only the model was named. */
  readonly version?: string;
}

/** Reads `MODEL@VERSION`, `MODEL@ALIAS` or `MODEL`. Throws `usage`. */
export function readVersionName(text: string): VersionName {
  const at = text.indexOf('@');
  const [model, version] = at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
  if (model === '' || version === '') {
    throw new WorkbenchError('usage', `"${text}" names no model version.`, {
      remedy: 'Write MODEL@VERSION or MODEL@ALIAS, such as ticket-triage@3.',
    });
  }
  return { model, ...(version === undefined ? {} : { version }) };
}

/** The same where the version must be named. */
export function requireVersion(text: string): Required<VersionName> {
  const { model, version } = readVersionName(text);
  if (version !== undefined) return { model, version };
  throw new WorkbenchError('usage', `"${text}" names a model and no version of it.`, {
    remedy: `Write ${text}@VERSION or ${text}@ALIAS.`,
  });
}
