import type { DocumentKind } from '../../engine/documents/kinds.ts';
import { rowsOf } from '../names/table.ts';
import { paintName } from './name-paints.ts';
import {
  paintAll,
  paintComparison,
  paintDate,
  paintDuration,
  paintFact,
  paintMoney,
  paintPercentage,
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
    root = buildPlaces({ ...nameTable(kind), ...tables[kind] });
    built.set(kind, root);
  }
  return root;
}

const built = new Map<DocumentKind, TokenPlace>();

/** By path, in which `*` is any step and `**` at the end everything below; `key of` a path means the key and not the value. */
type Table = Readonly<Record<string, Paint>>;

/** Names are coloured by what they name. */
function nameTable(kind: DocumentKind): Table {
  const entries = rowsOf(kind).flatMap((row): readonly (readonly [string, Paint])[] => {
    const paint = paintName(row);
    return paint === undefined ? [] : [[row.on === 'key' ? `key of ${row.field}` : row.field, paint]];
  });
  return Object.fromEntries(entries);
}

function within(start: string, table: Table): Table {
  return Object.fromEntries(
    Object.entries(table).map(([path, paint]) =>
      path.startsWith('key of ')
        ? [`key of ${start}.${path.slice('key of '.length)}`, paint]
        : [`${start}.${path}`, paint],
    ),
  );
}

const split: Table = {
  train: paintAll('enumMember'),
  test: paintAll('enumMember'),
};

const metrics: Table = {
  'key of *.*.*': paintAll('parameter'),
  '*.*.name': paintAll('function', 'declaration'),
  '*.*.timeout': paintDuration,
  '*.regex.pattern': paintTemplates,
};

const limits: Table = {
  budget: paintMoney,
  deadline: paintDuration,
  maxErrorRate: paintPercentage,
  timeout: paintDuration,
};

const applicability: Table = { 'all.*.field': paintFact };

/** What is coloured beside names, or otherwise than they are. */
const tables: Readonly<Record<DocumentKind, Table>> = {
  bench: {
    ...within('dataset.split', split),
    'key of perturbations.*.*': paintAll('function', 'defaultLibrary'),
    'perturbations.*': paintAll('function', 'defaultLibrary'),
    'key of perturbations.*.*.*': paintAll('parameter'),
    ...within('metrics', metrics),
    ...within('limits', limits),
  },
  tune: {
    ...within('aspects.*.dataset.split', split),
    ...within('aspects.*.datasets.*.split', split),
    ...within('evaluation.metrics', metrics),
    ...within('limits', limits),
    'register.alias': paintAll('enumMember', 'declaration'),
  },
  policy: {
    version: paintVersion,
    reviewBy: paintDate,
    'extends.*.version': paintVersion,
    'frameworks.*.version': paintVersion,
    ...within('appliesTo', applicability),
    ...within('controls.*.appliesTo', applicability),
    ...within('controls.*.checks.*', {
      'assert.op': paintComparison,
      freshness: paintDuration,
      validity: paintDuration,
    }),
  },
  framework: { version: paintVersion, predecessor: paintVersion, 'source.imported': paintDate },
  prompt: {},
  comparison: {},
  trial: { ...within('dataset.split', split), ...within('limits', limits) },
  workbench: { 'connections.*.apiKey.env': paintAll('variable', 'readonly') },
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
