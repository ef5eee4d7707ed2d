import type { SchemaFault } from '../../schemas/generated/validators.js';
import { formatPath, type Diagnostic, type DocumentPath, type Range } from './diagnostic.ts';
import { expectedForm, expectedModelName, looksLikeModelPattern } from './formats.ts';
import {
  describeBound,
  describeTooFewFields,
  describeTooManyFields,
  isMetricPath,
  type FaultContext,
  type Words,
} from './limit-words.ts';
import { kindNames, type DocumentKind } from './kinds.ts';
import { allowedValues, fieldsOf, requiredOf, tagOf, type SchemaNode } from './schema.ts';
import { countOf, exampleOf, quoted, textOf, typeOf, typeWords } from './value-words.ts';
import { askDidYouMean, listWords, suggestWord } from './suggest.ts';

/** One fault of a generated validator as a finding with its place, absent for faults that only repeat another. */
export function describeFault(fault: SchemaFault, path: DocumentPath, context: FaultContext): Diagnostic | undefined {
  const words = findWords(fault, path, context);
  if (words === undefined) return undefined;
  const range = firstLineOf(context.locate(words.at, words.part), words.at, words.part, context);
  return {
    code: words.code,
    severity: 'error',
    message: words.message,
    range,
    ...(words.replacement !== undefined && { replacement: words.replacement }),
    ...(words.missing && { missing: { at: words.at, anyOf: words.missing } }),
    ...(words.related && {
      related: [{ message: words.related.message, range: context.locate(words.related.at, 'value') }],
    }),
    ...(isUnderSecret(path) && { sensitive: true }),
  };
}

/** A value over many lines is underlined at its key instead: a file full of red helps nobody. */
function firstLineOf(range: Range, at: DocumentPath, part: 'key' | 'value', context: FaultContext): Range {
  if (range.start.line === range.end.line) return range;
  const key = part === 'value' ? context.locate(at, 'key') : range;
  if (key.start.line === key.end.line) return key;
  // Editors underline the word there.
  return { start: range.start, end: range.start };
}

function findWords(fault: SchemaFault, path: DocumentPath, context: FaultContext): Words | undefined {
  const params = fault.params;
  const name = formatPath(path);
  const here = { at: path, part: 'value' as const };
  switch (fault.keyword) {
    case 'required':
      return describeMissing(String(params['missingProperty']), path, context);
    case 'additionalProperties':
      return describeUnknown(String(params['additionalProperty']), path, context);
    case 'propertyNames': {
      const key = String(params['propertyName']);
      const rule =
        path.at(-1) === 'headers'
          ? 'letters, digits and `-`'
          : 'a letter first, then letters, digits, `_` and `-`, 64 in all';
      return {
        code: 'bad-format',
        message: `\`${key}\` cannot be a name here: use ${rule}.`,
        at: [...path, key],
        part: 'key',
      };
    }
    case 'enum':
    case 'const':
      return describeNotAllowed(
        path,
        fault.keyword === 'enum' ? (params['allowedValues'] as unknown[]) : [params['allowedValue']],
        context,
      );
    case 'type':
      return describeType(String(params['type']), path, context);
    case 'pattern':
      // Inside `propertyNames` the fault is about a key and told there.
      if (/\/propertyNames\/pattern$/.test(fault.schemaPath)) return undefined;
      return describePattern(String(params['pattern']), path, context);
    case 'minLength':
      return { ...here, code: 'missing-value', message: `\`${name}\` must not be empty.` };
    case 'maxLength':
      return {
        ...here,
        code: 'wrong-length',
        message: `\`${name}\` is longer than ${String(params['limit'])} characters.`,
      };
    case 'minItems':
      return {
        ...here,
        code: 'wrong-length',
        message: `\`${name}\` needs at least ${countOf(params['limit'], 'item')}.`,
      };
    case 'maxItems':
      return {
        ...here,
        code: 'wrong-length',
        message: `\`${name}\` takes at most ${countOf(params['limit'], 'item')}.`,
      };
    case 'minProperties':
      return describeTooFewFields(path, context);
    case 'maxProperties':
      return describeTooManyFields(path, context);
    case 'uniqueItems': {
      const [later, earlier] = [Number(params['j']), Number(params['i'])].sort((a, b) => b - a) as [number, number];
      const related = { message: 'It stands here first.', at: [...path, earlier] };
      return {
        code: 'duplicate-item',
        message: `This stands in \`${name}\` twice.`,
        at: [...path, later],
        part: 'value',
        related,
      };
    }
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
      return describeBound(path, context);
    case 'anyOf':
      return describeChoice(params['options'] as string[] | undefined, path, context);
    default:
      return { ...here, code: 'bad-format', message: `\`${name}\` ${fault.message ?? 'is not valid'}.` };
  }
}

