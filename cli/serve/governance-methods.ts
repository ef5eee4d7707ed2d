import path from 'node:path';
import type {
  Assessed,
  AssessmentReference,
  Exported,
  ExportScorecard,
  ScorecardView,
  StartAssessment,
} from '../../schemas/generated/messages.ts';
import { writeBundle } from '../../engine/bundle/write.ts';
import { assessVersion } from '../../engine/governance/assess.ts';
import { exportAssessmentAs } from '../../engine/governance-exports/export.ts';
import { viewAssessment } from '../../engine/governance/view.ts';
import { createExportTools, createGovernancePorts, readVerifier } from '../composition.ts';
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
  { host, store, folder }: Session,
  signal: AbortSignal,
): Promise<ScorecardView> {
  return viewAssessment(assessmentId, createGovernancePorts(host, store), signal, folder);
}

export async function exportScorecard(
  { assessmentId, format, path: given }: ExportScorecard,
  { host, store, folder }: Session,
  signal: AbortSignal,
): Promise<Exported> {
  const target = path.resolve(folder, given);
  const ports = createGovernancePorts(host, store);
  if (format === 'bundle')
    await writeBundle({ assessmentId, folder, withEvidence: true, path: target }, readVerifier, ports, signal);
  else await exportAssessmentAs(assessmentId, [{ format, path: target }], ports, createExportTools(folder), signal);
  return { path: target };
}
