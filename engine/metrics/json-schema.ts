import { Validator } from '@cfworker/json-schema';
import type { JsonSchemaParameters } from '../../schemas/generated/files.ts';
import { WorkbenchError } from '../base/errors.ts';
import { identify } from './identity.ts';
import { isMapping } from './json-path.ts';
import { extractJson } from './text/json-answer.ts';
import type { Metric, MetricDefinition } from './metric.ts';
import { createShareMetric } from './score-metric.ts';
import { isSlowPattern } from './slow-pattern.ts';

/** Longer answers have no score. */
const longestChecked = 100_000;

export const jsonSchema: MetricDefinition = {
  id: 'json-schema',
  title: 'JSON schema',
  description: 'Share of answers that are JSON of the schema. An answer that is no JSON is wrong.',
  formula: 'answers that satisfy the schema ÷ answers',
  source: 'JSON Schema draft 2020-12, or the draft that the schema’s `$schema` names (4, 7, 2019-09).',
  kind: 'quality',
  unit: 'ratio',
  direction: 'higher',
  figures: ['json-schema'],
  streams: false,
  create: parameters => createSchemaMetric(parameters as unknown as JsonSchemaParameters),
};

function createSchemaMetric(parameters: JsonSchemaParameters): Metric {
  const { schema, extract = false } = parameters;
  let isValid = typeof schema === 'string' ? undefined : compileSchema(schema);
  const identity = identify('json-schema', 'JSON schema satisfied', { ...parameters });
  const metric = createShareMetric(
    identity,
    ({ output }) => {
      if (isValid === undefined || output.length > longestChecked) return undefined;
      const value = extract ? extractJson(output) : parseWhole(output)?.value;
      return value !== undefined && isValid(value);
    },
    'are too long to check',
  );
  if (typeof schema !== 'string') return metric;
  return {
    ...metric,
    needs: { files: [schema] },
    prepare(read) {
      isValid = compileSchema(parseSchema(schema, read(schema)));
    },
  };
}

function parseWhole(output: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(output) as unknown };
  } catch {
    return undefined;
  }
}

function parseSchema(path: string, text: string): Readonly<Record<string, unknown>> {
  const parsed = parseWhole(text)?.value;
  if (isMapping(parsed)) return parsed;
  throw new WorkbenchError('metric-unsuitable', `${path} holds no JSON schema: it is not a JSON object.`, {
    remedy: 'Give json-schema a file with a JSON schema.',
  });
}

const drafts: readonly (readonly [mark: string, draft: '4' | '7' | '2019-09'])[] = [
  ['draft-04', '4'],
  ['draft-06', '7'],
  ['draft-07', '7'],
  ['2019-09', '2019-09'],
];

/** A check of values. A schema that refers to what it does not hold is refused here and not in the middle of a run. */
function compileSchema(schema: Readonly<Record<string, unknown>>): (value: unknown) => boolean {
  checkParts(schema);
  const named = schema['$schema'];
  const draft = drafts.find(([mark]) => typeof named === 'string' && named.includes(mark))?.[1] ?? '2020-12';
  let validator: Validator;
  try {
    validator = new Validator(schema, draft, true);
    validator.validate(null);
  } catch (error) {
    throw new WorkbenchError('metric-unsuitable', `The JSON schema cannot be used: ${textOf(error)}`, {
      cause: error,
      remedy: 'Correct the schema of json-schema.',
    });
  }
  return value => {
    try {
      return validator.validate(value).valid;
    } catch (error) {
      // A value nested so deep that the check runs out of stack satisfies no schema meant for answers.
      if (error instanceof RangeError) return false;
      throw error;
    }
  };
}

function textOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 300);
}

/** The engine fetches nothing: a reference to another document cannot be followed. Patterns must be ones that no answer can make slow. */
function checkParts(schema: Readonly<Record<string, unknown>>): void {
  const { ids, references, patterns } = collectParts(schema);
  const foreign = references.find(
    reference => !reference.startsWith('#') && !ids.has(reference.split('#', 1)[0] ?? ''),
  );
  if (foreign !== undefined) {
    throw new WorkbenchError('metric-unsuitable', `The JSON schema refers to "${foreign}", which it does not hold.`, {
      remedy: 'Put what it refers to under its `$defs`.',
    });
  }
  for (const pattern of patterns) checkPattern(pattern);
}

function checkPattern(pattern: string): void {
  try {
    RegExp(pattern, 'u');
  } catch (error) {
    throw new WorkbenchError('metric-unsuitable', `The JSON schema's pattern "${pattern}" is none: ${textOf(error)}`, {
      cause: error,
      remedy: 'Write it as a JavaScript regular expression.',
    });
  }

  if (isSlowPattern(pattern)) {
    throw new WorkbenchError(
      'metric-unsuitable',
      `The JSON schema's pattern "${pattern}" could take forever on some answers.`,
      {
        remedy: 'Write it without a repeat inside a repeated group.',
      },
    );
  }
}

interface SchemaParts {
  readonly ids: ReadonlySet<string>;
  readonly references: readonly string[];
  readonly patterns: readonly string[];
}

function collectParts(schema: Readonly<Record<string, unknown>>): SchemaParts {
  const ids = new Set<string>();
  const references: string[] = [];
  const patterns: string[] = [];
  const open: unknown[] = [schema];
  while (open.length > 0) {
    const node = open.pop();
    if (Array.isArray(node)) for (const item of node as unknown[]) open.push(item);
    if (!isMapping(node)) continue;
    const { $id: id, $ref: reference, pattern, patternProperties } = node;
    if (typeof id === 'string') ids.add(id);
    if (typeof reference === 'string') references.push(reference);
    if (typeof pattern === 'string') patterns.push(pattern);
    if (isMapping(patternProperties)) patterns.push(...Object.keys(patternProperties));
    for (const child of Object.values(node)) open.push(child);
  }
  return { ids, references, patterns };
}
