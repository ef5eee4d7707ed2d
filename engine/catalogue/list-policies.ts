import type { PolicyEntry, PolicyList } from '../../schemas/generated/messages.ts';
import { createDiagnoser } from '../diagnostics/diagnose.ts';
import { createDocumentLibrary, type LibraryDocument } from '../documents/library.ts';
import { readPolicyApprovals } from '../governance/policy-approvals.ts';
import type { Digest } from '../ports/digest.ts';
import type { Files } from '../ports/files.ts';
import type { Store } from '../ports/store.ts';
import { assessmentsBy, newestOfVersions, type PolicyMemory } from './describe-policy.ts';

interface ListPorts {
  readonly files: Files;
  readonly store: Store;
  readonly digest: Digest;
}

/**
 * The workspace's policy files, each with the number of its errors, whether somebody approved it where that is asked for, and its newest
 * assessment; a broken one shows what could be read of it.
 */
export async function listPolicies(
  ports: ListPorts,
  folder: string,
  signal: AbortSignal,
  memory?: PolicyMemory,
): Promise<PolicyList> {
  const { files, store, digest } = ports;
  const policies: PolicyEntry[] = [];
  const assessments = await assessmentsBy(store, signal, memory);
  const standingOf = await readPolicyApprovals(ports);
  const diagnoser = createDiagnoser(files, undefined, memory?.parse);
  for (const document of await createDocumentLibrary(files, folder, memory?.parse).all('policy', signal)) {
    const { diagnostics } = await diagnoser.diagnose(document.path, signal);
    const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
    const entry = describeEntry(document, errors);
    const { value, text } = document.parsed;
    const approval = value === undefined ? undefined : standingOf(value, digest.sha256(text));
    const [last] = entry.id === undefined ? [] : newestOfVersions(assessments, entry.id);
    policies.push({
      ...entry,
      ...(approval === undefined ? {} : { approval }),
      ...(last === undefined ? {} : { last }),
    });
  }
  return { policies };
}

function describeEntry({ file, parsed }: LibraryDocument<'policy'>, diagnostics: number): PolicyEntry {
  const { value, draft } = parsed;
  if (value === undefined) {
    const { id, title } = (draft ?? {}) as { readonly id?: unknown; readonly title?: unknown };
    return {
      path: file,
      diagnostics,
      ...(typeof id === 'string' ? { id } : {}),
      ...(typeof title === 'string' ? { title } : {}),
    };
  }
  const { id, version, title, level, owner, reviewBy, controls, extends: parents, tests } = value;
  return {
    path: file,
    id,
    version,
    title: title ?? id,
    level,
    ...(owner === undefined ? {} : { owner }),
    ...(reviewBy === undefined ? {} : { reviewBy }),
    controls: controls?.length ?? 0,
    ...(tests === undefined ? {} : { tests: tests.length }),
    extends: (parents ?? []).map(parent => parent.id),
    diagnostics,
  };
}
