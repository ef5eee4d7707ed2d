import type { PolicyTest } from '../../schemas/generated/files.ts';
import type {
  AssessmentRecord,
  PolicySource as GivenPolicy,
  PolicyTestFailure,
  PolicyTestList,
  PolicyTestOutcome,
  PolicyTestReport,
} from '../../schemas/generated/messages.ts';
import { parseDocument } from '../documents/parse.ts';
import { formatPercent } from '../reports/format.ts';
import { readPolicies, resolveSet } from '../governance/policies.ts';
import { buildRecord } from '../governance/record.ts';
import type { PolicyDocument, PolicySet } from '../policies/policy-set.ts';
import type { Digest } from '../ports/digest.ts';
import type { Files } from '../ports/files.ts';
import { makeFixture } from './fixture.ts';
import { personOf } from './fixture-names.ts';

interface TestPorts {
  readonly files: Files;
  readonly digest: Digest;
}

/** The day of a test that names none. */
const usualDay = '2026-01-01';

/** A policy's unit tests with their lines, as far as its text can be read. Runs none. */
export async function listPolicyTests(
  { path, text }: GivenPolicy,
  files: Files,
  signal: AbortSignal,
): Promise<PolicyTestList> {
  const parsed = parseDocument('policy', text ?? (await files.readText(path, signal)));
  return {
    tests: (parsed.value?.tests ?? []).map(({ name }, index) => ({
      name,
      line: parsed.locate(['tests', index], 'value').start.line + 1,
    })),
  };
}

/**
 * Runs a policy's unit tests: each made-up version is judged as an assessment judges, by the policy and all it extends. A test that
 * fails is a result. `chosen` are places of tests, from 0; default: all. Throws `file-invalid` and `policy-invalid` with their place.
 */
export async function runPolicyTests(
  given: GivenPolicy,
  folder: string,
  ports: TestPorts,
  signal: AbortSignal,
  chosen?: readonly number[],
): Promise<PolicyTestReport> {
  const [document] = await readPolicies([given], folder, ports, signal);
  if (document === undefined) return { path: given.path, policy: '', tests: [] };
  const set = await resolveSet([document], folder, ports, signal);
  const tests = (document.policy.tests ?? []).flatMap((test, index) =>
    chosen === undefined || chosen.includes(index)
      ? [runTest(test, index, document, set, text => ports.digest.sha256(text))]
      : [],
  );
  return { path: document.file, policy: document.policy.id, tests };
}

function runTest(
  test: PolicyTest,
  index: number,
  document: PolicyDocument,
  set: PolicySet,
  sha256: Digest['sha256'],
): PolicyTestOutcome {
  const now = Date.parse(`${test.now ?? usualDay}T00:00:00Z`);
  const record = buildRecord({
    id: 'test',
    ...makeFixture(test.model, set, now),
    set,
    assessor: personOf('assessor'),
    workbench: 'test',
    now,
    sha256,
  });
  const lineOf = (...path: readonly (string | number)[]): number =>
    document.parsed.locate(['tests', index, ...path], 'key').start.line + 1;
  const failures = findDifferences(test.expect, record).map(({ at, ...difference }) => ({
    ...difference,
    line: lineOf('expect', ...at),
  }));
  return { index, name: test.name, line: document.parsed.locate(['tests', index], 'value').start.line + 1, failures };
}

type Difference = Omit<PolicyTestFailure, 'line'> & { readonly at: readonly string[] };

function findDifferences(expect: PolicyTest['expect'], record: AssessmentRecord): readonly Difference[] {
  const found: Difference[] = [];
  const compare = (at: readonly string[], expected: string | undefined, actual: string, reason: string): void => {
    if (expected !== undefined && expected !== actual)
      found.push({ at, subject: at.at(-1) ?? '', expected, actual, reason });
  };
  const { gate, score, coverage } = record;
  compare(['gate'], expect.gate, gate.outcome, gate.sentence);
  compare(['score'], shown(expect.score), shown(score) ?? 'none', describeValues(record));
  compare(['coverage'], shown(expect.coverage), formatPercent(coverage), describeOpen(record));
  for (const [id, outcome] of Object.entries(expect.controls ?? {})) {
    const control = record.controls.find(each => each.id === id);
    compare(['controls', id], outcome, control?.outcome ?? 'absent', control?.reason ?? noSuch('control', id));
  }
  const checks = record.controls.flatMap(control => control.checks);
  for (const [id, state] of Object.entries(expect.checks ?? {})) {
    const check = checks.find(each => each.id === id);
    compare(['checks', id], state, check?.state ?? 'absent', check?.reason ?? noSuch('check', id));
  }
  return found;
}

function shown(value: number | null | undefined): string | undefined {
  return typeof value === 'number' ? formatPercent(value) : undefined;
}

function noSuch(what: string, id: string): string {
  return `Neither the policy nor one it extends has a ${what} ${id}.`;
}

function describeValues({ controls }: AssessmentRecord): string {
  const short = controls
    .filter(({ value }) => value !== null && value < 1)
    .map(({ id, outcome }) => `${id} (${outcome})`);
  return short.length === 0 ? 'Every control that applies is compliant.' : `Not compliant: ${short.join(', ')}.`;
}

function describeOpen({ controls }: AssessmentRecord): string {
  const open = controls
    .filter(({ value }) => value !== null)
    .flatMap(({ checks }) => checks.filter(({ state }) => state !== 'pass' && state !== 'fail'))
    .map(({ id, state }) => `${id} (${state})`);
  return open.length === 0 ? 'Every check has its evidence.' : `Without evidence: ${open.join(', ')}.`;
}
