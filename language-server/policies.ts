import type { Benchmark } from '../schemas/generated/files.ts';
import { combinePolicies } from '../engine/policies/combine.ts';
import type { StatedControl } from '../engine/policies/inherited.ts';
import { createPolicyFinder } from '../engine/policies/library.ts';
import type { PolicyFinder, PolicySource } from '../engine/policies/policy-set.ts';
import { createFrameworkLibrary, type FrameworkLibrary } from '../engine/frameworks/library.ts';
import { mappingOf, type WorkspaceLibrary } from './workspace.ts';

/** What a policy draft extends, as far as it can be found. */
export interface InheritedRules {
  readonly policies: readonly PolicySource[];
  readonly controls: ReadonlyMap<string, StatedControl>;
  /** Versions by framework id, the draft's own first. */
  readonly frameworks: ReadonlyMap<string, readonly string[]>;
  /** What there is to refer to. */
  readonly known: FrameworkLibrary;
}

/** Reads what a policy that is still being written inherits. */
export async function collectInherited(
  draft: unknown,
  library: WorkspaceLibrary | undefined,
  signal: AbortSignal,
): Promise<InheritedRules> {
  const own = mappingOf(draft);
  const frameworks = new Map<string, string[]>();
  addFrameworks(frameworks, own['frameworks']);
  if (library === undefined) return { policies: [], controls: new Map(), frameworks, known: createFrameworkLibrary() };
  const finder = createPolicyFinder(library);
  const parents = await findExtended(own, finder, signal);
  const { nodes, controls, library: known } = await combinePolicies(parents, finder, signal);
  for (const { document } of nodes) addFrameworks(frameworks, document.policy.frameworks);
  return { policies: nodes.map(({ document }) => document), controls, frameworks, known };
}

/** Controls that a draft states itself, as far as they can be read. */
export function ownControls(
  draft: unknown,
): readonly { readonly id: string; readonly title: string | undefined; readonly checks: readonly string[] }[] {
  const { controls } = mappingOf(draft);
  return (Array.isArray(controls) ? (controls as unknown[]) : []).flatMap(entry => {
    const { id, title, checks } = mappingOf(entry);
    if (typeof id !== 'string') return [];
    const ids = (Array.isArray(checks) ? (checks as unknown[]) : []).map(check => mappingOf(check)['id']);
    return [
      {
        id,
        title: typeof title === 'string' ? title : undefined,
        checks: ids.filter(each => typeof each === 'string'),
      },
    ];
  });
}

async function findExtended(
  draft: Readonly<Record<string, unknown>>,
  finder: PolicyFinder,
  signal: AbortSignal,
): Promise<readonly PolicySource[]> {
  const entries = Array.isArray(draft['extends']) ? (draft['extends'] as unknown[]) : [];
  const found: PolicySource[] = [];
  for (const entry of entries) {
    const id = mappingOf(entry)['id'];
    if (typeof id !== 'string' || id === draft['id']) continue;
    found.push(...(await finder.find(id, signal)));
    signal.throwIfAborted();
  }
  return found;
}

function addFrameworks(frameworks: Map<string, string[]>, declared: unknown): void {
  if (!Array.isArray(declared)) return;
  for (const entry of declared) {
    const { id, version } = mappingOf(entry);
    if (typeof id !== 'string' || typeof version !== 'string') continue;
    const versions = frameworks.get(id) ?? [];
    if (!versions.includes(version)) frameworks.set(id, [...versions, version]);
  }
}

/** The version of a framework that a mapping most probably means: declared, inherited, or the newest there is. */
export function versionMeant(
  id: string,
  { frameworks, known }: Pick<InheritedRules, 'frameworks' | 'known'>,
): string | undefined {
  return frameworks.get(id)?.[0] ?? known.versionsOf(id).at(-1);
}

/** Every valid benchmark file of the workspace. */
export async function collectBenchmarks(
  library: WorkspaceLibrary | undefined,
  signal: AbortSignal,
): Promise<readonly { readonly benchmark: Benchmark; readonly path: string; readonly file: string }[]> {
  const documents = (await library?.all('bench', signal)) ?? [];
  return documents.flatMap(({ path, file, parsed }) =>
    parsed.value === undefined ? [] : [{ benchmark: parsed.value, path, file }],
  );
}
