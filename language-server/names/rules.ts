import { formatOfPath } from '../../engine/datasets/formats.ts';
import type { DocumentPath } from '../../engine/documents/diagnostic.ts';
import { isConnectionName } from '../../engine/documents/formats.ts';
import { draftAt } from '../tree.ts';
import { isCell, notebookOf } from '../uris.ts';
import { fileSorts, type FileSort } from './file-sorts.ts';
import type { Where, Place, Named, Read, Rule } from './rule.ts';
import { findTemplateVariables } from './template-variables.ts';
import { fileThing, scopeOf, thing, type Role, type Thing, type ThingKind } from './things.ts';

/** Declares something that counts in the whole workspace; `told` is the field beside it, or below its key, that says more. */
export function declares(names: ThingKind, told: string): Rule {
  const read: Read = ({ text, path, draft, where, on }) => {
    const detail = textAt(draft, [...(on === 'key' ? path : path.slice(0, -1)), told]);
    return [{ thing: thing(names, where.root, text), role: 'declaration', ...(detail !== undefined && { detail }) }];
  };
  return { names, role: 'declaration', read };
}

export function refersTo(names: ThingKind): Rule {
  const role = 'reference';
  return { names, role, read: ({ text, where }) => [{ thing: thing(names, where.root, text), role }] };
}

/** Something that counts in its own file only. */
export function inFile(names: ThingKind, role: Role): Rule {
  return { names, role, read: ({ text, where }) => [{ thing: thing(names, where.uri, text), role }] };
}

/** A model as benchmarks and tuning jobs write it; what the file itself calls it comes second. */
export function namesModel(role: Role): Rule {
  const read: Read = ({ text, where }) => {
    const own: Named = { thing: thing('model', where.uri, text), role };
    if (isConnectionName(text)) return [{ thing: thing('connection', where.root, text), role: 'reference' }, own];
    if (text.startsWith(registryPrefix)) return [...nameVersion(text, registryPrefix.length, where), own];
    const name = /^checkpoint:([^@]+)/.exec(text)?.[1];
    if (name === undefined) return [own];
    const start = text.indexOf(':') + 1;
    const named: Named = {
      thing: thing('job', where.root, name),
      role: 'reference',
      part: [start, start + name.length],
    };
    // In a notebook its results come before the jobs of the workspace.
    return isCell(where.uri) ? [{ ...named, thing: resultThing(where.uri, name) }, named, own] : [named, own];
  };
  return { names: 'model', role, read };
}

const registryPrefix = 'registry:';

/** What `[REGISTRY/]MODEL[@VERSION]` names from `start` on: the model, which other registries may have under the same name, and its registry. */
function nameVersion(text: string, start: number, where: Where): readonly Named[] {
  const [written = ''] = /^[^@]+/.exec(text.slice(start)) ?? [];
  if (written === '') return [];
  const role = 'reference';
  const slash = written.indexOf('/');
  const registry = written.slice(0, Math.max(0, slash));
  const isLocal = registry === '' || registry === 'local';
  const from = registry === 'local' ? start + slash + 1 : start;
  const name = text.slice(from, start + written.length);
  if (name === '') return [];
  const model: Named = { thing: thing('registered-model', where.root, name), role, part: [from, from + name.length] };
  if (isLocal) return [model];
  const part = [start, start + registry.length] as const;
  return [model, { thing: thing('registry', where.root, registry), role, part, isExact: true }];
}

/** A result of a notebook, which only its cells name; `last` is the newest run of the file and no name. */
export function namesResult(role: Role): Rule {
  const read: Read = ({ text, where }) =>
    isCell(where.uri) && (role === 'declaration' || text !== 'last')
      ? [{ thing: resultThing(where.uri, text), role }]
      : [];
  return { names: 'result', role, read };
}

function resultThing(uri: string, name: string): Thing {
  return thing('result', notebookOf(uri), name);
}

/** The file that a cell uses. */
export const usesFile: Rule = {
  names: 'file',
  role: 'reference',
  sort: fileSorts.used,
  read: place => (isCell(place.where.uri) ? nameFile(place, false) : []),
};

/** `[REGISTRY/]MODEL@VERSION`. */
export const namesVersion: Rule = {
  names: 'registered-model',
  role: 'reference',
  read: ({ text, where }) => nameVersion(text, 0, where),
};

/** A file by its path, seen from the document's folder. */
export function namesFile(sort: FileSort): Rule {
  return { names: 'file', role: 'reference', sort, read: place => nameFile(place, false) };
}

