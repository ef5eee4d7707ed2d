import { isMap, isSeq } from 'yaml';
import { formatPath, type Diagnostic, type DocumentPath } from '../../engine/documents/diagnostic.ts';
import { fieldsOf, requiredOf, schemaAt } from '../../engine/documents/schema.ts';
import { addFields, removeField, removeItem, replaceField } from '../../engine/edits/fields.ts';
import { nodeAt, pairAt, pairAtOffset } from '../../engine/edits/places.ts';
import { datasetOf, draftAt } from '../tree.ts';
import { mappingOf } from '../workspace.ts';
import { actionKinds, inTitle, offerFix, type Edits, type FixMaker, type Offer, type Scene } from './offer.ts';
import { exampleOf, proposeValue } from './placeholders.ts';
import { pathOf, spanOf } from './spots.ts';

/** Adds what is missing: the field alone, and all that the same mapping lacks. First values are looked for once it is chosen. */
export const addMissing: FixMaker = (finding, scene) => {
  const missing = findMissing(finding, scene);
  if (missing === undefined || !takesFields(scene, missing.at)) return [];
  const { at, anyOf } = missing;
  const where = at.length === 0 ? '' : ` to \`${formatPath(at)}\``;
  const offer = (fields: readonly string[], isPreferred: boolean): Offer => ({
    title: `Add ${fields.map(field => `\`${field}\``).join(', ')}${where}`,
    kind: actionKinds.fix,
    isPreferred,
    edits: signal => addAll(scene, at, fields, signal),
  });
  const offers = anyOf.slice(0, 4).map(field => offer([field], anyOf.length === 1));
  const others = requiredAt(scene, at).filter(field => !anyOf.includes(field));
  if (anyOf.length === 1 && others.length > 0) offers.push(offer([...anyOf, ...others], false));
  return offers;
};

/** Whether there is a mapping, or room for one. */
function takesFields({ parsed }: Scene, at: DocumentPath): boolean {
  return addFields(parsed, at, [{ name: 'x', value: 1 }]) !== undefined;
}

async function addAll(
  scene: Scene,
  at: DocumentPath,
  fields: readonly string[],
  signal: AbortSignal,
): Promise<Edits | undefined> {
  const schema = schemaAt(scene.parsed.kind, at, scene.parsed.draft);
  const order = schema === undefined ? [] : Object.keys(fieldsOf(schema));
  const sorted = [...fields].sort((a, b) => order.indexOf(a) - order.indexOf(b));
  const values = [];
  for (const name of sorted) values.push({ name, value: await proposeValue(scene, at, name, signal) });
  const changes = addFields(scene.parsed, at, values, order);
  return changes && { changes };
}

/** What the checks across files miss is not the schema's to say. */
function findMissing(finding: Diagnostic, scene: Scene): Diagnostic['missing'] {
  if (finding.missing !== undefined) return finding.missing;
  const at = pathOf(finding, scene);
  const { kind, draft } = scene.parsed;
  const value = mappingOf(draftAt(draft, at));
  if (datasetOf(kind, at)?.rest.length === 0) {
    const field = ['input', 'target'].find(name => value[name] === undefined);
    return field === undefined ? undefined : { at, anyOf: [field] };
  }
  if (value['provider'] === 'replay') return { at, anyOf: ['path', 'run'] };
  return undefined;
}

function requiredAt({ parsed }: Scene, at: DocumentPath): readonly string[] {
  const schema = schemaAt(parsed.kind, at, parsed.draft);
  const value = at.length === 0 ? parsed.draft : draftAt(parsed.draft, at);
  return schema === undefined ? [] : requiredOf(schema).filter(name => !Object.hasOwn(mappingOf(value), name));
}

/** A whole file of what its kind needs. */
export const fillFile: FixMaker = (_finding, scene) => {
  const required = requiredAt(scene, []);
  const fields = required.length > 0 ? required : ['connections'];
  const title = `Start with ${fields.map(field => `\`${field}\``).join(', ')}`;
  return [{ title, kind: actionKinds.fix, isPreferred: true, edits: signal => addAll(scene, [], fields, signal) }];
};

export const removeUnknown: FixMaker = (finding, scene) => {
  const { start } = spanOf(finding, scene);
  const found = pairAtOffset(scene.parsed, start);
  if (found === undefined) return [];
  const name = scene.parsed.text.slice(start, spanOf(finding, scene).end);
  return offerFix(`Remove \`${inTitle(name)}\``, removeField(scene.parsed, found));
};

/** The second of two fields of one name goes; the first is what counted for the reader. */
export const removeSecond: FixMaker = (finding, scene) => {
  const { start, end } = spanOf(finding, scene);
  const found = pairAtOffset(scene.parsed, start);
  if (found === undefined) return [];
  const name = inTitle(scene.parsed.text.slice(start, end));
  return offerFix(`Remove the second \`${name}\``, removeField(scene.parsed, found), { isPreferred: true });
};

export const removeRepeated: FixMaker = (finding, scene) => {
  const path = pathOf(finding, scene);
  const at = path.findLastIndex(step => typeof step === 'number');
  const list = nodeAt(scene.parsed, path.slice(0, at));
  const index = path[at];
  if (!isSeq(list) || typeof index !== 'number') return [];
  return offerFix('Remove the second', removeItem(scene.parsed, list, index), {
    isPreferred: true,
    isSure: isListOfTexts(finding),
  });
};

/** A list whose items are the same twice; figures of one name are another matter. */
function isListOfTexts({ related }: Diagnostic): boolean {
  return related !== undefined;
}

/** Gives an empty field a value, or takes it out. */
export const fillValue: FixMaker = async (finding, scene, signal) => {
  const path = pathOf(finding, scene);
  const name = path.at(-1);
  const found = pairAt(scene.parsed, path);
  if (found === undefined || typeof name !== 'string') return [];
  const value = await proposeValue(scene, path.slice(0, -1), name, signal);
  const schema = schemaAt(scene.parsed.kind, path, scene.parsed.draft);
  const owner = schemaAt(scene.parsed.kind, path.slice(0, -1), scene.parsed.draft);
  const isRequired = owner !== undefined && requiredOf(owner).includes(name);
  const filled = value === '' || (isMap(found.pair.value) && schema === undefined) ? undefined : value;
  return [
    ...offerFix(
      `Set \`${name}\`${typeof filled === 'string' || typeof filled === 'number' ? ` to ${inTitle(String(filled))}` : ''}`,
      filled === undefined ? undefined : replaceField(scene.parsed, path, { name, value: filled ?? exampleOf(schema) }),
    ),
    ...(isRequired ? [] : offerFix(`Remove \`${name}\``, removeField(scene.parsed, found))),
  ];
};

/** Of two fields that exclude each other one goes: the one that is underlined, or the other. */
export const removeConflict: FixMaker = (finding, scene) => {
  const path = pathOf(finding, scene);
  const name = path.at(-1);
  const other = typeof name === 'string' ? excluded[name] : undefined;
  return [name, other].flatMap(field => {
    const found = typeof field === 'string' ? pairAt(scene.parsed, [...path.slice(0, -1), field]) : undefined;
    return found === undefined ? [] : offerFix(`Remove \`${String(field)}\``, removeField(scene.parsed, found));
  });
};

const excluded: Readonly<Record<string, string>> = { auth: 'apiKey', run: 'path' };
