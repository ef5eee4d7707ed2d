import { WorkbenchError } from '../../base/errors.ts';
import type { DatasetRow } from '../row.ts';

/** How a column's numbers are to be read: as the names of classes, at whatever depth. Columns without classes have none. */
export type Feature =
  | { readonly kind: 'label'; readonly names: readonly string[] }
  | { readonly kind: 'list'; readonly item: Feature }
  | { readonly kind: 'struct'; readonly fields: Features };

export type Features = ReadonlyMap<string, Feature>;

const deepest = 16;

/** Features as a card's `dataset_info` lists them. */
export function featuresOfCard(list: unknown): Features {
  return fieldsOfCard(list, 0);
}

function fieldsOfCard(list: unknown, depth: number): Features {
  const features = new Map<string, Feature>();
  for (const entry of Array.isArray(list) ? list : []) {
    const name: unknown = isMapping(entry) ? entry['name'] : undefined;
    const feature = typeof name === 'string' ? featureOfCard(entry, depth) : undefined;
    if (typeof name === 'string' && feature !== undefined) features.set(name, feature);
  }
  return features;
}

function featureOfCard(entry: unknown, depth: number): Feature | undefined {
  if (!isMapping(entry) || depth > deepest) return undefined;
  const type = entry['dtype'] ?? entry;
  if (isMapping(type) && isMapping(type['class_label'])) return labelOf(type['class_label']['names']);
  if (entry['struct'] !== undefined) return structOf(fieldsOfCard(entry['struct'], depth + 1));
  const item = entry['list'] ?? entry['sequence'];
  if (item === undefined) return undefined;
  return listOf(Array.isArray(item) ? structOf(fieldsOfCard(item, depth + 1)) : featureOfCard(item, depth + 1));
}

/** Features as the `datasets` library writes them into a Parquet file's own metadata, under the key `huggingface`. */
export function featuresOfMetadata(text: string | undefined): Features {
  if (text === undefined) return new Map();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // A hint of another program's, which nothing depends on.
    return new Map();
  }
  const info = isMapping(value) ? value['info'] : undefined;
  return fieldsOfMetadata(isMapping(info) ? info['features'] : undefined, 0);
}

function fieldsOfMetadata(value: unknown, depth: number): Features {
  const features = new Map<string, Feature>();
  for (const [name, entry] of isMapping(value) ? Object.entries(value) : []) {
    const feature = featureOfMetadata(entry, depth);
    if (feature !== undefined) features.set(name, feature);
  }
  return features;
}

function featureOfMetadata(entry: unknown, depth: number): Feature | undefined {
  if (depth > deepest) return undefined;
  if (Array.isArray(entry)) return listOf(featureOfMetadata(entry[0], depth + 1));
  if (!isMapping(entry)) return undefined;
  if (entry['_type'] === 'ClassLabel') return labelOf(entry['names']);
  if (entry['feature'] !== undefined) return listOf(featureOfMetadata(entry['feature'], depth + 1));
  return typeof entry['_type'] === 'string' ? undefined : structOf(fieldsOfMetadata(entry, depth + 1));
}

/** Names by number: a list, or a mapping of numbers to names. */
function labelOf(names: unknown): Feature | undefined {
  const list = isMapping(names) ? Object.keys(names).map((_key, index) => names[String(index)]) : names;
  if (!Array.isArray(list) || list.length === 0) return undefined;
  return { kind: 'label', names: list.map(name => (typeof name === 'string' ? name : JSON.stringify(name))) };
}

function listOf(item: Feature | undefined): Feature | undefined {
  return item === undefined ? undefined : { kind: 'list', item };
}

function structOf(fields: Features): Feature | undefined {
  return fields.size === 0 ? undefined : { kind: 'struct', fields };
}

/** The row with the names of its classes in place of their numbers; −1, which stands for none, is null. */
export function nameLabels(row: DatasetRow, features: Features, path: string): DatasetRow {
  if (features.size === 0) return row;
  const values = Object.assign(Object.create(null) as Record<string, unknown>, row.values);
  for (const [column, feature] of features) {
    if (!Object.hasOwn(values, column)) continue;
    values[column] = nameLabel(values[column], feature, number => unknownLabel(row, column, number, path));
  }
  return { ...row, values };
}

function nameLabel(value: unknown, feature: Feature, fault: (number: number) => WorkbenchError): unknown {
  if (feature.kind === 'list') {
    return Array.isArray(value) ? value.map(item => nameLabel(item, feature.item, fault)) : value;
  }
  if (feature.kind === 'struct') {
    // A list of structs is written as a struct of lists by older versions; both are met.
    if (Array.isArray(value)) return value.map(item => nameLabel(item, feature, fault));
    if (!isMapping(value)) return value;
    const named = Object.assign(Object.create(null) as Record<string, unknown>, value);
    for (const [key, field] of feature.fields) {
      if (Object.hasOwn(named, key)) named[key] = nameLabel(named[key], field, fault);
    }
    return named;
  }
  if (Array.isArray(value)) return value.map(item => nameLabel(item, feature, fault));
  const number = typeof value === 'string' && /^-?\d{1,9}$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number') return value;
  if (number === -1) return null;
  const name = feature.names[number];
  if (name === undefined) throw fault(number);
  return name;
}

function unknownLabel(row: DatasetRow, column: string, number: number, path: string): WorkbenchError {
  const message = `${path}:${String(row.line)}: the column "${column}" has no class number ${String(number)}.`;
  return new WorkbenchError('dataset-invalid', message, {
    remedy: "Correct the row, or the names of the classes in the dataset's README.md.",
    place: { path, line: row.line },
  });
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
