import type { Policy } from '../../schemas/generated/files.ts';
import { combinePolicies } from '../policies/combine.ts';
import { createPolicyFinder } from '../policies/library.ts';
import type { PolicyNode } from '../policies/loading.ts';
import type { PolicyFinder, PolicyFinding, PolicySource } from '../policies/policy-set.ts';
import type { Diagnostic, ReportFinding } from '../documents/diagnostic.ts';
import { collectFindings, shortPlace } from '../documents/findings.ts';
import { kindOfPath } from '../documents/kinds.ts';
import type { DocumentLibrary } from '../documents/library.ts';
import type { ParsedDocument } from '../documents/parse.ts';
import { checkPolicyFigures, type BenchmarkSource } from './policy-figure-checks.ts';
import { checkAssessed } from './registry-checks.ts';
import { checkPolicyTests } from './policy-test-checks.ts';
import type { Remembered } from './remembered.ts';
import { listWords } from '../documents/suggest.ts';
import { checkWaivers } from './waiver-checks.ts';

/** What the checks of a policy see of the workspace. */
export interface PolicyView {
  /** Where the policy stands; several cells share their notebook's path. */
  readonly path: string;
  /** The same relative to the workspace folder. */
  readonly file: string;
  readonly policies: PolicyFinder;
  /** Every valid benchmark file of the workspace. */
  benchmarks(signal: AbortSignal): Promise<readonly BenchmarkSource[]>;
  readonly remembered?: Remembered | undefined;
}

/** The view from one policy, over the documents a host has read. */
export function viewPolicies(
  library: DocumentLibrary,
  path: string,
  file: string,
  remembered?: Remembered,
): PolicyView {
  return {
    path,
    file,
    policies: createPolicyFinder(library),
    benchmarks: signal => benchmarksOf(library, signal),
    remembered,
  };
}

/** Every valid benchmark file among a workspace's documents. */
export async function benchmarksOf(library: DocumentLibrary, signal: AbortSignal): Promise<readonly BenchmarkSource[]> {
  return (await library.all('bench', signal)).flatMap(({ path, parsed }) =>
    parsed.value === undefined ? [] : [{ path, parsed, benchmark: parsed.value }],
  );
}

/**
 * Whether a policy keeps the rules of those it extends, and names figures that benchmarks of the workspace compute. Nothing when
 * the file itself has errors. Rejects only with the signal's reason and what the view rejects with.
 */
export async function checkPolicy(
  parsed: ParsedDocument<'policy'>,
  view: PolicyView,
  signal: AbortSignal,
): Promise<Diagnostic[]> {
  const policy = parsed.value;
  if (policy === undefined) return [];
  const { report, sorted } = collectFindings(parsed);
  const source: PolicySource = { path: view.path, file: view.file, policy, parsed };
  const { nodes, controls, findings } = await combinePolicies([source], view.policies, signal);
  signal.throwIfAborted();
  const node = nodes.find(({ document }) => document === source);
  for (const finding of findings) {
    const { code, path, message, part, replacement, related } = finding;
    if (finding.policy === source)
      report(code, 'error', path, message, { ...(part && { part }), replacement, related });
  }
  if (node !== undefined) reportBrokenParents(node, findings, report);
  await checkNamesakes(policy, view, report, signal);
  await checkPolicyFigures(policy, controls, view.benchmarks, report, signal);
  checkPolicyTests(policy, controls, node?.isWhole === true, report);
  if (view.remembered !== undefined) {
    checkReview(policy, view.remembered.now(), report);
    await checkAssessed(policy, view.remembered, report, signal);
    await checkWaivers(policy, view.remembered, report, signal);
  }
  return sorted();
}

/** A policy is to be looked at again by its date, which counts in full. */
function checkReview({ reviewBy, owner }: Policy, now: number, report: ReportFinding): void {
  if (reviewBy === undefined || reviewBy >= new Date(now).toISOString().slice(0, 10)) return;
  const whom = owner === undefined ? 'somebody' : `\`${owner}\``;
  const message = `This policy was to be looked at again by ${reviewBy}. Have ${whom} do so, and write down the next date.`;
  report('review-overdue', 'warning', ['reviewBy'], message);
}

/** Nothing is asked of a notebook's cell: trying a copy of a policy there is what notebooks are for. */
async function checkNamesakes(
  policy: Policy,
  view: PolicyView,
  report: ReportFinding,
  signal: AbortSignal,
): Promise<void> {
  if (kindOfPath(view.path) !== 'policy') return;
  const others = (await view.policies.find(policy.id, signal)).filter(({ path }) => path !== view.path);
  signal.throwIfAborted();
  if (others.length === 0) return;
  const files = listWords(others.map(({ file }) => file));
  const message = `The id \`${policy.id}\` is also that of ${files}. Ids are unique in a workspace; neither can be extended until one is renamed.`;
  const related = others.map(({ path, parsed }) => ({
    path,
    message: `\`${policy.id}\` is the id of this one too.`,
    range: shortPlace(parsed, ['id']),
  }));
  report('ambiguous-policy', 'warning', ['id'], message, { related });
}

/** A policy cannot count while one it builds on breaks a rule; where, is told there. */
function reportBrokenParents(node: PolicyNode, findings: readonly PolicyFinding[], report: ReportFinding): void {
  for (const { node: parent, index } of node.parents) {
    const reached = new Set<PolicySource>();
    collectDocuments(parent, reached);
    const finding = findings.find(({ policy }) => reached.has(policy));
    if (finding === undefined) continue;
    const { file, policy, path, parsed } = finding.policy;
    const message = `\`${policy.id}\` (${file}) breaks a rule; open it to see where. ${finding.message}`;
    const related = [{ path, message: finding.message, range: shortPlace(parsed, finding.path, finding.part) }];
    report('policy-broken', 'error', ['extends', index, 'id'], message, { related });
  }
}

function collectDocuments(node: PolicyNode, reached: Set<PolicySource>): void {
  if (reached.has(node.document)) return;
  reached.add(node.document);
  for (const parent of node.parents) collectDocuments(parent.node, reached);
}
