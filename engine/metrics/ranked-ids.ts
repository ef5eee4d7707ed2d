import { extractJson } from './text/json-answer.ts';

/** Ids beyond these are not read. */
const mostIds = 10_000;

/**
 * The ids of a ranked list, best first: a JSON list of texts, numbers or mappings with an `id`, else one a line without numbering or bullets.
 */
export function readRankedIds(answer: string): readonly string[] {
  const list = extractJson(answer);
  if (Array.isArray(list)) return list.slice(0, mostIds).flatMap((item: unknown) => idOf(item) ?? []);
  const ids: string[] = [];
  for (const line of answer.split('\n', mostIds)) {
    const id = line.replace(/^\s{0,20}(?:[-*•]|\d{1,6}[.)])\s{1,20}/, '').trim();
    if (id !== '') ids.push(id);
  }
  return ids;
}

/** Relevant ids with their grades: a JSON list, whose ids all have grade 1, a mapping of ids to grades, or a single id. */
export function readGrades(target: string): ReadonlyMap<string, number> {
  const text = target.trim();
  let value: unknown = text;
  if (/^[[{"]/.test(text)) {
    try {
      value = JSON.parse(text);
    } catch {
      value = text;
    }
  }
  if (Array.isArray(value)) {
    return new Map(value.slice(0, mostIds).flatMap((item: unknown) => pairWithOne(idOf(item))));
  }
  if (typeof value === 'object' && value !== null) {
    return new Map(
      Object.entries(value)
        .slice(0, mostIds)
        .flatMap(([id, grade]: [string, unknown]) => (typeof grade === 'number' && grade > 0 ? [[id, grade]] : [])),
    );
  }
  return new Map(pairWithOne(idOf(value)));
}

function pairWithOne(id: string | undefined): [string, number][] {
  return id === undefined ? [] : [[id, 1]];
}

function idOf(item: unknown): string | undefined {
  if (typeof item === 'string') return item.trim() === '' ? undefined : item.trim();
  if (typeof item === 'number') return String(item);
  if (typeof item !== 'object' || item === null || !('id' in item)) return undefined;
  return typeof item.id === 'string' || typeof item.id === 'number' ? String(item.id).trim() : undefined;
}
