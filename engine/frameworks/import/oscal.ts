import { fieldsOf, itemsOf, textFrom } from '../../imports/values.ts';
import {
  createEntryList,
  deepest,
  invalid,
  oneLine,
  readId,
  wholeText,
  type FoundFramework,
  type RetiredEntry,
} from './imported.ts';

type Fields = Readonly<Record<string, unknown>>;

interface FoundControl {
  readonly id: string;
  readonly name: string;
  readonly group: string | undefined;
  readonly control: Fields;
}

/**
 * Reads an OSCAL catalogue: controls of all groups, nested ones as parts of the control they refine. Withdrawn controls become retired
 * ids, with what they went into where that is one control. Throws `file-invalid`.
 */
export function readOscal(root: unknown, path: string, withText: boolean): FoundFramework {
  const catalog = fieldsOf(fieldsOf(root)['catalog']);
  if (Object.keys(catalog).length === 0) throw invalid(path, 'it is JSON, but no OSCAL catalogue');
  const controls: FoundControl[] = [];
  collectControls(catalog, undefined, 0, path, controls);
  const current = new Set(controls.flatMap(found => (isWithdrawn(found.control) ? [] : [found.id])));
  const list = createEntryList(path);
  const retired: RetiredEntry[] = [];
  for (const { id, name, group, control } of controls) {
    if (isWithdrawn(control)) {
      const [replacement, ...others] = targetsOf(control, ['incorporated-into', 'moved-to'], current);
      const isOne = replacement !== undefined && others.length === 0;
      retired.push({ id, name, ...(isOne ? { replacedBy: replacement } : {}) });
      continue;
    }
    const related = targetsOf(control, ['related'], current).slice(0, 500);
    const description = withText ? statementOf(control) : undefined;
    list.add({
      id,
      name,
      ...(group === undefined ? {} : { group }),
      ...(related.length === 0 ? {} : { related: [...related] }),
      ...(description === undefined ? {} : { description }),
    });
  }
  if (list.entries.length === 0) throw invalid(path, 'the catalogue has no controls');
  const metadata = fieldsOf(catalog['metadata']);
  const version = oneLine(metadata['version'], 64);
  const title = oneLine(metadata['title'], 200);
  const publisher = publisherOf(metadata);
  return {
    ...(version === undefined ? {} : { version }),
    ...(title === undefined ? {} : { title }),
    ...(publisher === undefined ? {} : { publisher }),
    entries: list.entries,
    retired,
  };
}

/** Groups and controls hold controls; what is deeper than any catalogue is left out. */
function collectControls(
  holder: Fields,
  group: string | undefined,
  depth: number,
  path: string,
  found: FoundControl[],
): void {
  if (depth > deepest) throw invalid(path, `groups and controls are nested more than ${deepest} levels deep`);
  for (const item of itemsOf(holder['controls'])) {
    const control = fieldsOf(item);
    const id = readId(control['id'], path, 'a control');
    const name = oneLine(control['title'], 400);
    if (name === undefined) throw invalid(path, `the control \`${id}\` has no title`);
    found.push({ id, name, group, control });
    collectControls(control, id, depth + 1, path, found);
  }
  for (const item of itemsOf(holder['groups'])) {
    const inner = fieldsOf(item);
    collectControls(inner, oneLine(inner['title'], 400) ?? group, depth + 1, path, found);
  }
}

function isWithdrawn(control: Fields): boolean {
  return itemsOf(control['props']).some(item => {
    const { name, value } = fieldsOf(item);
    return name === 'status' && typeof value === 'string' && value.toLowerCase() === 'withdrawn';
  });
}

/** The controls that a control's links of these relations lead to; a link to a control's part leads to the control. */
function targetsOf(control: Fields, relations: readonly string[], known: ReadonlySet<string>): readonly string[] {
  const targets = itemsOf(control['links']).flatMap(item => {
    const { rel, href } = fieldsOf(item);
    if (typeof rel !== 'string' || typeof href !== 'string' || !relations.includes(rel) || !href.startsWith('#'))
      return [];
    const named = href.slice(1);
    const id = known.has(named) ? named : (named.split('_')[0] ?? named);
    return known.has(id) ? [id] : [];
  });
  return [...new Set(targets)];
}

/** What the control asks, parameters by their labels. */
function statementOf(control: Fields): string | undefined {
  const labels = new Map(
    itemsOf(control['params']).flatMap(item => {
      const parameter = fieldsOf(item);
      const id = textFrom(parameter['id']);
      return id === undefined ? [] : [[id, labelOf(parameter)] as const];
    }),
  );
  const prose = itemsOf(control['parts'])
    .map(fieldsOf)
    .filter(part => part['name'] === 'statement')
    .flatMap(part => proseOf(part, 0));
  // Bounded, so that the pattern looks at no more than will be kept.
  const text = prose.join(' ').slice(0, 20_000);
  return wholeText(
    text.replaceAll(
      /\{\{ {0,4}insert: {0,4}param, {0,4}([\w.-]{1,100}) {0,4}\}\}/g,
      (_whole, id: string) => `[${labels.get(id) ?? id}]`,
    ),
  );
}

function proseOf(part: Fields, depth: number): readonly string[] {
  if (depth > deepest) return [];
  const own = textFrom(part['prose']);
  const inner = itemsOf(part['parts']).flatMap(item => proseOf(fieldsOf(item), depth + 1));
  return own === undefined ? inner : [own, ...inner];
}

function labelOf(parameter: Fields): string {
  const choices = itemsOf(fieldsOf(parameter['select'])['choice']).flatMap(choice => textFrom(choice) ?? []);
  return textFrom(parameter['label']) ?? (choices.length === 0 ? String(parameter['id']) : choices.join(' or '));
}

/** The party that is named as the catalogue's creator or publisher, else the only one there is. */
function publisherOf(metadata: Fields): string | undefined {
  const parties = itemsOf(metadata['parties']).map(fieldsOf);
  const responsible = itemsOf(metadata['responsible-parties'])
    .map(fieldsOf)
    .filter(({ 'role-id': role }) => role === 'publisher' || role === 'creator')
    .flatMap(({ 'party-uuids': uuids }) => itemsOf(uuids));
  const party =
    parties.find(({ uuid }) => responsible.includes(uuid)) ?? (parties.length === 1 ? parties[0] : undefined);
  return party === undefined ? undefined : oneLine(party['name'], 200);
}
