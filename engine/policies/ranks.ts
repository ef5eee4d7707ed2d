import type { ControlSeverity, PolicyLevel } from '../../schemas/generated/messages.ts';

const levels: readonly PolicyLevel[] = ['country', 'industry', 'corporate', 'team'];
const severities: readonly ControlSeverity[] = ['low', 'medium', 'high', 'critical'];

/** 0 for the widest level. */
export function rankOfLevel(level: PolicyLevel): number {
  return levels.indexOf(level);
}

/** 0 for the mildest severity. */
export function rankOfSeverity(severity: ControlSeverity): number {
  return severities.indexOf(severity);
}

export type SeverityWeights = Readonly<Record<ControlSeverity, number>>;

/** What a control weighs by its severity where no policy says otherwise: the schema's own default. */
export const defaultWeights: SeverityWeights = { critical: 10, high: 5, medium: 2, low: 1 };

/** Severities that fail the gate where no policy says otherwise: the schema's own default. */
export const defaultFailOn: readonly ControlSeverity[] = ['critical', 'high'];