function describeMissing(field: string, path: DocumentPath, context: FaultContext): Words {
  const wanted = context.schemaAt([...path, field]);
  const description = wanted?.description;
  const choice = wanted?.enum === undefined ? '' : ` Allowed: ${listWords(wanted.enum.map(String))}.`;
  const where = path.length === 0 ? '' : ` in \`${formatPath(path)}\``;
  const message = `Missing \`${field}\`${where}.${description === undefined ? '' : ` ${description}`}${choice}`;
  return { code: 'missing-field', message, at: path, part: 'key', missing: [field] };
}

function describeUnknown(field: string, path: DocumentPath, context: FaultContext): Words {
  const schema = context.schemaAt(path);
  const fields = Object.keys(schema === undefined ? {} : fieldsOf(schema));
  const at = [...path, field];
  const isMetric = isMetricPath(path, context.kind);
  if (isMetric) {
    const names = (schema === undefined ? [] : allowedValues(schema)).map(String);
    const suggestion = suggestWord(field, names);
    const message = `Unknown metric \`${field}\`.${askDidYouMean(suggestion)} Metrics with parameters: ${listWords(fields)}.`;
    return { code: 'not-allowed-value', message, at, part: 'key', replacement: suggestion };
  }
  if (path.length === 0 && context.form === 'file') {
    const reason = whyOnlyInCells(field, context.kind);
    if (reason !== undefined) return { code: 'unknown-field', message: reason, at, part: 'key' };
  }
  const present = context.valueAt(path);
  const absent = fields.filter(
    name => typeof present !== 'object' || present === null || !Object.hasOwn(present, name),
  );
  const suggestion = suggestWord(field, absent);
  const where = path.length === 0 ? '' : ` in \`${formatPath(path)}\``;
  const known = suggestion === undefined && fields.length > 0 ? ` Known fields: ${listWords(fields)}.` : '';
  return {
    code: 'unknown-field',
    message: `Unknown field \`${field}\`${where}.${askDidYouMean(suggestion)}${known}`,
    at,
    part: 'key',
    replacement: suggestion,
  };
}

/** What a cell has and a file has not. */
function whyOnlyInCells(field: string, kind: DocumentKind): string | undefined {
  const name = kindNames[kind];
  if (field === 'as') return `Only cells of notebooks have \`as\`: a ${name} is known by its own name.`;
  if (field === 'use') return `Only cells of notebooks have \`use\`: write what the ${name} is to hold into it.`;
  return undefined;
}

function describeNotAllowed(path: DocumentPath, allowed: readonly unknown[], context: FaultContext): Words {
  const value = context.valueAt(path);
  const names = allowed.map(String);
  if (value === null || value === undefined) return describeEmptyValue(path, `one of ${listWords(names)}`);
  const suggestion = typeof value === 'string' ? suggestWord(value, names) : undefined;
  const isMetric = isMetricPath(path, context.kind);
  const subject = isMetric ? `Unknown metric ${quoted(value)}.` : `\`${formatPath(path)}\` cannot be ${quoted(value)}.`;
  const choice = names.length === 1 ? `Only ${listWords(names)} is allowed.` : `Allowed: ${listWords(names)}.`;
  return {
    code: 'not-allowed-value',
    message: `${subject}${askDidYouMean(suggestion)} ${choice}`,
    at: path,
    part: 'value',
    replacement: suggestion,
  };
}

function describeType(expected: string, path: DocumentPath, context: FaultContext): Words {
  const value = context.valueAt(path);
  const schema = context.schemaAt(path);
  if (path.at(-1) === 'apiKey' && typeof value === 'string') {
    const message =
      'A key must not be written into this file. Name where it is found: `apiKey: {env: OPENAI_API_KEY}`.';
    return { code: 'secret-in-file', message, at: path, part: 'value' };
  }
  const wanted = typeWords[expected] ?? expected;
  if (value === null || value === undefined) return describeEmptyValue(path, `${wanted}${exampleOf(schema)}`);
  const name = path.length === 0 ? 'The file' : `\`${formatPath(path)}\``;
  const { hint, replacement } = isUnderSecret(path)
    ? { hint: '', replacement: undefined }
    : wayOut(expected, value, path, context);
  return {
    code: 'wrong-type',
    message: `${name} must be ${wanted}, not ${typeOf(value)}.${hint}`,
    at: path,
    part: 'value',
    replacement,
  };
}

