import type { DocumentKind } from '../../engine/documents/kinds.ts';
import { columnPlaces } from '../tree.ts';
import {
  paintAll,
  paintComparison,
  paintDate,
  paintDuration,
  paintFact,
  paintFigure,
  paintModel,
  paintMoney,
  paintPercentage,
  paintRegisteredModel,
  paintTemplates,
  paintVersion,
  type Paint,
} from './paints.ts';

/** How a field's key and value are coloured, and what lies below it. */
export interface TokenPlace {
  readonly key?: Paint;
  readonly value?: Paint;
  readonly children: ReadonlyMap<string, TokenPlace>;
  /** Everything below is coloured like this. */
  readonly isDeep: boolean;
}

export function childPlace(place: TokenPlace | undefined, step: string | undefined): TokenPlace | undefined {
  if (place === undefined || place.isDeep) return place;
  return (step === undefined ? undefined : place.children.get(step)) ?? place.children.get('*');
}

/** The root of a kind of file. */
export function tokenPlaces(kind: DocumentKind): TokenPlace {
  let root = built.get(kind);
  if (root === undefined) {
    root = buildPlaces(tables[kind]);
    built.set(kind, root);
  }
  return root;
}

const built = new Map<DocumentKind, TokenPlace>();

/** By path, in which `*` is any step and `**` at the end everything below; `key of` a path means the key and not the value. */
type Table = Readonly<Record<string, Paint>>;

const columnName = paintAll('property');
const metricName = paintFigure;
const splitValue = paintAll('enumMember');

function within(start: string, table: Table): Table {
  return Object.fromEntries(
    Object.entries(table).map(([path, paint]) =>
      path.startsWith('key of ')
        ? [`key of ${start}.${path.slice('key of '.length)}`, paint]
        : [`${start}.${path}`, paint],
    ),
  );
}

const dataset: Table = {
  ...Object.fromEntries(columnPlaces.map(path => [path, columnName])),
  'split.group': columnName,
  'split.train': splitValue,
  'split.test': splitValue,
  'key of filter.*': columnName,
};

const metrics: Table = {
  '*': metricName,
  'key of *.*': metricName,
  'key of *.*.*': paintAll('parameter'),
  '*.*.name': paintAll('function', 'declaration'),
  '*.*.timeout': paintDuration,
  '*.*.model': paintModel,
  '*.*.models.*': paintModel,
  '*.fairness.metric': paintFigure,
  '*.fairness.slice': columnName,
  '*.pairwise.baseline': paintModel,
  '*.pass-at-k.entryPoint': columnName,
  '*.pass-at-k.tests': columnName,
  '*.regex.pattern': paintTemplates,
  '*.robustness.metric': paintFigure,
};

const limits: Table = {
  budget: paintMoney,
  deadline: paintDuration,
  maxErrorRate: paintPercentage,
  timeout: paintDuration,
};

const applicability: Table = { 'all.*.field': paintFact };

const frameworkId = paintAll('namespace', 'defaultLibrary');

const tables: Readonly<Record<DocumentKind, Table>> = {
  bench: {
    name: paintAll('class', 'declaration'),
    ...within('dataset', dataset),
    'key of perturbations.*.*': paintAll('function', 'defaultLibrary'),
    'perturbations.*': paintAll('function', 'defaultLibrary'),
    'key of perturbations.*.*.*': paintAll('parameter'),
    'perturbations.*.paraphrases.column': columnName,
    'perturbations.*.paraphrases.key': columnName,
    'models.*': paintModel,
    ...within('metrics', metrics),
    ...within('limits', limits),
    'compare.baseline': paintModel,
    'gate.*.metric': paintFigure,
    'gate.*.model': paintModel,
  },
  tune: {
    name: paintAll('class', 'declaration'),
    base: paintModel,
    platform: paintAll('variable'),
    'key of aspects.*': paintAll('enumMember'),
    ...within('aspects.*.dataset', dataset),
    ...within('evaluation.metrics', metrics),
    'evaluation.select.aspect': paintAll('enumMember'),
    'evaluation.select.metric': paintFigure,
    ...within('limits', limits),
    'register.model': paintAll('class', 'declaration'),
    'register.alias': paintAll('enumMember', 'declaration'),
  },
  policy: {
    id: paintAll('namespace', 'declaration'),
    version: paintVersion,
    reviewBy: paintDate,
    'extends.*.id': paintAll('namespace'),
    'extends.*.version': paintVersion,
    'frameworks.*.id': frameworkId,
    'frameworks.*.version': paintVersion,
    ...within('appliesTo', applicability),
    'controls.*.id': paintAll('class', 'declaration'),
    'controls.*.mappings.*.framework': frameworkId,
    'controls.*.mappings.*.id': paintAll('enumMember', 'readonly'),
    ...within('controls.*.appliesTo', applicability),
    ...within('controls.*.checks.*', {
      id: paintAll('function', 'declaration'),
      benchmark: paintAll('class'),
      metric: paintFigure,
      slice: columnName,
      'assert.op': paintComparison,
      freshness: paintDuration,
      validity: paintDuration,
    }),
    'assess.model': paintRegisteredModel,
  },
  prompt: {
    'messages.*.content': paintTemplates,
    'messages.*.content.*.text': paintTemplates,
    'messages.*.content.*.image': paintTemplates,
    'messages.*.content.*.audio': paintTemplates,
  },
  workbench: {
    'key of connections.*': paintAll('variable', 'declaration'),
    'connections.*.apiKey.env': paintAll('variable', 'readonly'),
    // What an `http` connection sends is written as templates.
    'connections.*.url': paintTemplates,
    'connections.*.body.**': paintTemplates,
    'connections.*.headers.*': paintTemplates,
    'key of compute.*': paintAll('variable', 'declaration'),
    judge: paintModel,
  },
};

interface GrowingPlace {
  key?: Paint;
  value?: Paint;
  readonly children: Map<string, GrowingPlace>;
  isDeep: boolean;
}

function buildPlaces(table: Table): TokenPlace {
  const root: GrowingPlace = { children: new Map(), isDeep: false };
  for (const [path, paint] of Object.entries(table)) {
    const isKey = path.startsWith('key of ');
    let place = root;
    for (const step of (isKey ? path.slice('key of '.length) : path).split('.')) {
      if (step === '**') {
        place.isDeep = true;
        break;
      }
      const next = place.children.get(step) ?? { children: new Map<string, GrowingPlace>(), isDeep: false };
      place.children.set(step, next);
      place = next;
    }
    if (isKey) place.key = paint;
    else place.value = paint;
  }
  inheritWildcards(root);
  return root;
}

/** What holds for any step holds for a named one too, where that says nothing else. */
function inheritWildcards(place: GrowingPlace): void {
  const any = place.children.get('*');
  for (const child of place.children.values()) {
    if (any !== undefined && child !== any) inherit(child, any);
    inheritWildcards(child);
  }
}

function inherit(place: GrowingPlace, from: GrowingPlace): void {
  if (place.key === undefined && from.key !== undefined) place.key = from.key;
  if (place.value === undefined && from.value !== undefined) place.value = from.value;
  for (const [step, child] of from.children) {
    const own = place.children.get(step);
    if (own === undefined) place.children.set(step, child);
    else inherit(own, child);
  }
}
