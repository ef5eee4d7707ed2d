import type {
  ControlOutcome,
  ControlResult,
  FrameworkCoverage,
  FrameworkEntry,
} from '../../schemas/generated/messages.ts';
import type { Framework } from '../frameworks/frameworks.ts';

/**
 * Every framework of the policies with all its ids: what the mapped controls say of each, and which ids nobody mapped. It indicates
 * coverage; a mapping never means that the framework is satisfied.
 */
export function coverFrameworks(
  frameworks: readonly Framework[],
  controls: readonly ControlResult[],
): FrameworkCoverage[] {
  return frameworks.map(framework => {
    const { id, version } = framework;
    const entries = framework.entries.map(entry => {
      const mapped = controls.filter(({ mappings }) =>
        mappings.some(mapping => mapping.framework === id && mapping.version === version && mapping.id === entry.id),
      );
      return {
        id: entry.id,
        name: entry.name,
        ...(entry.group === undefined ? {} : { group: entry.group }),
        state: stateOf(mapped.map(({ outcome }) => outcome)),
        controls: mapped.map(control => control.id),
      };
    });
    return { framework: id, title: framework.title, version, total: entries.length, entries };
  });
}

/**
 * What several controls say of one id, from their applicable ones: all compliant is satisfied, none even in part is not satisfied
 * (not assessed where none failed), anything between is partial.
 */
export function stateOf(outcomes: readonly ControlOutcome[]): FrameworkEntry['state'] {
  if (outcomes.length === 0) return 'not-mapped';
  const applicable = outcomes.filter(outcome => outcome !== 'not-applicable');
  if (applicable.length === 0) return 'not-applicable';
  if (applicable.every(outcome => outcome === 'compliant')) return 'satisfied';
  if (applicable.some(outcome => outcome === 'compliant' || outcome === 'partial')) return 'partial';
  return applicable.includes('non-compliant') ? 'not-satisfied' : 'not-assessed';
}
