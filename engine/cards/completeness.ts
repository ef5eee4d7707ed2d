import type { CardField } from '../../schemas/generated/messages.ts';
import { findInCard, findIntroduction, isEmptyText, listCardPlaces } from '../governance/checks/card-text.ts';
import type { AskedPlace } from './card-record.ts';
import { slugsOf, type CardSection } from './card-sections.ts';
import { readFrontMatter, splitCard } from './front-matter.ts';

/** Fields of the front matter that the Hub knows, with what each is for. */
const metadataFields: readonly {
  readonly name: string;
  readonly title: string;
  readonly required: boolean;
  readonly hint: string;
}[] = [
  {
    name: 'license',
    title: 'Licence',
    required: true,
    hint: 'Under what terms the weights may be used: the Hub’s identifier, such as apache-2.0.',
  },
  {
    name: 'language',
    title: 'Language',
    required: false,
    hint: 'ISO 639 codes of the languages it knows, such as en.',
  },
  {
    name: 'pipeline_tag',
    title: 'Task',
    required: false,
    hint: 'The task, as the Hub calls it, such as text-classification.',
  },
  { name: 'library_name', title: 'Library', required: false, hint: 'What loads the weights, such as transformers.' },
  { name: 'tags', title: 'Tags', required: false, hint: 'Words it is found by.' },
  {
    name: 'base_model',
    title: 'Base model',
    required: false,
    hint: 'Id on the Hub of the model it was tuned from, owner/name.',
  },
  { name: 'datasets', title: 'Datasets', required: false, hint: 'What it learnt from.' },
  { name: 'metrics', title: 'Metrics', required: false, hint: 'What it was measured by.' },
  {
    name: 'model-index',
    title: 'Results',
    required: false,
    hint: 'Its figures, as the Hub’s widgets and leaderboards read them.',
  },
];

/** What was made and not written. */
export interface MadeParts {
  /** Ids of generated sections that say something. */
  readonly generated: ReadonlySet<string>;
  /** Keys of generated front matter. */
  readonly owned: ReadonlySet<string>;
}

/** Every field of a card — front matter, sections, and what the workspace's policies ask for — with its state. */
export function describeFields(
  text: string,
  sections: readonly CardSection[],
  asked: readonly AskedPlace[],
  { generated, owned }: MadeParts,
): readonly CardField[] {
  const metadata = readFrontMatter(splitCard(text).yaml);
  const headings = new Set(listCardPlaces(text));
  const isSaid = (slug: string): boolean => headings.has(slug) && isFilled(text, slug);
  const askedPaths = new Map(asked.map(place => [place.path.toLowerCase(), place]));
  const fields: CardField[] = [];
  for (const { name, title, required, hint } of metadataFields) {
    const state = isBlank(metadata[name]) ? 'missing' : owned.has(name) ? 'generated' : 'filled';
    fields.push({ name, title, state, required: required || askedPaths.has(name), hint });
  }
  for (const section of sections) {
    const { id, title, hint } = section;
    const slugs = slugsOf(section).map(slug => `#${slug}`);
    const policy = slugs.map(slug => askedPaths.get(slug)).find(place => place !== undefined);
    const isThere = slugs.some(isSaid) || (id === 'description' && !isEmptyText(findIntroduction(text)));
    const state = !isThere ? 'missing' : generated.has(id) ? 'generated' : 'filled';
    const required = section.required || policy !== undefined;
    fields.push({
      name: `#${id}`,
      title,
      state,
      required,
      hint: policy === undefined ? hint : `${hint} Asked by ${policy.policy}.`,
    });
    // A policy looks under the very heading that it names.
    if (policy !== undefined && state !== 'missing' && !isFilled(text, policy.path))
      fields.push({
        name: policy.path,
        title: policy.title,
        state: 'missing',
        required: true,
        hint: `Asked by ${policy.policy}, under a heading of this name.`,
      });
  }
  const known = new Set(fields.map(({ name }) => name.toLowerCase()));
  const covered = new Set(sections.flatMap(section => slugsOf(section).map(slug => `#${slug}`)));
  for (const { path, title, policy } of askedPaths.values()) {
    if (known.has(path.toLowerCase()) || covered.has(path.toLowerCase())) continue;
    const state = isFilled(text, path) ? 'filled' : 'missing';
    fields.push({ name: path, title, state, required: true, hint: `Asked by ${policy}.` });
  }
  return fields;
}

function isFilled(text: string, path: string): boolean {
  const found = findInCard(text, path);
  return 'place' in found && found.place !== undefined && !isEmptyText(found.place.text);
}

/** Whether a value of the front matter says nothing. */
function isBlank(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isBlank);
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
  return (
    value === undefined || value === null || isEmptyText(typeof value === 'string' ? value : JSON.stringify(value))
  );
}
