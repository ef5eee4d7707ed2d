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
  const mappedTo = indexMappings(controls);
  return frameworks.map(framework => {
    const { id, version } = framework;
    const entries = framework.entries.map(entry => {
      const mapped = mappedTo.get(keyOf(id, version, entry.id)) ?? [];
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

/** Controls by what they are mapped to, each once and in their order. */
function indexMappings(controls: readonly ControlResult[]): ReadonlyMap<string, readonly ControlResult[]> {
  const index = new Map<string, ControlResult[]>();
  for (const control of controls) {
    for (const { framework, version, id } of control.mappings) {
      const key = keyOf(framework, version, id);
      const mapped = index.get(key) ?? [];
      index.set(key, mapped);
      if (mapped.at(-1) !== control) mapped.push(control);
    }
  }
  return index;
}

function keyOf(framework: string, version: string, id: string): string {
  return JSON.stringify([framework, version, id]);
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
