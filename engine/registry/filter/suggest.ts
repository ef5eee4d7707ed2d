import { filterFields, type FilterField, type FilterWords } from '../../ports/registry-filter.ts';
import { versionStatuses } from '../status.ts';
import { tokenize } from './tokens.ts';

export interface FilterSuggestion {
  /** What replaces the filter's text between `from` and `to`. */
  readonly insert: string;
  readonly from: number;
  readonly to: number;
  readonly detail: string;
}

const mostSuggestions = 50;

const details: Readonly<Record<FilterField | 'status', string>> = {
  status: 'Where a version stands on its way to production',
  task: 'What the model is for',
  provider: 'Who made the model',
  license: 'Licence of the model',
  owner: 'Who answers for the model',
  author: 'Who registered the version',
  language: 'Language of the model',
  alias: 'Alias that stands at the version',
  name: 'Name of the model',
};

/** What can stand at an offset of a filter's text, beginning as what is written there: fields, values, figures. */
export function suggestFilter(text: string, offset: number, known: FilterWords): readonly FilterSuggestion[] {
  const token = tokenize(text.slice(0, offset)).at(-1);
  const isOpen = token?.to === offset && !/\s$/.test(text.slice(0, offset));
  const written = isOpen ? text.slice(token.from, offset) : '';
  const from = offset - written.length;
  const minus = written.startsWith('-') ? '-' : '';
  const word = written.slice(minus.length);
  const colon = word.indexOf(':');
  const suggestions =
    colon < 0
      ? suggestNames(word, known)
      : suggestValues(word.slice(0, colon).toLowerCase(), word.slice(colon + 1), known);
  return suggestions
    .slice(0, mostSuggestions)
    .map(({ insert, detail }) => ({ insert: minus + insert, from, to: offset, detail }));
}

interface Suggested {
  readonly insert: string;
  readonly detail: string;
}

function suggestNames(word: string, { figures }: FilterWords): Suggested[] {
  const fields = (['status', ...filterFields] as const).map(name => ({ insert: `${name}:`, detail: details[name] }));
  const measured = figures.map(name => ({ insert: `${name}<`, detail: 'A figure, against a number' }));
  return [...fields, ...measured].filter(({ insert }) => insert.toLowerCase().startsWith(word.toLowerCase()));
}

function suggestValues(field: string, written: string, { values }: FilterWords): Suggested[] {
  const name = (['status', ...filterFields] as const).find(one => one === field);
  if (name === undefined) return [];
  const comma = written.lastIndexOf(',');
  const [before, last] = [written.slice(0, comma + 1), written.slice(comma + 1).replace(/^"/, '')];
  const taken = new Set(before.toLowerCase().split(','));
  return (name === 'status' ? versionStatuses : (values[name] ?? []))
    .filter(value => value.toLowerCase().startsWith(last.toLowerCase()) && !taken.has(value.toLowerCase()))
    .map(value => ({ insert: `${field}:${before}${quote(value)}`, detail: details[name] }));
}

/** A value with a space, comma or quote in it only reads right in quotes. */
function quote(value: string): string {
  return /[\s,"]/.test(value) ? `"${value.replace(/["\\]/g, character => `\\${character}`)}"` : value;
}
