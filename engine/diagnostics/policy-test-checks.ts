import type { Check, Policy, PolicyTest } from '../../schemas/generated/files.ts';
import type { StatedControl } from '../policies/inherited.ts';
import type { DocumentPath, ReportFinding } from '../documents/diagnostic.ts';
import { askDidYouMean, listWords, suggestWord } from '../documents/suggest.ts';

/** Whether a policy's tests name controls, checks and benchmarks that it or a policy it extends has. `isWhole`: all it extends was found. */
export function checkPolicyTests(
  policy: Policy,
  controls: ReadonlyMap<string, StatedControl>,
  isWhole: boolean,
  report: ReportFinding,
): void {
  const tests = policy.tests ?? [];
  checkNames(tests, report);
  // What a policy that was not found may hold cannot be told apart from what is misspelt.
  if (tests.length === 0 || !isWhole) return;
  const checks = new Map(
    [...controls.values()].flatMap(stated => [...stated.checks].map(([id, each]) => [id, each.check])),
  );
  tests.forEach((test, index) => checkTest(test, ['tests', index], controls, checks, report));
}

function checkNames(tests: readonly PolicyTest[], report: ReportFinding): void {
  const seen = new Set<string>();
  tests.forEach(({ name }, index) => {
    if (seen.has(name))
      report('duplicate-item', 'error', ['tests', index, 'name'], `Another test is called \`${name}\`.`);
    seen.add(name);
  });
}

function checkTest(
  { model, expect }: PolicyTest,
  at: DocumentPath,
  controls: ReadonlyMap<string, StatedControl>,
  checks: ReadonlyMap<string, Check>,
  report: ReportFinding,
): void {
  const requireControl = (id: string, path: DocumentPath, part: 'key' | 'value'): void =>
    requireKnown('control', id, [...controls.keys()], path, part, report);
  const requireCheck = (id: string, known: readonly string[], path: DocumentPath, part: 'key' | 'value'): void =>
    requireKnown('check', id, known, path, part, report);
  for (const id of Object.keys(expect.controls ?? {})) requireControl(id, [...at, 'expect', 'controls', id], 'key');
  for (const id of Object.keys(expect.checks ?? {}))
    requireCheck(id, [...checks.keys()], [...at, 'expect', 'checks', id], 'key');
  model.waivers?.forEach(({ control }, index) =>
    requireControl(control, [...at, 'model', 'waivers', index, 'control'], 'value'),
  );
  model.attestations?.forEach(({ control }, index) =>
    requireControl(control, [...at, 'model', 'attestations', index, 'control'], 'value'),
  );
  const asked = [...checks].flatMap(([id, { type }]) => (type === 'document' ? [id] : []));
  model.answers?.forEach(({ check }, index) =>
    requireCheck(check, asked, [...at, 'model', 'answers', index, 'check'], 'value'),
  );
  const measured = new Set([...checks.values()].flatMap(check => (check.type === 'metric' ? [check.benchmark] : [])));
  for (const benchmark of Object.keys(model.metrics ?? {})) {
    if (measured.has(benchmark)) continue;
    const suggestion = suggestWord(benchmark, [...measured]);
    const message = `No check looks at figures of \`${benchmark}\`.${askDidYouMean(suggestion)}`;
    const path = [...at, 'model', 'metrics', benchmark];
    report('unused-field', 'information', path, message, { part: 'key', replacement: suggestion });
  }
}

function requireKnown(
  what: 'control' | 'check',
  id: string,
  known: readonly string[],
  path: DocumentPath,
  part: 'key' | 'value',
  report: ReportFinding,
): void {
  if (known.includes(id)) return;
  const suggestion = suggestWord(id, known);
  const message = `Neither this policy nor one it extends has a ${what} \`${id}\`${what === 'check' && part === 'value' ? ' that asks a question of documents' : ''}.${askDidYouMean(suggestion)} There are: ${listWords(known)}.`;
  report(what === 'control' ? 'unknown-control' : 'unknown-check', 'error', path, message, {
    part,
    replacement: suggestion,
  });
}
