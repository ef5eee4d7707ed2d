import type { Benchmark, MetricCheck, Policy } from '../../schemas/generated/files.ts';
import { slicesOf } from '../datasets/perturb/names.ts';
import { combinePolicies } from '../policies/combine.ts';
import type { StatedControl } from '../policies/inherited.ts';
import { createPolicyFinder } from '../policies/library.ts';
import type { PolicyNode } from '../policies/loading.ts';
import type { PolicyFinder, PolicyFinding, PolicySource } from '../policies/policy-set.ts';
import type { Diagnostic, DocumentPath, ReportFinding } from './diagnostic.ts';
import { figuresOf } from './figure-checks.ts';
import { collectFindings } from './findings.ts';
import { kindOfPath } from './kinds.ts';
import type { DocumentLibrary } from './library.ts';
import type { ParsedDocument } from './parse.ts';
import { askDidYouMean, listWords, suggestWord } from './suggest.ts';

/** What the checks of a policy see of the workspace. */
export interface PolicyView {
  /** Where the policy stands; several cells share their notebook's path. */
  readonly path: string;
  /** The same relative to the workspace folder. */
  readonly file: string;
  readonly policies: PolicyFinder;
  /** Every valid benchmark file of the workspace. */
  benchmarks(signal: AbortSignal): Promise<readonly Benchmark[]>;
}

/** The view from one policy, over the documents a host has read. */
export function viewPolicies(library: DocumentLibrary, path: string, file: string): PolicyView {
  return {
    path,
    file,
    policies: createPolicyFinder(library),
    benchmarks: async signal => (await library.all('bench', signal)).flatMap(({ parsed }) => parsed.value ?? []),
  };
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
    const { code, path, message, part, replacement } = finding;
    if (finding.policy === source) report(code, 'error', path, message, { ...(part && { part }), replacement });
  }
  if (node !== undefined) reportBrokenParents(node, findings, report);
  await checkNamesakes(policy, view, report, signal);
  await checkBenchmarks(policy, controls, view, report, signal);
  return sorted();
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
  report('ambiguous-policy', 'warning', ['id'], message);
}

/** A policy cannot count while one it builds on breaks a rule; where, is told there. */
function reportBrokenParents(node: PolicyNode, findings: readonly PolicyFinding[], report: ReportFinding): void {
  for (const { node: parent, index } of node.parents) {
    const reached = new Set<PolicySource>();
    collectDocuments(parent, reached);
    const finding = findings.find(({ policy }) => reached.has(policy));
    if (finding === undefined) continue;
    const { file, policy } = finding.policy;
    const message = `\`${policy.id}\` (${file}) breaks a rule; open it to see where. ${finding.message}`;
    report('policy-broken', 'error', ['extends', index, 'id'], message);
  }
}

function collectDocuments(node: PolicyNode, reached: Set<PolicySource>): void {
  if (reached.has(node.document)) return;
  reached.add(node.document);
  for (const parent of node.parents) collectDocuments(parent.node, reached);
}

/** Figures are looked for where benchmarks can be seen: those in notebooks are not. */
async function checkBenchmarks(
  policy: Policy,
  controls: ReadonlyMap<string, StatedControl>,
  view: PolicyView,
  report: ReportFinding,
  signal: AbortSignal,
): Promise<void> {
  const written = collectMetricChecks(policy);
  if (written.length === 0) return;
  const benchmarks = await view.benchmarks(signal);
  signal.throwIfAborted();
  for (const { control, check, at } of written) {
    const effective = controls.get(control)?.checks.get(check.id)?.check;
    checkMetric(effective?.type === 'metric' ? effective : check, at, benchmarks, report);
  }
}

function collectMetricChecks(
  policy: Policy,
): readonly { readonly control: string; readonly check: MetricCheck; readonly at: DocumentPath }[] {
  return (policy.controls ?? []).flatMap((control, controlIndex) =>
    (control.checks ?? []).flatMap((check, index) =>
      check.type === 'metric' ? [{ control: control.id, check, at: ['controls', controlIndex, 'checks', index] }] : [],
    ),
  );
}

function checkMetric(
  check: MetricCheck,
  at: DocumentPath,
  benchmarks: readonly Benchmark[],
  report: ReportFinding,
): void {
  const named = benchmarks.filter(({ name }) => name === check.benchmark);
  if (named.length === 0) {
    const names = [...new Set(benchmarks.map(({ name }) => name))];
    const suggestion = suggestWord(check.benchmark, names);
    const known = names.length === 0 ? 'has no benchmark file' : `has ${listWords(names)}`;
    const message = `No benchmark file of this workspace is named \`${check.benchmark}\`.${askDidYouMean(suggestion)} It ${known}; until a run of that name is recorded, the check finds no evidence.`;
    report('unknown-benchmark', 'warning', [...at, 'benchmark'], message, { replacement: suggestion });
    return;
  }
  const figures = [...new Set(named.flatMap(figuresOf))];
  if (!figures.includes(check.metric)) reportFigure(check, figures, at, report);
  if (check.slice === undefined) return;
  const slices = [...new Set(named.flatMap(slicesOf))];
  if (slices.includes(check.slice)) return;
  const suggestion = suggestWord(check.slice, slices);
  const known = slices.length === 0 ? 'It has no `slices`.' : `Its slices: ${listWords(slices)}.`;
  const message = `\`${check.benchmark}\` is not broken down by \`${check.slice}\`.${askDidYouMean(suggestion)} ${known}`;
  report('unknown-slice', 'error', [...at, 'slice'], message, { replacement: suggestion });
}

function reportFigure(check: MetricCheck, figures: readonly string[], at: DocumentPath, report: ReportFinding): void {
  const parts = figures.filter(known => known.startsWith(`${check.metric}.`));
  const suggestion = parts[0] ?? suggestWord(check.metric, figures);
  const message =
    parts.length > 0
      ? `\`${check.metric}\` has several figures. Name the one you mean: ${listWords(parts)}.`
      : `\`${check.benchmark}\` does not compute \`${check.metric}\`.${askDidYouMean(suggestion)} It computes ${listWords(figures, 20)}.`;
  report('unknown-figure', 'error', [...at, 'metric'], message, { replacement: suggestion });
}
