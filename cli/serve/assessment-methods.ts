import type {
  AskControlHistory,
  AssessmentComparison,
  AssessmentReference,
  CompareAssessments,
  ControlHistory,
  ScorecardView,
} from '../../schemas/generated/messages.ts';
import { compareScorecards } from '../../schemas/compare-scorecards.ts';
import { readControlHistory } from '../../engine/governance/control-history.ts';
import { findAssessment } from '../../engine/governance/find-assessment.ts';
import { createAssessmentMemory, type AssessmentMemory } from '../../engine/governance/memory.ts';
import { previewAssessment } from '../../engine/governance/preview.ts';
import type { Store } from '../../engine/ports/store.ts';
import { createGovernancePorts, type Host } from '../composition.ts';
import type { Session } from './session.ts';

const memories = new WeakMap<Store, AssessmentMemory>();

/** What assessing over this store need not read or judge twice. It goes with the store. */
export function memoryOf(store: Store, { digest }: Pick<Host, 'digest'>): AssessmentMemory {
  const memory = memories.get(store) ?? createAssessmentMemory(text => digest.sha256(text));
  memories.set(store, memory);
  return memory;
}

export function previewStored(
  { assessmentId }: AssessmentReference,
  { host, store, folder }: Session,
  signal: AbortSignal,
): Promise<ScorecardView> {
  return previewAssessment({ assessmentId, folder }, createGovernancePorts(host, store), memoryOf(store, host), signal);
}

/** Each by its id, or as `MODEL@V` or `MODEL@V:2026-10-01`. */
export async function compareStored(
  { before, after }: CompareAssessments,
  { host, store }: Session,
  signal: AbortSignal,
): Promise<AssessmentComparison> {
  const ports = createGovernancePorts(host, store);
  return compareScorecards(await findAssessment(before, ports, signal), await findAssessment(after, ports, signal));
}

export async function askControlHistory(
  { assessmentId, control }: AskControlHistory,
  { host, store }: Session,
  signal: AbortSignal,
): Promise<ControlHistory> {
  const ports = createGovernancePorts(host, store);
  const { model } = (await findAssessment(assessmentId, ports, signal)).record.subject;
  return readControlHistory({ model, control }, ports, signal);
}
