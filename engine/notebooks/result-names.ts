import type { NamedResult } from '../../schemas/generated/messages.ts';
import type { DocumentPath } from '../documents/diagnostic.ts';
import type { DocumentKind } from '../documents/kinds.ts';
import { textsAt } from '../documents/path-fields.ts';

/** Where a cell may name a result of its notebook. */
export interface ResultReference {
  readonly path: DocumentPath;
  /** The whole text there. */
  readonly text: string;
  /** The part of it that is the name. */
  readonly name: string;
  /** A checkpoint is of a tuning run only. */
  readonly isCheckpoint: boolean;
}

const checkpoint = /^checkpoint:([^@]+)/;

/** Fields whose texts name models: there `checkpoint:NAME` may mean a result. */
const modelFields: Readonly<Partial<Record<DocumentKind, readonly string[]>>> = {
  bench: ['models.*', 'compare.baseline', 'gate.*.model', 'metrics.*.*.baseline'],
  tune: ['base', 'evaluation.metrics.*.*.baseline'],
  trial: ['models.*', 'model'],
};

/** Fields whose texts are a run as they stand. */
const runFields: Readonly<Partial<Record<DocumentKind, readonly string[]>>> = {
  bench: ['compare.against'],
  comparison: ['compare.*', 'baseline'],
};

export function modelFieldsOf(kind: DocumentKind): readonly string[] {
  return modelFields[kind] ?? [];
}

export function runFieldsOf(kind: DocumentKind): readonly string[] {
  return runFields[kind] ?? [];
}

/** What a cell names that may be a result, in no certain order. Takes drafts of any shape. */
export function findReferences(kind: DocumentKind, value: unknown): readonly ResultReference[] {
  const models = modelFieldsOf(kind).flatMap(field =>
    textsAt(value, field).flatMap(({ path, text }): readonly ResultReference[] => {
      const name = checkpoint.exec(text)?.[1];
      return name === undefined ? [] : [{ path, text, name, isCheckpoint: true }];
    }),
  );
  const runs = runFieldsOf(kind).flatMap(field =>
    textsAt(value, field).map(({ path, text }): ResultReference => ({ path, text, name: text, isCheckpoint: false })),
  );
  return [...models, ...runs.filter(({ name }) => kind !== 'bench' || name !== 'last')];
}

/** The results by their names; of several with one name the newest. */
export function indexResults(results: readonly NamedResult[]): ReadonlyMap<string, NamedResult> {
  const index = new Map<string, NamedResult>();
  for (const result of results) {
    const other = index.get(result.name);
    if (other === undefined || other.createdAt <= result.createdAt) index.set(result.name, result);
  }
  return index;
}
