import { matchesWildcard } from './wildcard.ts';

/** Whether a document may answer where a policy names some. */
export function mayAnswer(name: string, patterns: readonly string[] | undefined): boolean {
  return patterns === undefined || patterns.some(pattern => matchesWildcard(name, pattern));
}
