import type { Policy } from '../../schemas/generated/files.ts';
import type {
  AssessmentRecord,
  AssessmentSummary,
  ControlResult,
  PolicyProblem,
  PolicyProblems,
} from '../../schemas/generated/messages.ts';
import { validateAssessmentRecord } from '../../schemas/generated/validators.js';
import { createDocumentLibrary } from '../documents/library.ts';
import { shortPlace } from '../documents/findings.ts';
import type { Files } from '../ports/files.ts';
import type { Store } from '../ports/store.ts';
import { assessmentsBy, newestOfVersions, type PolicyMemory } from './describe-policy.ts';

/**
 * Controls that the workspace's policy files state and that did not come out compliant in the assessment that counts for the file: the
 * newest of the version its `assess` names, else the newest by it. Waived controls and those that do not apply are no problems.
 */
export async function findPolicyProblems(
  { files, store }: { readonly files: Files; readonly store: Store },
  folder: string,
  signal: AbortSignal,
  memory?: PolicyMemory,
): Promise<PolicyProblems> {
  const assessments = await assessmentsBy(store, signal, memory);
  const problems: PolicyProblem[] = [];
  const records = new Map<string, ReadRecord | undefined>();
  for (const { file, parsed } of await createDocumentLibrary(files, folder, memory?.parse).all('policy', signal)) {
    const { value } = parsed;
    if (value === undefined) continue;
    const summary = await chooseAssessment(value, newestOfVersions(assessments, value.id), store, signal);
    if (summary === undefined) continue;
    if (!records.has(summary.id)) records.set(summary.id, await readRecord(summary.id, store));
    const read = records.get(summary.id);
    if (read === undefined) continue;
    const { record, controls } = read;
    const { model, version } = record.subject;
    (value.controls ?? []).forEach(({ id }, index) => {
      const control = controls.get(id);
      const problem = control === undefined ? undefined : describeProblem(control, `${model}@${version}`);
      if (problem === undefined) return;
      const line = shortPlace(parsed, ['controls', index, 'id']).start.line + 1;
      problems.push({ path: file, line, control: id, ...problem, assessmentId: record.id, model, version });
    });
  }
  return { problems };
}

/** Of one a version, newest first. A version that `assess` names and that was never assessed has no problems yet. */
async function chooseAssessment(
  { assess }: Policy,
  newest: readonly AssessmentSummary[],
  { registry }: Pick<Store, 'registry'>,
  signal: AbortSignal,
): Promise<AssessmentSummary | undefined> {
  if (assess === undefined || newest.length === 0) return newest[0];
  const at = assess.model.indexOf('@');
  const [model, wanted] = [assess.model.slice(0, at), assess.model.slice(at + 1)];
  const found = await registry.getVersion(model, wanted, signal).catch(() => undefined);
  signal.throwIfAborted();
  if (found === undefined) return newest[0];
  return newest.find(each => each.model === found.model && each.version === found.version);
}

interface ReadRecord {
  readonly record: AssessmentRecord;
  /** By id. */
  readonly controls: ReadonlyMap<string, ControlResult>;
}

/** Absent for one that cannot be read any more; `aiwb audit verify` names it. */
async function readRecord(id: string, { ledger }: Pick<Store, 'ledger'>): Promise<ReadRecord | undefined> {
  const { payload } = await ledger.get(id);
  if (!validateAssessmentRecord(payload)) return undefined;
  return { record: payload, controls: new Map(payload.controls.map(control => [control.id, control])) };
}

function describeProblem(
  { id, outcome, reason, severity, waiver }: ControlResult,
  name: string,
): Pick<PolicyProblem, 'severity' | 'message'> | undefined {
  if (waiver !== undefined) return undefined;
  switch (outcome) {
    case 'compliant':
    case 'not-applicable':
      return undefined;
    case 'not-assessed':
      return { severity: 'information', message: `${name}: ${id} (${severity}) is not assessed. ${reason}` };
    case 'partial':
    case 'non-compliant':
      return { severity: 'warning', message: `${name}: ${id} (${severity}) is ${outcome}. ${reason}` };
  }
}
