import type { ModelRow } from '../../schemas/generated/messages.ts';
import { t } from '../base/translate.ts';
import { statusWords } from './words.ts';

/** What the models of a registry are put together by. */
export const groupings = ['none', 'provider', 'task', 'status'] as const;
export type Grouping = (typeof groupings)[number];

export interface ModelGroup {
  /** Empty for models that have none. */
  readonly value: string;
  readonly label: string;
  readonly models: readonly ModelRow[];
}

/** The nearest to production first. */
const statusOrder: readonly ModelRow['statuses'][number][] = [
  'production',
  'baseline',
  'approved',
  'assessed',
  'evaluated',
  'candidate',
  'untracked',
  'retired',
  'revoked',
];

/** Models under each provider, task or status of theirs: one with several stands under each. Models with none come last. */
export function groupModels(models: readonly ModelRow[], by: Exclude<Grouping, 'none'>): ModelGroup[] {
  const groups = new Map<string, ModelRow[]>();
  for (const model of models) {
    const values = new Set(valuesOf(model, by).filter(value => value !== ''));
    for (const value of values.size === 0 ? [''] : values) {
      const own = groups.get(value);
      if (own === undefined) groups.set(value, [model]);
      else own.push(model);
    }
  }
  const rank = (value: string): number => (statusOrder as readonly string[]).indexOf(value);
  return [...groups]
    .map(([value, own]) => ({ value, label: labelOf(value, by), models: own }))
    .sort((a, b) => {
      if ((a.value === '') !== (b.value === '')) return a.value === '' ? 1 : -1;
      return by === 'status' ? rank(a.value) - rank(b.value) : a.label.localeCompare(b.label);
    });
}

function valuesOf({ provider, tasks, statuses }: ModelRow, by: Exclude<Grouping, 'none'>): readonly string[] {
  if (by === 'status') return statuses;
  return by === 'task' ? (tasks ?? []) : [provider ?? ''];
}

function labelOf(value: string, by: Exclude<Grouping, 'none'>): string {
  switch (by) {
    case 'provider':
      return value === '' ? t('No provider') : value;
    case 'task':
      return value === '' ? t('No task') : value;
    case 'status':
      return value === '' ? t('No version') : statusWords(value as ModelRow['statuses'][number]);
  }
}

export function groupingWords(grouping: Grouping): string {
  switch (grouping) {
    case 'none':
      return t('One List');
    case 'provider':
      return t('By Provider');
    case 'task':
      return t('By Task');
    case 'status':
      return t('By Status');
  }
}

export function readGrouping(value: unknown): Grouping {
  return groupings.find(grouping => grouping === value) ?? 'none';
}