/** A text that may be a path, and may be something else. */
export function mayNameFile(sort: FileSort): Rule {
  const read: Read = place => (/[{}\n]|:\/\//.test(place.text) ? [] : nameFile(place, true));
  return { names: 'file', role: 'reference', sort, read };
}

function nameFile({ text, where }: Place, isLoose: boolean): readonly Named[] {
  if (where.path === undefined || text.trim() === '') return [];
  const target = where.resolve(where.parent(where.path), text);
  const base = { path: where.path, isFolder: false, ...(isLoose && { isLoose }) };
  return [{ thing: fileThing(target), role: 'reference', base }];
}

/** `split.train` and `split.test` where they are files, which lie in the dataset's folder. */
export function namesSplitFile(sort: FileSort): Rule {
  return { names: 'file', role: 'reference', sort, read: readSplitFile };
}

const readSplitFile: Read = ({ text, path, draft, where }) => {
  const at = path.slice(0, -2);
  if (formatOfPath(text) === undefined || draftAt(draft, [...at, 'split', 'field']) !== undefined) return [];
  const dataset = resolveFrom(where, textAt(draft, [...at, 'path']));
  if (dataset === undefined) return [];
  const base = { path: dataset, isFolder: formatOfPath(dataset) === undefined };
  const target = where.resolve(base.isFolder ? dataset : where.parent(dataset), text);
  return [{ thing: fileThing(target), role: 'reference', base }];
};

/** A column of the dataset at `datasetAt`; `a.b` is a field of the column `a`. */
export function namesColumn(datasetAt: (path: DocumentPath) => DocumentPath): Rule {
  const read: Read = ({ text, path, draft, where }) => {
    const name = leadingPart(text);
    const dataset = resolveFrom(where, textAt(draft, [...datasetAt(path), 'path']));
    return [{ thing: thing('column', dataset ?? where.uri, name), role: 'reference', part: [0, name.length] }];
  };
  return { names: 'column', role: 'reference', datasetAt, read };
}

/** Several rules for one text, which is above all what the first says. */
export function both(first: Rule, second: Rule): Rule {
  return { ...second, ...first, read: place => [...first.read(place), ...second.read(place)] };
}

/** A metric of the file: what computes it declares it. */
export function namesMetric(role: Role): Rule {
  const read: Read = ({ text, draft, where }) => {
    const name = leadingPart(text);
    return [{ thing: thing('metric', metricScope(draft, where), name), role, part: [0, name.length] }];
  };
  return { names: 'metric', role, read };
}

/** A metric with parameters: its key is its name, unless they give it another. */
export function namesParametrised(): Rule {
  const rule = namesMetric('declaration');
  const isRenamed = ({ draft, path }: Place): boolean => textAt(draft, [...path, 'name']) !== undefined;
  return { ...rule, read: place => (isRenamed(place) ? [] : rule.read(place)) };
}

/** Figures of a benchmark are known by its name, those of a tuning job in its file only. */
function metricScope(draft: unknown, where: Where): string {
  const name = where.kind === 'bench' ? textAt(draft, ['name']) : undefined;
  return name === undefined ? where.uri : scopeOf(where.root, name);
}

/** A figure or slice of the benchmark that is named beside it. */
export function namesOfBenchmark(names: 'metric' | 'slice'): Rule {
  const read: Read = ({ text, path, draft, where }) => {
    const benchmark = textAt(draft, [...path.slice(0, -1), 'benchmark']);
    if (benchmark === undefined) return [];
    const name = leadingPart(text);
    return [{ thing: thing(names, scopeOf(where.root, benchmark), name), role: 'reference', part: [0, name.length] }];
  };
  return { names, role: 'reference', read };
}

/** A check counts within its control: policies that extend each other state both again. */
export const declaresCheck: Rule = {
  names: 'check',
  role: 'declaration',
  read: ({ text, path, draft, where }) => {
    const control = textAt(draft, [...path.slice(0, 2), 'id']) ?? '';
    const detail = textAt(draft, [...path.slice(0, -1), 'title']);
    const check = thing('check', scopeOf(where.root, control), text);
    return [{ thing: check, role: 'declaration', ...(detail !== undefined && { detail }) }];
  },
};

/** A check as a policy's tests name it: of the control that states it here, else of the one its id begins with, as ids of checks usually do. */
export const refersToCheck: Rule = {
  names: 'check',
  role: 'reference',
  read: ({ text, draft, where }) => {
    const control = controlStating(draft, text) ?? text.slice(0, Math.max(0, text.lastIndexOf('.')));
    return [{ thing: thing('check', scopeOf(where.root, control), text), role: 'reference' }];
  },
};

function controlStating(draft: unknown, check: string): string | undefined {
  const controls = draftAt(draft, ['controls']);
  const count = Array.isArray(controls) ? controls.length : 0;
  for (let index = 0; index < count; index++) {
    const checks = draftAt(draft, ['controls', index, 'checks']);
    const isStated =
      Array.isArray(checks) && checks.some((_, at) => textAt(draft, ['controls', index, 'checks', at, 'id']) === check);
    if (isStated) return textAt(draft, ['controls', index, 'id']);
  }
  return undefined;
}

/** An id of the framework that is named beside it. */
export const namesFrameworkId: Rule = {
  names: 'framework-id',
  role: 'reference',
  read: ({ text, path, draft, where }) => {
    const framework = textAt(draft, [...path.slice(0, -1), 'framework']) ?? '';
    return [{ thing: thing('framework-id', scopeOf(where.root, framework), text), role: 'reference' }];
  },
};

/** What a prompt's templates read. */
export const readsVariables: Rule = {
  names: 'variable',
  role: 'reference',
  read: ({ text, where }) => {
    const isFile = where.path !== undefined && where.uri.startsWith('file:');
    return nameVariables(text, isFile ? where.path : where.uri);
  },
};

/** Names that the templates of an HTTP connection have beside the row's columns. */
export const givenToConnections: readonly string[] = ['input', 'prompt', 'model', 'choices', 'parameters', 'row'];

/** What the templates of an HTTP connection read from the row. */
export const readsColumns: Rule = {
  names: 'variable',
  role: 'reference',
  read: ({ text, path, where }) =>
    nameVariables(text, scopeOf(where.root, String(path[1]))).filter(
      ({ thing: { name } }) => !givenToConnections.includes(name),
    ),
};

function nameVariables(text: string, scope: string): readonly Named[] {
  return findTemplateVariables(text).map(({ name, start, end }) => ({
    thing: thing('variable', scope, name),
    role: 'reference',
    part: [start, end],
    isExact: true,
  }));
}

function leadingPart(text: string): string {
  return /^[^.]+/.exec(text)?.[0] ?? text;
}

function textAt(draft: unknown, path: DocumentPath): string | undefined {
  const value = draftAt(draft, path);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function resolveFrom(where: Where, path: string | undefined): string | undefined {
  return where.path === undefined || path === undefined ? undefined : where.resolve(where.parent(where.path), path);
}
