import type { AffectedMapping, FrameworkChange, FrameworkComparison } from '../../schemas/generated/messages.ts';
import type { DocumentLibrary } from '../documents/library.ts';
import { compareVersions } from '../frameworks/compare.ts';
import type { Framework } from '../frameworks/frameworks.ts';
import { requireFramework } from '../frameworks/require-framework.ts';
import { combinePolicies } from './combine.ts';
import { createPolicyFinder } from './library.ts';
import type { PolicySource } from './policy-set.ts';

/** Two versions of one framework. */
export interface VersionStep {
  readonly id: string;
  readonly from: string;
  readonly to: string;
}

/** A comparison with the policies that mean the older version. */
export interface PoliciesCompared {
  readonly comparison: FrameworkComparison;
  readonly policies: readonly PolicySource[];
}

/**
 * What changed between two versions, and which mappings of the workspace's policies mean an id that changed. A policy means the version
 * it declares, else the one it inherits; files with errors are left out. Throws `usage` for a framework or version there is none of.
 */
export async function compareForPolicies(
  step: VersionStep,
  documents: DocumentLibrary,
  signal: AbortSignal,
): Promise<PoliciesCompared> {
  const finder = createPolicyFinder(documents);
  const library = await finder.frameworks(signal);
  const from = requireFramework(library, step.id, step.from);
  const to = requireFramework(library, step.id, step.to);
  const { changes, unchanged } = compareVersions(from, to);
  const policies = await policiesMeaning(from, documents, signal);
  const changed = new Map<string, FrameworkChange[]>();
  for (const change of changes) {
    if (change.change === 'added') continue;
    const list = changed.get(change.id);
    if (list === undefined) changed.set(change.id, [change]);
    else list.push(change);
  }
  return {
    policies,
    comparison: {
      framework: step.id,
      title: to.title,
      from: step.from,
      to: step.to,
      changes: [...changes],
      unchanged,
      policies: policies.map(({ file }) => file),
      affected: policies.flatMap(policy => affectedIn(policy, from, changed)),
    },
  };
}

/** Every policy of the workspace whose mappings to the framework are read by this version. */
async function policiesMeaning(
  { id, version }: Framework,
  documents: DocumentLibrary,
  signal: AbortSignal,
): Promise<readonly PolicySource[]> {
  const sources = (await documents.all('policy', signal)).flatMap(({ path, file, parsed }): PolicySource[] =>
    parsed.value === undefined ? [] : [{ path, file, policy: parsed.value, parsed }],
  );
  const { nodes, stated } = await combinePolicies(sources, createPolicyFinder(documents), signal);
  const meaning = new Set(
    nodes.flatMap(node => {
      const versions = [...(stated.get(node)?.frameworks.get(id) ?? [])];
      return versions.length === 1 && versions[0] === version ? [node.document.path] : [];
    }),
  );
  return sources.filter(({ path }) => meaning.has(path));
}

function affectedIn(
  { policy, file, parsed }: PolicySource,
  from: Framework,
  changed: ReadonlyMap<string, readonly FrameworkChange[]>,
): readonly AffectedMapping[] {
  return (policy.controls ?? []).flatMap((control, index) =>
    (control.mappings ?? []).flatMap((mapping, place): AffectedMapping[] => {
      const changes = mapping.framework === from.id ? changed.get(mapping.id) : undefined;
      if (changes === undefined) return [];
      const name = from.byId.get(mapping.id)?.name;
      return [
        {
          policy: policy.id,
          file,
          line: parsed.locate(['controls', index, 'mappings', place, 'id'], 'value').start.line + 1,
          control: control.id,
          ...(control.title === undefined ? {} : { title: control.title }),
          id: mapping.id,
          ...(name === undefined ? {} : { name }),
          changes: [...changes],
        },
      ];
    }),
  );
}
