import type { SchemaFault } from '../../schemas/generated/validators.js';
import type { Form } from './cell-fields.ts';
import type { Diagnostic, DocumentPath, Range } from './diagnostic.ts';
import type { DocumentKind } from './kinds.ts';
import { describeFault } from './fault-words.ts';
import type { FaultContext } from './limit-words.ts';
import { schemaAt, tagOf, type SchemaNode } from './schema.ts';

interface PlacedFault {
  readonly fault: SchemaFault;
  readonly path: DocumentPath;
}

/**
 * The validator's faults as findings: alternatives (`anyOf`) collapsed to the one the writer meant, consequences left
 * out, and a fault reached through several aliases told once.
 */
export function describeFaults(
  kind: DocumentKind,
  value: unknown,
  faults: readonly SchemaFault[],
  locate: (path: DocumentPath, part: 'key' | 'value') => Range,
  sourceAt: (path: DocumentPath) => string,
  form: Form = 'file',
): Diagnostic[] {
  const context: FaultContext = {
    kind,
    locate,
    sourceAt,
    valueAt: path => valueAt(value, path),
    form,
    schemaAt: path => schemaAt(kind, path, value, form),
  };
  const placed = faults.map(fault => ({ fault, path: parsePointer(fault.instancePath, value) }));
  const found: Diagnostic[] = [];
  const seen = new Set<string>();
  const renamed = new Set<string>();
  for (const { fault, path } of collapseAlternatives(chooseShapes(placed, context), context)) {
    const diagnostic = describeFault(fault, path, context);
    if (diagnostic === undefined) continue;
    if (diagnostic.code === 'unknown-field' && diagnostic.replacement !== undefined) {
      renamed.add(`${fault.instancePath}/${diagnostic.replacement}`);
    }
    const { start } = diagnostic.range;
    const identity = `${diagnostic.code} ${start.line}:${start.character} ${fault.keyword === 'required' ? String(fault.params['missingProperty']) : ''}`;
    if (seen.has(identity)) continue;
    seen.add(identity);
    found.push(diagnostic);
  }
  // A misspelt field is told once, as misspelt, and not also as missing.
  const missing = new Map(
    placed
      .filter(({ fault }) => fault.keyword === 'required')
      .map(({ fault, path }) => [
        describeFault(fault, path, context)?.message,
        `${fault.instancePath}/${String(fault.params['missingProperty'])}`,
      ]),
  );
  return found
    .filter(diagnostic => diagnostic.code !== 'missing-field' || !renamed.has(missing.get(diagnostic.message) ?? ''))
    .sort((a, b) => a.range.start.line - b.range.start.line || a.range.start.character - b.range.start.character);
}

/**
 * Where a mapping says by a field which of several shapes it has, keeps the faults of that shape; where it names none there is, that
 * alone is told.
 */
function chooseShapes(placed: readonly PlacedFault[], context: FaultContext): readonly PlacedFault[] {
  const chosen = new Map<string, ReturnType<typeof tagOf>>();
  for (const { fault, path } of placed) {
    if (fault.keyword !== 'anyOf') continue;
    // Without the content: it would already be one shape.
    const tag = tagOf(schemaAt(context.kind, path) ?? {});
    if (tag !== undefined && isMapping(context.valueAt(path))) chosen.set(fault.instancePath, tag);
  }
  if (chosen.size === 0) return placed;
  const told = new Set<string>();
  return placed.flatMap((item): PlacedFault[] => {
    const { fault } = item;
    const owner = [...ancestorPointers(fault.instancePath)].find(pointer => chosen.has(pointer));
    const tag = owner === undefined ? undefined : chosen.get(owner);
    if (owner === undefined || tag === undefined) return [item];
    const path = item.path.slice(0, owner.split('/').length - 1);
    const value = context.valueAt(path) as Readonly<Record<string, unknown>>;
    const name = Object.hasOwn(value, tag.field) ? value[tag.field] : undefined;
    const shape = tag.options.get(name);
    if (shape !== undefined) return belongsTo(item, path, shape, tag.field) ? [item] : [];
    // A key written into a file is told whatever else is wrong.
    if (item.path.at(-1) === 'apiKey' && fault.keyword === 'type') return [item];
    const isFirst = !told.has(owner);
    told.add(owner);
    if (name !== undefined) return isFirst ? [wrongTag(item, owner, path, tag)] : [];
    if (fault.instancePath !== owner) return [];
    if (fault.keyword === 'required') return fault.params['missingProperty'] === tag.field ? [item] : [];
    const isKnown = [...tag.options.values()].some(
      option =>
        option.properties !== undefined && Object.hasOwn(option.properties, String(fault.params['additionalProperty'])),
    );
    return fault.keyword === 'additionalProperties' && !isKnown ? [item] : [];
  });
}

