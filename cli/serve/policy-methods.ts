import type {
  ApprovePolicy,
  DraftedPolicies,
  DraftPolicies,
  PolicyApproval,
  PolicyList,
  PolicyProblems,
  PolicySource,
  PolicyTemplateList,
  PolicyTestList,
  PolicyTestReport,
  RunPolicyTests,
  Seal,
  SealPolicies,
} from '../../schemas/generated/messages.ts';
import { listPolicies } from '../../engine/catalogue/list-policies.ts';
import { findPolicyProblems } from '../../engine/catalogue/policy-problems.ts';
import { approvePolicy } from '../../engine/governance/policy-approvals.ts';
import { sealPolicies } from '../../engine/governance/seals.ts';
import { draftStarter, listStarters } from '../../engine/policy-starters/starters.ts';
import { listPolicyTests, runPolicyTests } from '../../engine/policy-tests/run.ts';
import { createGovernancePorts, templatesFolder } from '../composition.ts';
import { memoryOf } from './assessment-methods.ts';
import type { Session } from './session.ts';

export function listAll({ host, store, folder }: Session, signal: AbortSignal): Promise<PolicyList> {
  return listPolicies({ files: host.files, digest: host.digest, store }, folder, signal, memoryOf(store, host));
}

export function findProblems({ host, store, folder }: Session, signal: AbortSignal): Promise<PolicyProblems> {
  return findPolicyProblems({ files: host.files, store }, folder, signal, memoryOf(store, host));
}

export function listTests(policy: PolicySource, { host }: Session, signal: AbortSignal): Promise<PolicyTestList> {
  return listPolicyTests(policy, host.files, signal);
}

export function runTests(
  { policy, tests }: RunPolicyTests,
  { host, folder }: Session,
  signal: AbortSignal,
): Promise<PolicyTestReport> {
  return runPolicyTests(policy, folder, host, signal, tests);
}

export function seal({ policies }: SealPolicies, { host, store, folder }: Session, signal: AbortSignal): Promise<Seal> {
  return sealPolicies(policies, folder, createGovernancePorts(host, store), signal);
}

export function approve(
  request: ApprovePolicy,
  { host, store, folder }: Session,
  signal: AbortSignal,
): Promise<PolicyApproval> {
  return approvePolicy({ ...request, folder }, createGovernancePorts(host, store), signal);
}

export async function listTemplates({ host }: Session, signal: AbortSignal): Promise<PolicyTemplateList> {
  return { templates: [...(await listStarters(host.files, templatesFolder, signal))] };
}

export function draftTemplate(
  request: DraftPolicies,
  { host, folder }: Session,
  signal: AbortSignal,
): Promise<DraftedPolicies> {
  return draftStarter(request, host.files, templatesFolder, folder, signal);
}
