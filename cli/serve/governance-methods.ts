import path from 'node:path';
import type {
  Assessed,
  AssessmentReference,
  Exported,
  ExportScorecard,
  PolicyEntry,
  PolicyList,
  ScorecardView,
  StartAssessment,
} from '../../schemas/generated/messages.ts';
import { assessmentsBy, newestOfVersions } from '../../engine/catalogue/describe-policy.ts';
import { createDiagnoser } from '../../engine/documents/diagnose.ts';
import { createDocumentLibrary, type LibraryDocument } from '../../engine/documents/library.ts';
import { assessVersion } from '../../engine/governance/assess.ts';
import { exportAssessment } from '../../engine/governance/export.ts';
import { viewAssessment } from '../../engine/governance/view.ts';
import { createGovernancePorts, readPageAssets } from '../composition.ts';
import type { Session } from './session.ts';

export function startAssessment(
  { model, version, policies, scorecard }: StartAssessment,
  { host, store, folder }: Session,
  signal: AbortSignal,
): Promise<Assessed> {
  return assessVersion(
    {
      ...(model === undefined ? {} : { model }),
      ...(version === undefined ? {} : { version }),
      policies,
      folder,
      ...(scorecard === undefined ? {} : { scorecard: path.resolve(folder, scorecard) }),
    },
    createGovernancePorts(host, store),
    signal,
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

/** The workspace's policy files, each with the number of its errors and its newest assessment; a broken one shows what could be read of it. */
export async function listPolicies({ host, store, folder }: Session, signal: AbortSignal): Promise<PolicyList> {
  const policies: PolicyEntry[] = [];
  const diagnoser = createDiagnoser(host.files);
  const assessments = await assessmentsBy(store, signal);
  for (const document of await createDocumentLibrary(host.files, folder).all('policy', signal)) {
    const { diagnostics } = await diagnoser.diagnose(document.path, signal);
    const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
    const entry = describePolicy(document, errors);
    const [last] = entry.id === undefined ? [] : newestOfVersions(assessments, entry.id);
    policies.push(last === undefined ? entry : { ...entry, last });
  }
  return { policies };
}

function describePolicy({ file, parsed }: LibraryDocument<'policy'>, diagnostics: number): PolicyEntry {
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
  const { id, version, title, level, controls, extends: parents } = value;
  return {
    path: file,
    id,
    version,
    title: title ?? id,
    level,
    controls: controls?.length ?? 0,
    extends: (parents ?? []).map(parent => parent.id),
    diagnostics,
  };
}
