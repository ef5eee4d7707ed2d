import type { VersionStatus } from '../../../schemas/generated/messages.ts';
import {
  filterFields,
  type Comparison,
  type FilterField,
  type FilterTerm,
  type RegistryFilter,
} from '../../ports/registry-filter.ts';
import { versionStatuses } from '../status.ts';
import { tokenize, type Token } from './tokens.ts';

/** A filter is typed by hand: what lies beyond is not looked at, and said to be unmatched. */
const longestText = 4_000;
const mostTerms = 64;
const mostValues = 64;

/** Other spellings of the fields. */
const otherNames: Readonly<Record<string, FilterField | 'status'>> = {
  licence: 'license',
  tasks: 'task',
  lang: 'language',
  languages: 'language',
  model: 'name',
  is: 'status',
};

const figureForm = /^(-?)([A-Za-z][\w.-]*)(<=|>=|<|>|=)([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)(ms|us|µs|s|min|%|k)?$/i;

const factors: Readonly<Record<string, number>> = {
  ms: 1,
  us: 0.001,
  µs: 0.001,
  s: 1_000,
  min: 60_000,
  '%': 0.01,
  k: 1_000,
};

const inverse: Readonly<Record<Comparison, Comparison | undefined>> = {
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
  '=': undefined,
};

/**
 * Reads a filter such as `status:approved ttft_p90<200ms -task:ocr "speech to text"`. Never throws: what is no condition is searched
 * as text, and what looks like one but names no field or status is told in `unmatched` as well.
 */
export function parseFilter(text: string): RegistryFilter {
  const terms: FilterTerm[] = [];
  const unmatched: string[] = [];
  for (const token of tokenize(text.slice(0, longestText))) {
    const word = text.slice(token.from, token.to);
    if (terms.length >= mostTerms) {
      unmatched.push(word);
      continue;
    }
    const { term, strange } = readTerm(token);
    if (term !== undefined) terms.push(term);
    if (strange) unmatched.push(word);
  }
  if (text.length > longestText) unmatched.push(`${text.slice(longestText, longestText + 40)}…`);
  return { text, terms, ...(unmatched.length === 0 ? {} : { unmatched }) };
}

interface Read {
  readonly term: FilterTerm | undefined;
  /** Looks like a condition and is none, or not wholly. */
  readonly strange: boolean;
}

function readTerm(token: Token): Read {
  const { text, quotedFrom } = token;
  const not = text.startsWith('-') && text.length > 1 && quotedFrom !== 0;
  const word = not ? text.slice(1) : text;
  // `"status:approved"` in quotes is text; in `owner:"Ada"` only the value is quoted.
  const plainLength = quotedFrom === undefined ? word.length : quotedFrom - (not ? 1 : 0);
  if (quotedFrom === undefined) {
    const figure = readFigure(text);
    if (figure !== undefined) return figure;
  }
  const colon = word.indexOf(':');
  if (colon > 0 && colon < plainLength) return readField(word.slice(0, colon), word.slice(colon + 1), token, not);
  return textTerm(word, not, quotedFrom === undefined && /^[A-Za-z][\w.-]*(<|>|=)/.test(word));
}

function readFigure(text: string): Read | undefined {
  const match = figureForm.exec(text);
  if (match === null) return undefined;
  const [, minus, figure = '', sign = '=', digits = '', unit = ''] = match;
  const comparison = minus === '-' ? inverse[sign as Comparison] : (sign as Comparison);
  const value = Number(digits) * (factors[unit.toLowerCase()] ?? 1);
  if (comparison === undefined || !Number.isFinite(value)) return textTerm(text, false, true);
  return { term: { kind: 'figure', figure, comparison, value }, strange: false };
}

function readField(written: string, value: string, token: Token, not: boolean): Read {
  const name = written.toLowerCase();
  const field = Object.hasOwn(otherNames, name) ? otherNames[name] : name;
  const values = splitValues(token, token.text.length - value.length);
  const kept = values.slice(0, mostValues);
  if (field === 'status') {
    const known = kept.flatMap(one => versionStatuses.filter(status => status === one.toLowerCase()));
    if (known.length === 0) return textTerm(`${written}:${value}`, not, true);
    return { term: { kind: 'status', values: unique(known), not }, strange: known.length < values.length };
  }
  if (!isField(field)) return textTerm(`${written}:${value}`, not, true);
  // Nothing behind the colon yet: somebody is still typing.
  if (kept.length === 0) return { term: undefined, strange: false };
  return { term: { kind: 'field', field, values: kept, not }, strange: kept.length < values.length };
}

/** At the commas that stand in no quotes, from an offset on. */
function splitValues({ text, commas }: Token, from: number): string[] {
  const ends = [...commas.filter(at => at >= from), text.length];
  return ends
    .map((end, index) => text.slice(index === 0 ? from : (ends[index - 1] ?? 0) + 1, end).trim())
    .filter(one => one !== '');
}

function textTerm(text: string, not: boolean, strange: boolean): Read {
  return { term: text === '' || text === '-' ? undefined : { kind: 'text', text, not }, strange };
}

function isField(name: string | undefined): name is FilterField {
  return filterFields.some(field => field === name);
}

function unique(values: readonly VersionStatus[]): VersionStatus[] {
  return [...new Set(values)];
}
