import { clipText } from '../base/clip.ts';

/**
 * JSON as Jupyter and VS Code write it, whoever saves the notebook: keys sorted, so that a file does not change by being saved elsewhere,
 * and no half of a surrogate pair, which Python cannot write. Members that are undefined are left out; longer texts than `limit` are cut.
 */
export function tidyJson(value: unknown, limit = Number.MAX_SAFE_INTEGER): unknown {
  if (typeof value === 'string') return (value.length > limit ? `${clipText(value, limit)}…` : value).toWellFormed();
  if (Array.isArray(value)) return value.map(item => tidyJson(item, limit));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  members.sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(members.map(([key, member]) => [key.toWellFormed(), tidyJson(member, limit)]));
}
