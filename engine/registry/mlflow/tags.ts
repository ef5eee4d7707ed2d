import { WorkbenchError } from '../../base/errors.ts';
import type { Properties, RegistryEdit } from '../../ports/registry.ts';

/** Tags in which we keep what MLflow has no field for. They are not shown as properties. */
export const tagNames = {
  owner: 'aiw.owner',
  provider: 'aiw.provider',
  license: 'aiw.license',
  licenseLink: 'aiw.license_link',
  maturity: 'aiw.maturity',
  tasks: 'aiw.tasks',
  language: 'aiw.language',
  state: 'aiw.state',
  author: 'aiw.author',
  externalId: 'aiw.external_id',
  lineage: 'aiw.lineage',
  /** The run that keeps a version's files and records. */
  homeRun: 'aiw.home_run',
  /** While a version is not whole: it is not listed. */
  creating: 'aiw.creating',
} as const;

/** Value of the tag `state`; without it a model or version is live. */
export const archived = 'ARCHIVED';
/** What the version was called by who made it: MLflow numbers versions. Shown as properties. */
export const versionName = 'aiw.version_name';
/** Number of the version that two publishers at once both made. */
export const duplicateOf = 'aiw.duplicate_of';

const own: ReadonlySet<string> = new Set(Object.values(tagNames));
const typePrefix = 'aiw.type.';
const keyPrefix = 'aiw.key.';

/** Most characters MLflow's database columns hold. Some databases cut or refuse what is longer only after a part was written. */
export const limits = {
  name: 256,
  description: 5000,
  key: 250,
  modelTag: 5000,
  /** UTF-8 bytes: what MySQL's TEXT holds; MLflow itself allows 100,000 characters. */
  versionTag: 65_535,
} as const;

export interface Tag {
  readonly key: string;
  readonly value: string;
}

/**
 * Properties as tags. Values are plain text; how numbers and booleans come back as what they were is told by a tag
 * `aiw.type.<key>` beside them, which our own figures do not need.
 */
export function tagsOfProperties(properties: Properties): Tag[] {
  return Object.entries(properties).flatMap(([name, value]) => {
    const { key, type } = describe(name, value);
    return [{ key, value: String(value) }, ...(type === undefined ? [] : [{ key: typePrefix + key, value: type }])];
  });
}

/** What an edit sets and removes. A marker of a type that holds no longer is removed with it. */
export function tagsOfEdit(
  properties: NonNullable<RegistryEdit['customProperties']>,
  known: ReadonlyMap<string, string>,
) {
  const set: Tag[] = [];
  const remove: string[] = [];
  for (const [name, value] of Object.entries(properties)) {
    const key = toTagKey(name);
    if (value === undefined) {
      remove.push(key, typePrefix + key);
      continue;
    }
    const tags = tagsOfProperties({ [name]: value });
    set.push(...tags);
    if (tags.length === 1) remove.push(typePrefix + key);
  }
  return { set, remove: remove.filter(key => known.has(key)) };
}

/** The properties in tags: ours that are fields elsewhere, and markers, are left out. */
export function propertiesOfTags(tags: ReadonlyMap<string, string>): Record<string, string | number | boolean> {
  const properties = Object.create(null) as Record<string, string | number | boolean>;
  for (const [key, text] of tags) {
    if (own.has(key) || key.startsWith(typePrefix)) continue;
    const name = fromTagKey(key);
    properties[name] = readValue(text, tags.get(typePrefix + key) ?? (isFigure(name) ? 'number' : 'string'));
  }
  return { ...properties };
}

function describe(name: string, value: string | number | boolean): { key: string; type: string | undefined } {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw tooMuch(`the property "${name}" is no finite number`);
  }
  const key = toTagKey(name);
  const type = typeof value;
  const plain = typeof readValue(String(value), isFigure(name) ? 'number' : 'string') === type;
  return { key, type: plain ? undefined : type };
}

function readValue(text: string, type: string): string | number | boolean {
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  if (type === 'number' && /^-?\d+(\.\d+)?(e[+-]?\d+)?$/.test(text)) {
    const value = Number(text);
    if (Number.isFinite(value)) return value;
  }
  return text;
}

/** Figures of the hand-off are numbers, so that other tools' users see no markers beside them. */
function isFigure(name: string): boolean {
  return name.startsWith('aiw.baseline.') || name.startsWith('aiw.custom.');
}

/** A key that MLflow takes and we do not: what has characters it refuses is written with their code points, as `:1f535:`. */
export function toTagKey(name: string): string {
  if (isMlflowName(name) && !own.has(name) && !name.startsWith(keyPrefix) && !name.startsWith(typePrefix)) return name;
  const coded = Array.from(name, sign =>
    /[A-Za-z0-9_. -]/.test(sign) ? sign : `:${sign.codePointAt(0)?.toString(16)}:`,
  );
  return keyPrefix + coded.join('');
}

function fromTagKey(key: string): string {
  if (!key.startsWith(keyPrefix)) return key;
  return key.slice(keyPrefix.length).replace(/:([0-9a-f]{1,6}):/g, (coded, hex: string) => {
    const point = Number.parseInt(hex, 16);
    return point > 0x10_ff_ff ? coded : String.fromCodePoint(point);
  });
}

/** Whether MLflow takes a name of a tag, metric or parameter as it is: it must not read as another path. */
export function isMlflowName(name: string): boolean {
  if (!/^[/\p{L}\p{N}_. :-]+$/u.test(name) || name.startsWith('..')) return false;
  return name.split('/').every(part => part !== '' && part !== '.' && part !== '..');
}

/** Throws `registry-refused` before anything is written that MLflow could not hold whole. */
export function requireFits(tags: readonly Tag[], of: 'modelTag' | 'versionTag', description?: string): void {
  if ((description?.length ?? 0) > limits.description) {
    throw tooMuch(`the description is longer than ${limits.description} characters`);
  }
  for (const { key, value } of tags) {
    if (key.length > limits.key)
      throw tooMuch(`the property "${key.slice(0, 60)}…" has a longer name than ${limits.key}`);
    const size = of === 'modelTag' ? value.length : new TextEncoder().encode(value).length;
    if (size > limits[of]) throw tooMuch(`the property "${key}" is longer than ${limits[of]}`);
  }
}

export function tooMuch(what: string): WorkbenchError {
  return new WorkbenchError('registry-refused', `MLflow cannot hold this: ${what}.`, {
    remedy: 'Shorten it, or keep it in a file that is published with the version. Nothing was written.',
  });
}
