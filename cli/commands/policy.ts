import path from 'node:path';
import process from 'node:process';
import type { Command } from 'commander';
import type { PolicyEntry, PolicyTestReport } from '../../schemas/generated/messages.ts';
import type { ExitCode } from '../../engine/base/errors.ts';
import { listPolicies } from '../../engine/catalogue/list-policies.ts';
import { approvePolicy } from '../../engine/governance/policy-approvals.ts';
import { sealPolicies } from '../../engine/governance/seals.ts';
import { countTests, renderPolicyTests, renderPolicyTestsJunit } from '../../engine/policy-tests/report.ts';
import { runPolicyTests } from '../../engine/policy-tests/run.ts';
import { describeDate } from '../../engine/base/dates.ts';
import { describePerson } from '../../engine/people/describe-person.ts';
import { countOf } from '../../engine/reports/format.ts';
import type { Cell } from '../../engine/reports/table.ts';
import { createHost, workspaceFolderOf } from '../composition.ts';
import { globalOptions, type GlobalOptions } from '../options.ts';
import { layTable, printJson, printNote, printResult } from '../output.ts';
import { print, withGovernance, type Run } from './governed.ts';
import { addPolicyDraft } from './policy-draft.ts';
import { addStarters } from './policy-starters.ts';

export function addPolicy(program: Command, run: Run): void {
  const policy = program.command('policy');
  policy
    .command('list')
    .description('The policy files of the workspace: levels, review dates, standing and last outcome')
    .action((_options: unknown, command: Command) => run(() => list(globalOptions(command))));
  policy
    .command('test')
    .description(
      "Run the policies' own tests: made-up models with the outcome they must have; exit code 1 when one fails",
    )
    .argument('<file...>', '.policy.yaml files')
    .option('--junit <file>', 'also write the results as JUnit XML')
    .action((files: readonly string[], options: { readonly junit?: string }, command: Command) =>
      run(() => test(files, options.junit, globalOptions(command))),
    );
  policy
    .command('seal')
    .description('Write down the bars of policies before what they will be held against')
    .argument('<file...>', '.policy.yaml files')
    .action((files: readonly string[], _options: unknown, command: Command) =>
      run(() => seal(files, globalOptions(command))),
    );
  policy
    .command('approve')
    .description('Say yes to a policy as it is written now; not by whoever uploaded its document')
    .argument('<file>', 'a .policy.yaml file')
    .option('--comment <text>', 'kept with the approval')
    .action((file: string, options: { readonly comment?: string }, command: Command) =>
      run(() => approve(file, options.comment, globalOptions(command))),
    );
  addStarters(policy, run);
  addPolicyDraft(policy, run);
}

function list(options: GlobalOptions): Promise<ExitCode> {
  return withGovernance(options, async (ports, folder, signal) => {
    const found = await listPolicies(ports, folder, signal);
    if (options.json === true) printJson(found);
    else if (found.policies.length === 0) printNote('There are no policy files here. `aiwb policy init` starts one.');
    else printResult(renderPolicies(found.policies, ports.clock.now()));
    return 0;
  });
}

const levels = ['country', 'industry', 'corporate', 'team'];

function renderPolicies(policies: readonly PolicyEntry[], now: number): string {
  const header = ['Level', 'Policy', 'Version', 'Review by', 'Standing', 'Last outcome', 'File'].map(text => ({
    text,
  }));
  const rank = ({ level }: PolicyEntry): number => (level === undefined ? levels.length : levels.indexOf(level));
  const rows = [...policies]
    .sort((a, b) => rank(a) - rank(b))
    .map(policy => [
      { text: policy.level ?? '?' },
      { text: policy.id ?? '?' },
      { text: policy.version ?? '' },
      { text: describeReview(policy.reviewBy, now) },
      { text: describeStanding(policy) },
      describeLast(policy.last, now),
      { text: policy.path },
    ]);
  return layTable(header, rows, ['Standing', 'Last outcome', 'File'], ['File', 'Review by']);
}

function describeReview(reviewBy: string | undefined, now: number): string {
  if (reviewBy === undefined) return '';
  return reviewBy < describeDate(now) ? `${reviewBy}, overdue` : reviewBy;
}

function describeStanding({ approval, diagnostics }: PolicyEntry): string {
  if (diagnostics > 0) return countOf(diagnostics, 'error');
  if (approval?.state === 'draft') return 'draft, not approved';
  return approval === undefined ? '' : `approved by ${approval.by?.email ?? '?'}`;
}

function describeLast(last: PolicyEntry['last'], now: number): Cell {
  if (last === undefined) return { text: 'never assessed' };
  const expired = last.validUntil !== undefined && last.validUntil <= now;
  const keep = `@${last.version}, ${describeDate(last.assessedAt)}${expired ? ', expired' : ''}`;
  return { text: `${last.gate}: ${last.model}${keep}`, keep };
}

/** Needs no store: tests are judged on what they say themselves. */
async function test(files: readonly string[], junit: string | undefined, options: GlobalOptions): Promise<ExitCode> {
  const host = createHost();
  const signal = new AbortController().signal;
  const reports: PolicyTestReport[] = [];
  for (const file of files) {
    const at = path.resolve(file);
    const folder = await folderOf(at);
    reports.push(await runPolicyTests({ path: at }, folder, host, signal));
  }
  if (junit !== undefined) await host.files.writeText(path.resolve(junit), renderPolicyTestsJunit(reports));
  const { passed, failed } = countTests(reports);
  if (options.json === true) printJson({ passed, failed, policies: reports });
  else printResult(renderPolicyTests(reports));
  if (junit !== undefined) printNote(`JUnit results written to ${junit}.`);
  if (passed + failed === 0) printNote('None of these policies has tests. Write them under `tests`.');
  return failed === 0 ? 0 : 1;
}

/** The workspace this is called in; for a file elsewhere, the one it is in. */
async function folderOf(file: string): Promise<string> {
  const here = await workspaceFolderOf(createHost(), process.cwd());
  const relative = path.relative(here, file);
  return relative.startsWith('..') || path.isAbsolute(relative)
    ? workspaceFolderOf(createHost(), path.dirname(file))
    : here;
}

function seal(files: readonly string[], options: GlobalOptions): Promise<ExitCode> {
  return withGovernance(options, async (ports, folder, signal) => {
    const policies = files.map(file => ({ path: path.resolve(file) }));
    const sealed = await sealPolicies(policies, folder, ports, signal);
    const names = sealed.policies.map(({ id, version }) => `${id} ${version}`).join(', ');
    const told = `Sealed ${countOf(sealed.checks.length, 'check')} of ${names} as ${sealed.id}.\nAssessments show whether a bar is older than what is held against it.`;
    print(sealed, told, options);
    return 0;
  });
}

function approve(file: string, comment: string | undefined, options: GlobalOptions): Promise<ExitCode> {
  return withGovernance(options, async (ports, folder, signal) => {
    const policy = { path: path.resolve(file) };
    const step = { policy, folder, ...(comment === undefined ? {} : { comment }) };
    const approval = await approvePolicy(step, ports, signal);
    const told = `${describePerson(approval.by)} approves ${approval.policy} ${approval.version} as it is written now.\nAny change of the file asks for another approval.`;
    print(approval, told, options);
    return 0;
  });
}
