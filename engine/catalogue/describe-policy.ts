import type { AssessmentSummary, PolicyControl, PolicyDetails } from '../../schemas/generated/messages.ts';
import { createDiagnoser } from '../diagnostics/diagnose.ts';
import { shortPlace } from '../documents/findings.ts';
import { parseDocument } from '../documents/parse.ts';
import type { AssessmentMemory } from '../governance/memory.ts';
import { listAssessments, listKnown } from '../governance/view.ts';
import type { Files } from '../ports/files.ts';
import type { Store } from '../ports/store.ts';

type AssessedStore = Pick<Store, 'ledger' | 'registry'>;

/** What a process that is asked again and again need not parse and read twice. */
export type PolicyMemory = Pick<AssessmentMemory, 'parse' | 'summaries'>;

/** What a policy file writes, what is wrong with it, and how versions came out by it. */
export async function describePolicy(
  file: string,
  folder: string,
  { files, store }: { readonly files: Files; readonly store: AssessedStore },
  signal: AbortSignal,
  memory?: PolicyMemory,
): Promise<PolicyDetails> {
  const path = files.resolve(folder, file);
  const { text, diagnostics } = await createDiagnoser(files, undefined, memory?.parse).diagnose(path, signal);
  const parsed = (memory?.parse ?? parseDocument)('policy', text);
  const lineOf = (index: number): number => shortPlace(parsed, ['controls', index, 'id']).start.line + 1;
  const controls = (parsed.value?.controls ?? []).map(({ id, title, severity, checks }, index): PolicyControl => ({
    id,
    ...(title === undefined ? {} : { title }),
    ...(severity === undefined ? {} : { severity }),
    line: lineOf(index),
    checks: checks?.length ?? 0,
  }));
  const findings = diagnostics.map(({ severity, code, message, range }) => ({
    severity,
    code,
    message,
    line: range.start.line + 1,
  }));
  const id = parsed.value?.id;
  const assessments = id === undefined ? [] : newestOfVersions(await assessmentsBy(store, signal, memory), id);
  return { path: file, controls, findings, assessments };
}

/** Every assessment of every model, newest first. */
export async function assessmentsBy(
  store: AssessedStore,
  signal: AbortSignal,
  memory?: PolicyMemory,
): Promise<readonly AssessmentSummary[]> {
  const found: AssessmentSummary[] = [];
  for (const { name } of await store.registry.listModels({ archived: true }, signal)) {
    const own =
      memory === undefined ? listAssessments({ model: name }, { store }) : listKnown(name, { store }, memory.summaries);
    found.push(...(await own));
  }
  return found.sort((a, b) => b.assessedAt - a.assessedAt);
}

/** Those by a policy of this id, one a version. Lists name a policy as `ID VERSION`. */
export function newestOfVersions(assessments: readonly AssessmentSummary[], policyId: string): AssessmentSummary[] {
  const newest = new Map<string, AssessmentSummary>();
  for (const assessment of assessments) {
    if (!assessment.policies.some(policy => policy.split(' ')[0] === policyId)) continue;
    const version = `${assessment.model}@${assessment.version}`;
    if (!newest.has(version)) newest.set(version, assessment);
  }
  return [...newest.values()];
}
