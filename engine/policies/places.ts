import type { DocumentPath } from '../documents/diagnostic.ts';
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
  extra?: { readonly part?: 'key' | 'value'; readonly replacement?: string | undefined },
) => void;

/** `id` with file and line, as messages name an inherited rule. */
export function describePlace({ document, path }: Statement): string {
  const line = document.parsed.locate(path, 'key').start.line + 1;
  return `\`${document.policy.id}\` (${document.file}:${line})`;
}

/** A policy with its file. */
export function describePolicy({ policy, file }: PolicySource): string {
  return `\`${policy.id}\` (${file})`;
}