function belongsTo({ fault, path }: PlacedFault, owner: DocumentPath, shape: SchemaNode, tag: string): boolean {
  const fields = shape.properties ?? {};
  const field = path[owner.length];
  if (field !== undefined) return field !== tag && typeof field === 'string' && Object.hasOwn(fields, field);
  if (fault.keyword === 'required') return shape.required?.includes(String(fault.params['missingProperty'])) === true;
  if (fault.keyword === 'additionalProperties')
    return !Object.hasOwn(fields, String(fault.params['additionalProperty']));
  return false;
}

function wrongTag(
  { fault }: PlacedFault,
  owner: string,
  path: DocumentPath,
  tag: NonNullable<ReturnType<typeof tagOf>>,
): PlacedFault {
  const params = { allowedValues: [...tag.options.keys()] };
  return {
    fault: { ...fault, keyword: 'enum', instancePath: `${owner}/${tag.field}`, params },
    path: [...path, tag.field],
  };
}

function isMapping(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Keeps, of the faults under an `anyOf`, those of the alternative that the value's own type points at. */
function collapseAlternatives(placed: readonly PlacedFault[], context: FaultContext): readonly PlacedFault[] {
  const alternatives = new Set(
    placed.filter(({ fault }) => fault.keyword === 'anyOf').map(({ fault }) => fault.instancePath),
  );
  if (alternatives.size === 0) return placed;
  const explained = new Set<string>();
  const kept: PlacedFault[] = [];
  const choices: PlacedFault[] = [];
  for (const item of placed) {
    const { fault, path } = item;
    const pointer = fault.instancePath;
    if (fault.keyword === 'anyOf') {
      choices.push(item);
      continue;
    }
    const owner = [...ancestorPointers(pointer)].find(candidate => alternatives.has(candidate));
    if (owner === undefined) {
      kept.push(item);
      continue;
    }
    const isRequired = fault.keyword === 'required' && /\/anyOf\/\d+\/required$/.test(fault.schemaPath);
    if (isRequired) continue;
    if (pointer === owner) {
      const value = context.valueAt(path);
      const isAboutScalars = fault.keyword === 'enum' || fault.keyword === 'const' || fault.keyword === 'pattern';
      if (fault.keyword === 'type' || (isAboutScalars && typeof value !== 'string')) continue;
      if (isMapping(value) && isAboutScalars) continue;
    }
    kept.push(item);
    explained.add(owner);
  }
  const requirements = placed.filter(
    ({ fault }) => fault.keyword === 'required' && /\/anyOf\/\d+\/required$/.test(fault.schemaPath),
  );
  for (const choice of choices) {
    const options = requirements
      .filter(({ fault }) => fault.instancePath === choice.fault.instancePath)
      .map(({ fault }) => String(fault.params['missingProperty']));
    if (options.length > 0) kept.push({ ...choice, fault: { ...choice.fault, params: { options } } });
    else if (!explained.has(choice.fault.instancePath) && !hasInner(choice, choices)) kept.push(choice);
  }
  return kept;
}

/** Whether something further in is told: a list of the wrong items is not also a wrong list. */
function hasInner({ fault }: PlacedFault, choices: readonly PlacedFault[]): boolean {
  return choices.some(other => other.fault.instancePath.startsWith(`${fault.instancePath}/`));
}

function* ancestorPointers(pointer: string): Iterable<string> {
  let current = pointer;
  for (;;) {
    yield current;
    const slash = current.lastIndexOf('/');
    if (slash < 0) return;
    current = current.slice(0, slash);
  }
}

/** A JSON pointer as a path; a number is an index only where the value is a list. */
function parsePointer(pointer: string, root: unknown): DocumentPath {
  const path: (string | number)[] = [];
  let value = root;
  for (const raw of pointer.split('/').slice(1)) {
    const part = raw.replaceAll('~1', '/').replaceAll('~0', '~');
    const step = Array.isArray(value) ? Number(part) : part;
    path.push(step);
    value = step === part ? ownValue(value, part) : (value as unknown[])[step as number];
  }
  return path;
}

function valueAt(root: unknown, path: DocumentPath): unknown {
  let value = root;
  for (const part of path) {
    value =
      typeof part === 'number'
        ? Array.isArray(value)
          ? (value as unknown[])[part]
          : undefined
        : ownValue(value, part);
  }
  return value;
}

function ownValue(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<string, unknown>)[key];
}
