import type { DocumentPath, RelatedPlace } from '../documents/diagnostic.ts';
import { shortPlace } from '../documents/findings.ts';
import type { PolicyFinding, PolicySource } from './policy-set.ts';

/** Where a rule is stated. */
export interface Statement {
  readonly document: PolicySource;
  readonly path: DocumentPath;
}

/** Takes what a policy breaks; the policy is the one being checked. */
export type ReportBreach = (
  code: PolicyFinding['code'],
  path: DocumentPath,
  message: string,
  extra?: BreachExtras,
) => void;

export interface BreachExtras {
  readonly part?: 'key' | 'value';
  readonly replacement?: string | undefined;
  /** Other rules that have to do with it. */
  readonly related?: readonly RelatedStatement[];
}

/** A rule that has to do with a finding, and what is to be seen there. */
export interface RelatedStatement extends Statement {
  readonly message: string;
}

/** Places of rules as a finding of `document` names them. */
export function locateRelated(
  related: readonly RelatedStatement[],
  document: PolicySource,
): readonly RelatedPlace[] | undefined {
  if (related.length === 0) return undefined;
  return related.map(({ document: other, path, message }) => ({
    message,
    range: shortPlace(other.parsed, path, 'key'),
    ...(other !== document && { path: other.path }),
  }));
}

/** `id` with file and line, as messages name an inherited rule. */
export function describePlace({ document, path }: Statement): string {
  const line = document.parsed.locate(path, 'key').start.line + 1;
  return `\`${document.policy.id}\` (${document.file}:${line})`;
}

/** A policy with its file. */
export function describePolicy({ policy, file }: PolicySource): string {
  return `\`${policy.id}\` (${file})`;
}
