import type { VersionStatus } from '../../schemas/generated/messages.ts';

export type Comparison = '<' | '<=' | '>' | '>=' | '=';

/** One condition; all of a filter's must hold. */
export type FilterTerm =
  /** A word anywhere in names, descriptions, owner or author; case does not matter. */
  | { readonly kind: 'text'; readonly text: string; readonly not: boolean }
  /** A field equal to one of the values, case ignored: `task:asr,ocr`. */
  | { readonly kind: 'field'; readonly field: FilterField; readonly values: readonly string[]; readonly not: boolean }
  | { readonly kind: 'status'; readonly values: readonly VersionStatus[]; readonly not: boolean }
  /** A figure against a number: `ttft_p90<200`. A version that lacks the figure does not match. */
  | { readonly kind: 'figure'; readonly figure: string; readonly comparison: Comparison; readonly value: number };

export type FilterField = 'task' | 'provider' | 'license' | 'owner' | 'author' | 'language' | 'alias' | 'name';

/** A parsed filter: `status:approved ttft_p90<200 task:asr whisper`. */
export interface RegistryFilter {
  readonly text: string;
  readonly terms: readonly FilterTerm[];
  /** Words that look like a condition and are none: no field or status is called so. They are searched as text. */
  readonly unmatched?: readonly string[];
}

/** What a registry's models and versions have, for completion. */
export interface FilterWords {
  /** Values of fields, such as tasks. */
  readonly values: Readonly<Partial<Record<FilterField, readonly string[]>>>;
  /** Names of figures. */
  readonly figures: readonly string[];
}

export const filterFields: readonly FilterField[] = [
  'task',
  'provider',
  'license',
  'owner',
  'author',
  'language',
  'alias',
  'name',
];

/** Whether a condition can be true of single versions only, never of a model as a whole. */
export function asksVersions(term: FilterTerm): boolean {
  if (term.kind === 'field') return term.field === 'alias' || term.field === 'author';
  return term.kind === 'status' || term.kind === 'figure';
}