/** How a value of another type can be written as one that is allowed: in words, and as text where it is certain. */
function wayOut(
  expected: string,
  value: unknown,
  path: DocumentPath,
  context: FaultContext,
): { readonly hint: string; readonly replacement: string | undefined } {
  const schema = context.schemaAt(path);
  const isScalar = typeof value !== 'object';
  // As it is written: `2.10` is another text than `2.1`.
  const source = context.sourceAt(path) === '' ? textOf(value) : context.sourceAt(path);
  if (expected === 'string' && isScalar) {
    const quotedText = JSON.stringify(source);
    const forms = formsOf(source).filter(candidate => fitsPattern(candidate, schema?.pattern));
    if (forms.length === 0 || forms[0] === source) {
      const replacement = forms.length === 0 ? undefined : quotedText;
      return { hint: ` Put it in quotes: \`${quotedText}\`.`, replacement };
    }
    return { hint: exampleHint(schema), replacement: forms.length === 1 ? forms[0] : undefined };
  }
  const isNumber = typeof value === 'string' && value.trim() !== '' && !Number.isNaN(Number(value));
  if ((expected === 'number' || expected === 'integer') && isNumber) {
    const isFit = expected === 'number' || Number.isInteger(Number(value));
    return { hint: ' Remove the quotes.', replacement: isFit ? String(Number(value)) : undefined };
  }
  if (expected === 'array' && isScalar)
    return { hint: ` Write \`[${textOf(value)}]\`.`, replacement: source.includes('\n') ? undefined : `[${source}]` };
  return { hint: exampleHint(schema), replacement: undefined };
}

/** What a bare number may have been meant as. */
function formsOf(source: string): readonly string[] {
  return /^\d+(\.\d+)?$/.test(source) ? [source, `${source} USD`, `${source}s`, `${source}%`] : [source];
}

function fitsPattern(text: string, pattern: string | undefined): boolean {
  return pattern === undefined || new RegExp(pattern, 'u').test(text);
}

function exampleHint(schema: SchemaNode | undefined): string {
  const example = exampleOf(schema);
  return example === '' ? '' : ` For example${example.replace(', such as', '')}.`;
}

function describeEmptyValue(path: DocumentPath, wanted: string): Words {
  return {
    code: 'missing-value',
    message: `\`${formatPath(path)}\` has no value. Expected: ${wanted}.`,
    at: path,
    part: 'key',
  };
}

function describePattern(pattern: string, path: DocumentPath, context: FaultContext): Words {
  const value = context.valueAt(path);
  if (looksLikeModelPattern(pattern)) {
    const { message, suggestion } = expectedModelName(context.kind, textOf(value));
    return { code: 'bad-format', message, at: path, part: 'value', replacement: suggestion };
  }
  const name = formatPath(path);
  const shown = isUnderSecret(path) ? '' : `: ${quoted(value)} is not`;
  const form = expectedForm(context.kind, path) ?? `the form \`${pattern}\``;
  const example = exampleOf(context.schemaAt(path));
  return { code: 'bad-format', message: `\`${name}\` must be ${form}${example}${shown}.`, at: path, part: 'value' };
}

function describeChoice(options: readonly string[] | undefined, path: DocumentPath, context: FaultContext): Words {
  if (options !== undefined) {
    const message = `\`${formatPath(path)}\` needs ${options.map(option => `\`${option}\``).join(' or ')}.`;
    return { code: 'missing-field', message, at: path, part: 'key', missing: options };
  }
  const schema = context.schemaAt(path);
  const fields = schema === undefined || tagOf(schema) === undefined ? [] : requiredOf(schema);
  const description = fields.length > 0 ? `a mapping with at least ${listWords(fields)}.` : (schema?.description ?? '');
  const value = context.valueAt(path);
  if (value === null) return describeEmptyValue(path, description.replace(/\.$/, ''));
  const message = `\`${formatPath(path)}\` cannot be ${typeOf(value)}. Expected: ${description}`;
  return { code: 'wrong-type', message, at: path, part: 'value' };
}

function isUnderSecret(path: DocumentPath): boolean {
  return path.includes('apiKey');
}
