import type { Form } from './cell-fields.ts';
import { formatPath, type DiagnosticCode, type DocumentPath, type Range } from './diagnostic.ts';
import type { DocumentKind } from './kinds.ts';
import { fieldsOf, type SchemaNode } from './schema.ts';
import { listWords } from './suggest.ts';
import { fieldList } from './value-words.ts';

export interface FaultContext {
  readonly kind: DocumentKind;
  readonly form: Form;
  readonly locate: (path: DocumentPath, part: 'key' | 'value') => Range;
  readonly valueAt: (path: DocumentPath) => unknown;
  /** What stands there, as it is written. */
  readonly sourceAt: (path: DocumentPath) => string;
  readonly schemaAt: (path: DocumentPath) => SchemaNode | undefined;
}

/** A fault in words, with its place as a path. */
export interface Words {
  readonly code: DiagnosticCode;
  readonly message: string;
  /** What is underlined. */
  readonly at: DocumentPath;
  readonly part: 'key' | 'value';
  readonly replacement?: string | undefined;
  /** The fields of which any one is missing at `at`. */
  readonly missing?: readonly string[];
  readonly related?: { readonly message: string; readonly at: DocumentPath };
}

export function describeBound(path: DocumentPath, context: FaultContext): Words {
  const schema = context.schemaAt(path);
  const low = schema?.minimum ?? schema?.exclusiveMinimum;
  const lowWord = schema?.minimum === undefined ? 'above' : 'at least';
  const bounds =
    low !== undefined && schema?.maximum !== undefined
      ? schema.minimum === undefined
        ? `above ${low} and at most ${schema.maximum}`
        : `from ${low} to ${schema.maximum}`
      : low !== undefined
        ? `${lowWord} ${low}`
        : `at most ${String(schema?.maximum)}`;
  return {
    code: 'out-of-range',
    message: `\`${formatPath(path)}\` must be ${bounds}, not ${String(context.valueAt(path))}.`,
    at: path,
    part: 'value',
  };
}

export function describeTooFewFields(path: DocumentPath, context: FaultContext): Words {
  const name = formatPath(path);
  const schema = context.schemaAt(path);
  const present = Object.keys((context.valueAt(path) as object | undefined) ?? {});
  const others = Object.keys(schema === undefined ? {} : fieldsOf(schema)).filter(field => !present.includes(field));
  const message =
    present.length === 0
      ? `\`${name}\` is empty.${fieldList(schema)}`
      : `\`${name}\` says only ${listWords(present)}. Add one of ${listWords(others)}.`;
  return { code: 'wrong-length', message, at: path, part: 'value' };
}

export function describeTooManyFields(path: DocumentPath, context: FaultContext): Words {
  const fields = Object.keys((context.valueAt(path) as object | undefined) ?? {});
  const name = formatPath(path);
  const isMetric = isMetricPath(path, context.kind);
  const hint = isMetric ? 'Give each metric its own `- ` item.' : 'Keep one.';
  return {
    code: 'wrong-length',
    message: `\`${name}\` may hold one field but holds ${listWords(fields)}. ${hint}`,
    at: path,
    part: 'value',
  };
}

/** Whether a benchmark or tuning job names a metric at `path`. */
export function isMetricPath(path: DocumentPath, kind: DocumentKind): boolean {
  if (kind === 'bench') return path.length === 2 && path[0] === 'metrics';
  return kind === 'tune' && path.length === 3 && path[1] === 'metrics';
}
