import type { HeadlineFigure, ModelRow, VersionStatus } from '../../schemas/generated/messages.ts';
import { t } from '../base/translate.ts';

/** What the rows that are known have, for completion. */
export interface KnownWords {
  readonly values: Readonly<Partial<Record<FilterField, ReadonlySet<string>>>>;
  readonly figures: ReadonlySet<string>;
}

/** One thing that can be written at the end of a filter. */
export interface FilterWord {
  /** As it reads in the filter. */
  readonly word: string;
  /** What it means. */
  readonly explanation: string;
  /** The whole filter once it is taken. */
  readonly text: string;
}

const fields = ['status', 'task', 'provider', 'license', 'owner', 'author', 'language', 'alias', 'name'] as const;
export type FilterField = (typeof fields)[number];

const statuses: readonly VersionStatus[] = [
  'candidate',
  'evaluated',
  'assessed',
  'approved',
  'baseline',
  'production',
  'retired',
  'revoked',
  'untracked',
];

const mostWords = 100;

function explain(field: FilterField): string {
  switch (field) {
    case 'status':
      return t('Where a version stands: candidate, approved, production, …');
    case 'task':
      return t('What the model is for, such as asr');
    case 'provider':
      return t('Who made the model');
    case 'license':
      return t('The licence it is under');
    case 'owner':
      return t('Who answers for the model');
    case 'author':
      return t('Who registered the version');
    case 'language':
      return t('A language it works in');
    case 'alias':
      return t('An alias, such as production');
    case 'name':
      return t('The whole name of a model');
  }
}

/** What can follow at the end of a filter: fields, their values, figures. Several values stand with commas; `-` before a field means not. */
export function suggestWords(text: string, known: KnownWords): FilterWord[] {
  const written = /\S*$/.exec(text)?.[0] ?? '';
  const before = text.slice(0, text.length - written.length);
  const minus = written.startsWith('-') ? '-' : '';
  const word = written.slice(minus.length).toLowerCase();
  const colon = word.indexOf(':');
  const make = (own: string, explanation: string): FilterWord => ({
    word: minus + own,
    explanation,
    text: before + minus + own,
  });
  if (colon >= 0) {
    const field = fields.find(name => name === word.slice(0, colon));
    return field === undefined ? [] : suggestValues(field, written.slice(minus.length + colon + 1), known, make);
  }
  const figures = minus === '' ? [...known.figures].sort() : [];
  return [
    ...fields.filter(field => field.startsWith(word)).map(field => make(`${field}:`, explain(field))),
    ...figures
      .filter(figure => figure.toLowerCase().startsWith(word))
      .map(figure => make(`${figure}<`, t('A figure against a number: <, <=, >, >= or ='))),
  ].slice(0, mostWords);
}

function suggestValues(
  field: FilterField,
  written: string,
  { values }: KnownWords,
  make: (word: string, explanation: string) => FilterWord,
): FilterWord[] {
  const comma = written.lastIndexOf(',');
  const [earlier, last] = [written.slice(0, comma + 1), written.slice(comma + 1).toLowerCase()];
  const taken = new Set(earlier.toLowerCase().split(','));
  const candidates = field === 'status' ? statuses : [...(values[field] ?? [])].sort();
  return candidates
    .filter(
      value => !taken.has(value.toLowerCase()) && value.toLowerCase().startsWith(last) && value.toLowerCase() !== last,
    )
    .slice(0, mostWords)
    .map(value => make(`${field}:${earlier}${quoted(value)} `, explain(field)));
}

/** A value with a space or a comma in it is one in quotes only. */
function quoted(value: string): string {
  return /[\s,"]/.test(value) ? `"${value.replace(/["\\]/g, character => `\\${character}`)}"` : value;
}

export function collectWords(models: Iterable<ModelRow>, figures: Iterable<HeadlineFigure>): KnownWords {
  const values = {
    task: new Set<string>(),
    provider: new Set<string>(),
    license: new Set<string>(),
    owner: new Set<string>(),
    language: new Set<string>(),
    alias: new Set<string>(),
  };
  for (const { tasks = [], provider, license, owner, language = [], aliases } of models) {
    for (const task of tasks) values.task.add(task);
    for (const one of language) values.language.add(one);
    for (const alias of Object.keys(aliases)) values.alias.add(alias);
    if (provider !== undefined) values.provider.add(provider);
    if (license !== undefined) values.license.add(license);
    if (owner !== undefined) values.owner.add(owner);
  }
  return { values, figures: new Set([...figures].map(({ name }) => name)) };
}

/** A filter as it is kept: without needless spaces. */
export function tidyFilter(text: string): string {
  return text.trim().replace(/\s+/g, ' ');
}

const mostRecent = 10;

/** The filters used last, newest first, with one more. */
export function withRecent(recent: readonly string[], text: string): string[] {
  return text === '' ? [...recent] : [text, ...recent.filter(one => one !== text)].slice(0, mostRecent);
}

/** Texts that were kept for the next time; whatever else is there is left out. */
export function readRecent(value: unknown): string[] {
  return Array.isArray(value) ? value.filter(one => typeof one === 'string').slice(0, mostRecent) : [];
}

/** What is said above the rows while they are filtered. */
export function filterMessage(
  text: string,
  counted: { readonly models: number; readonly unmatched: readonly string[] } | undefined,
): string {
  const parts = [
    counted === undefined
      ? t('Filter: {0}', text)
      : counted.models === 1
        ? t('Filter: {0} (1 model)', text)
        : t('Filter: {0} ({1} models)', text, counted.models.toLocaleString('en-US')),
  ];
  const unmatched = counted?.unmatched ?? [];
  if (unmatched.length > 0) parts.push(t('No field or figure is called so: {0}', unmatched.join(' ')));
  return parts.join(' · ');
}
