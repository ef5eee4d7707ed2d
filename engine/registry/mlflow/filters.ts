import type { FilterTerm, RegistryFilter } from '../../ports/registry-filter.ts';
import { tagNames } from './tags.ts';
import { keys } from '../keys.ts';

/** Fields of a filter that MLflow narrows down itself; what it cannot tell apart is looked at again by the caller. */
export const serverFilters: readonly string[] = ['name', 'provider', 'license', 'owner', 'task', 'language', 'status'];

/**
 * A condition of MLflow's filter language. It knows no escapes, so a text with signs that could end it is matched by a pattern with
 * `_` in their place: more may match, and never less. Who asks compares again.
 */
export function equals(field: string, text: string): string {
  if (/^[^'"\\\p{Cc}]*$/u.test(text)) return `${field} = '${text}'`;
  return `${field} LIKE '${text.replace(/['"\\[\p{Cc}]/gu, '_')}'`;
}

export function tagEquals(tag: string, text: string): string {
  return equals(`tags.\`${tag}\``, text);
}

/** Several names at once; absent where one has signs that a list cannot hold. */
export function nameIsIn(names: readonly string[]): string | undefined {
  if (!names.every(name => /^[^'"\\,()\p{Cc}]*$/u.test(name))) return undefined;
  return `name IN (${names.map(name => `'${name}'`).join(', ')})`;
}

/** Most characters of a list of names, as they stand in an address: servers take lines of four thousand. */
const longestList = 3000;

/**
 * Names in lists that can be asked for at once; those that no list can hold stand alone. In the order they are given, but for those.
 */
export function listsOfNames(names: readonly string[]): (readonly string[])[] {
  const lists: string[][] = [];
  const alone: string[][] = [];
  let length = longestList;
  for (const name of names) {
    if (nameIsIn([name]) === undefined) {
      alone.push([name]);
      continue;
    }
    const size = encodeURIComponent(`'${name}', `).length;
    if (length + size > longestList) {
      lists.push([]);
      length = 0;
    }
    lists.at(-1)?.push(name);
    length += size;
  }
  return [...lists, ...alone];
}

const modelTags: Partial<Record<string, string>> = {
  provider: tagNames.provider,
  license: tagNames.license,
  owner: tagNames.owner,
  task: tagNames.tasks,
  language: tagNames.language,
};

/** What MLflow can narrow models down by. */
export function conditionsOnModels(filter: RegistryFilter | undefined): string[] {
  return (filter?.terms ?? []).flatMap(term => {
    if (!isOneField(term)) return [];
    const [value = ''] = term.values;
    if (term.field === 'name') return ilike('name', value);
    const tag = modelTags[term.field];
    if (tag === undefined) return [];
    const isList = term.field === 'task' || term.field === 'language';
    return ilike(`tags.\`${tag}\``, value, isList ? '%' : '');
  });
}

/** What MLflow can narrow versions down by. */
export function conditionsOnVersions(filter: RegistryFilter | undefined): string[] {
  return (filter?.terms ?? []).flatMap(term => {
    if (term.kind === 'status' && !term.not && term.values.length === 1 && term.values[0] !== 'untracked') {
      return [tagEquals(keys.status, term.values[0] ?? '')];
    }
    return isOneField(term) && term.field === 'name' ? ilike('name', term.values[0] ?? '') : [];
  });
}

function isOneField(term: FilterTerm): term is FilterTerm & { readonly kind: 'field' } {
  return term.kind === 'field' && !term.not && term.values.length === 1;
}

/** Databases fold the case of ASCII alone alike, and take `\` as they like. */
function ilike(field: string, value: string, around = ''): string[] {
  if (!/^[\x20-\x7e]+$/.test(value) || /['"\\[]/.test(value)) return [];
  return [`${field} ILIKE '${around}${value}${around}'`];
}
