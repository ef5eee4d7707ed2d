import { parseDocument } from 'yaml';
import { findTooDeep } from '../../documents/too-large.ts';
import { untrustedYaml } from '../../documents/untrusted-yaml.ts';
import { collectValue } from '../../documents/values.ts';
import { fieldsOf, itemsOf, textFrom } from '../../imports/values.ts';
import { createEntryList, invalid, oneLine, readId, wholeText, type FoundFramework } from './imported.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The parser takes a second for a megabyte; MITRE's data has not had one yet. */
const mostCharacters = 2 * 1024 * 1024;

/** Every object of a kind, and how they are tied together, from either of the two formats MITRE published. */
interface AtlasParts {
  readonly version: string | undefined;
  readonly tactics: readonly Fields[];
  readonly techniques: readonly Fields[];
  readonly mitigations: readonly Fields[];
  tacticsOf(technique: Fields): readonly string[];
  parentOf(technique: Fields): string | undefined;
  techniquesOf(mitigation: Fields): readonly string[];
}

/**
 * Reads MITRE's ATLAS data: the flat file that ended with 5.6.0 (`matrices`), and the files of the monthly releases (format 6, with
 * `relationships`). Every text stays what is written: a version `2026.10` does not become a number. Throws `file-invalid`.
 */
export function readAtlas(text: string, path: string, withText: boolean): FoundFramework {
  const parts = readParts(fieldsOf(readYaml(text, path)), path);
  const list = createEntryList(path);
  const describe = (value: Fields) => {
    const description = withText ? wholeText(value['description']) : undefined;
    return description === undefined ? {} : { description };
  };
  const tacticNames = new Map<string, string>();
  for (const tactic of parts.tactics) {
    const id = readId(tactic['id'], path, 'a tactic');
    const name = nameOf(tactic, id, path);
    tacticNames.set(id, name);
    list.add({ id, name, group: 'Tactic', ...describe(tactic) });
  }
  const mitigated = mitigationsByTechnique(parts, path);
  const byId = new Map(parts.techniques.map(technique => [textFrom(technique['id']), technique]));
  for (const technique of parts.techniques) {
    const id = readId(technique['id'], path, 'a technique');
    // A sub-technique stands with the tactics of its technique.
    const own = parts.tacticsOf(technique);
    const parent = own.length > 0 ? undefined : byId.get(parts.parentOf(technique));
    const tactics = parent === undefined ? own : parts.tacticsOf(parent);
    const group = tactics.flatMap(tactic => tacticNames.get(tactic) ?? []).join(', ');
    const related = mitigated.get(id) ?? [];
    list.add({
      id,
      name: nameOf(technique, id, path),
      ...(group === '' ? {} : { group }),
      ...(related.length === 0 ? {} : { related: [...related] }),
      ...describe(technique),
    });
  }
  for (const mitigation of parts.mitigations) {
    const id = readId(mitigation['id'], path, 'a mitigation');
    list.add({ id, name: nameOf(mitigation, id, path), group: 'Mitigation', ...describe(mitigation) });
  }
  if (parts.tactics.length === 0 || parts.techniques.length === 0)
    throw invalid(path, 'it is YAML, but has neither the `matrices` nor the `tactics` and `techniques` of ATLAS data');
  return {
    id: 'mitre-atlas',
    ...(parts.version === undefined ? {} : { version: parts.version }),
    title: 'MITRE ATLAS',
    publisher: 'The MITRE Corporation',
    license: 'Apache-2.0. ATLAS and MITRE ATLAS are trademarks of The MITRE Corporation.',
    url: 'https://atlas.mitre.org/matrices/ATLAS',
    relatedTitle: 'Mitigated by',
    entries: list.entries,
    retired: [],
  };
}

function readYaml(text: string, path: string): unknown {
  if (text.length > mostCharacters) throw invalid(path, 'it is YAML of more than 2 MiB');
  if (findTooDeep(text) !== undefined) throw invalid(path, 'it is nested too deeply');
  const document = parseDocument(text, { ...untrustedYaml, schema: 'failsafe' });
  const [fault] = document.errors;
  if (fault !== undefined) {
    const line = text.slice(0, fault.pos[0]).split('\n').length;
    throw invalid(path, `it is no YAML (line ${line}: ${fault.message})`, line);
  }
  const { value, faults } = collectValue(document.contents);
  const [first] = faults;
  if (first !== undefined) throw invalid(path, first.message.replace(/\.$/, ''));
  return value;
}

function readParts(root: Fields, path: string): AtlasParts {
  return 'matrices' in root ? readFlat(root) : readRelated(root, path);
}

function readFlat(root: Fields): AtlasParts {
  const matrices = itemsOf(root['matrices']).map(fieldsOf);
  const all = (kind: string): readonly Fields[] => matrices.flatMap(matrix => itemsOf(matrix[kind]).map(fieldsOf));
  return {
    version: oneLine(root['version'], 64),
    tactics: all('tactics'),
    techniques: all('techniques'),
    mitigations: all('mitigations'),
    tacticsOf: technique => textsOf(technique['tactics']),
    parentOf: technique => textFrom(technique['subtechnique-of']),
    techniquesOf: mitigation =>
      itemsOf(mitigation['techniques']).flatMap(item => textFrom(item) ?? textFrom(fieldsOf(item)['id']) ?? []),
  };
}

/** Format 6: objects by id, and relationships by the id of their source, a list for each kind. */
function readRelated(root: Fields, path: string): AtlasParts {
  const relationships = fieldsOf(root['relationships']);
  const targets = (source: Fields, kind: string): readonly string[] => {
    const id = textFrom(source['id']) ?? '';
    const own = Object.hasOwn(relationships, id) ? fieldsOf(relationships[id]) : {};
    return itemsOf(own[kind]).flatMap(item => textFrom(fieldsOf(item)['target']) ?? []);
  };
  const all = (kind: string): readonly Fields[] =>
    Object.entries(fieldsOf(root[kind])).map(([id, value]) => ({ id, ...fieldsOf(value) }));
  const format = oneLine(root['format-version'], 64);
  if (format !== undefined && !format.startsWith('6.'))
    throw invalid(path, `it is ATLAS data of format ${format}; formats up to 6 are known`);
  return {
    version: oneLine(fieldsOf(root['collection'])['version'], 64),
    tactics: all('tactics'),
    techniques: all('techniques'),
    mitigations: all('mitigations'),
    tacticsOf: technique => targets(technique, 'achieves'),
    parentOf: technique => targets(technique, 'specializes')[0],
    techniquesOf: mitigation => targets(mitigation, 'mitigates'),
  };
}

function mitigationsByTechnique(parts: AtlasParts, path: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const mitigation of parts.mitigations) {
    const id = readId(mitigation['id'], path, 'a mitigation');
    for (const technique of new Set(parts.techniquesOf(mitigation))) {
      const list = found.get(technique);
      if (list === undefined) found.set(technique, [id]);
      else list.push(id);
    }
  }
  return found;
}

function nameOf(value: Fields, id: string, path: string): string {
  const name = oneLine(value['name'], 400);
  if (name === undefined) throw invalid(path, `\`${id}\` has no name`);
  return name;
}

function textsOf(value: unknown): readonly string[] {
  return itemsOf(value).flatMap(item => textFrom(item) ?? []);
}
