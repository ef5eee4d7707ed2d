import type {
  AssessmentRecord,
  ControlOutcome,
  ControlResult,
  ControlSeverity,
  PolicyLevel,
} from '../../schemas/generated/messages.ts';
import { levels, severities } from '../shared/governance-words.ts';
import type { PlacedControl } from './page-model.ts';

/** Which controls a reader wants to see. An empty list narrows nothing. */
export interface ControlFilter {
  /** Words that must all stand in a control, whatever their case. */
  readonly text: string;
  readonly outcomes: readonly ControlOutcome[];
  readonly severities: readonly ControlSeverity[];
  /** Ids of policies. */
  readonly policies: readonly string[];
  readonly levels: readonly PolicyLevel[];
}

export const everyControl: ControlFilter = { text: '', outcomes: [], severities: [], policies: [], levels: [] };

/** In the order a reader needs them. */
export const outcomeOrder: readonly ControlOutcome[] = [
  'non-compliant',
  'partial',
  'not-assessed',
  'not-applicable',
  'compliant',
];

export function isNarrowed({ text, ...lists }: ControlFilter): boolean {
  return text.trim() !== '' || Object.values(lists).some(list => list.length > 0);
}

/** Controls of a record, prepared for being searched over and over. */
export interface ControlIndex {
  /** The most severe first, in each group what is not met at all before what is partly met. */
  readonly placed: readonly PlacedControl[];
  /** Those that fit, in the same order. */
  select(filter: ControlFilter): readonly PlacedControl[];
}

/** Text of a control is put together when it is first searched. */
export function indexControls(record: AssessmentRecord): ControlIndex {
  const placed = record.controls
    .map((control, index) => ({ control, index }))
    .sort((a, b) => rank(a.control) - rank(b.control) || a.index - b.index);
  const levelOf = new Map(record.policies.map(({ id, level }) => [id, level]));
  let texts: readonly string[] | undefined;

  function fits(control: ControlResult, filter: ControlFilter): boolean {
    const { outcomes, severities: wanted, policies, levels: wantedLevels } = filter;
    const owners = [control.policy, ...(control.tightenedBy ?? [])];
    return (
      (outcomes.length === 0 || outcomes.includes(control.outcome)) &&
      (wanted.length === 0 || wanted.includes(control.severity)) &&
      (policies.length === 0 || owners.some(id => policies.includes(id))) &&
      (wantedLevels.length === 0 ||
        owners.some(id => {
          const level = levelOf.get(id);
          return level !== undefined && wantedLevels.includes(level);
        }))
    );
  }

  return {
    placed,
    select(filter) {
      if (!isNarrowed(filter)) return placed;
      const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
      if (words.length > 0) texts ??= record.controls.map(textOf);
      return placed.filter(({ control, index }) => {
        if (!fits(control, filter)) return false;
        const text = texts?.[index] ?? '';
        return words.every(word => text.includes(word));
      });
    },
  };
}

/** What is searched of a control, in lower case. */
function textOf({ id, title, description, reason, policy, mappings, checks, waiver }: ControlResult): string {
  const parts = [id, title, description, reason, policy, waiver];
  for (const mapping of mappings) parts.push(mapping.id, mapping.name);
  for (const check of checks) {
    parts.push(check.title, check.reason, check.benchmark, check.slice);
    for (const { title: name, path } of check.evidence) parts.push(name, path);
  }
  return parts
    .filter(part => part !== undefined)
    .join('\n')
    .toLowerCase();
}

function rank({ severity, outcome }: ControlResult): number {
  return 2 * severities.indexOf(severity) + Number(outcome === 'partial');
}

/** Kept state may be from any version of the page: what is no choice is left out. */
export function readFilter(kept: unknown): ControlFilter {
  if (typeof kept !== 'object' || kept === null) return everyControl;
  const { text, outcomes, severities: severe, policies, levels: kinds } = kept as Record<string, unknown>;
  const among = <T extends string>(value: unknown, known: readonly T[]): readonly T[] =>
    Array.isArray(value) ? known.filter(one => value.includes(one)) : [];
  return {
    text: typeof text === 'string' ? text : '',
    outcomes: among(outcomes, outcomeOrder),
    severities: among(severe, severities),
    policies: Array.isArray(policies) ? policies.filter(id => typeof id === 'string') : [],
    levels: among(kinds, levels),
  };
}
