import path from 'node:path';
import type {
  Assessed,
  AssessmentReference,
  Exported,
  ExportScorecard,
  ScorecardView,
  StartAssessment,
} from '../../schemas/generated/messages.ts';
import { assessVersion } from '../../engine/governance/assess.ts';
import { exportAssessment } from '../../engine/governance/export.ts';
import { viewAssessment } from '../../engine/governance/view.ts';
import { createGovernancePorts, readPageAssets } from '../composition.ts';
import { memoryOf } from './assessment-methods.ts';
import type { Session } from './session.ts';

export function startAssessment(
  { model, version, runId, policies, scorecard }: StartAssessment,
  { host, store, folder }: Session,
  signal: AbortSignal,
): Promise<Assessed> {
  return assessVersion(
    {
      ...(model === undefined ? {} : { model }),
      ...(version === undefined ? {} : { version }),
      ...(runId === undefined ? {} : { runId }),
      policies,
      folder,
      ...(scorecard === undefined ? {} : { scorecard: path.resolve(folder, scorecard) }),
    },
    createGovernancePorts(host, store),
    signal,
    memoryOf(store, host),
  );
}

export function getAssessment(
  { assessmentId }: AssessmentReference,
  { host, store }: Session,
  signal: AbortSignal,
): Promise<ScorecardView> {
  return viewAssessment(assessmentId, createGovernancePorts(host, store), signal);
}

export async function exportScorecard(
  request: ExportScorecard,
  { host, store, folder }: Session,
  signal: AbortSignal,
): Promise<Exported> {
  const target = path.resolve(folder, request.path);
  const ports = createGovernancePorts(host, store);
  await exportAssessment({ ...request, path: target }, ports, () => readPageAssets('scorecard'), signal);
  return { path: target };
}
