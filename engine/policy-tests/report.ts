import type { PolicyTestReport } from '../../schemas/generated/messages.ts';
import { escapeXml } from '../reports/xml.ts';

/** How many tests of several policies passed. */
export function countTests(reports: readonly PolicyTestReport[]): { readonly passed: number; readonly failed: number } {
  const tests = reports.flatMap(report => report.tests);
  const failed = tests.filter(({ failures }) => failures.length > 0).length;
  return { passed: tests.length - failed, failed };
}

/** Results for a terminal: every test, and below one that failed what was expected, what came out and why, each with its line. */
export function renderPolicyTests(reports: readonly PolicyTestReport[]): string {
  const lines = reports.flatMap(({ path, policy, tests }) => [
    `${path} (${policy})`,
    ...(tests.length === 0 ? ['  no tests'] : []),
    ...tests.flatMap(({ name, failures }) => [
      `  ${failures.length === 0 ? 'pass' : 'FAIL'}  ${name}`,
      ...failures.flatMap(({ subject, expected, actual, reason, line }) => [
        `        ${path}:${String(line)} ${subject}: expected ${expected}, is ${actual}`,
        ...(reason === '' ? [] : [`          ${reason}`]),
      ]),
    ]),
  ]);
  const { passed, failed } = countTests(reports);
  return [...lines, '', `${String(passed)} passed, ${String(failed)} failed`].join('\n');
}

/** The same as JUnit XML: one suite a policy, one case a test. */
export function renderPolicyTestsJunit(reports: readonly PolicyTestReport[]): string {
  const { passed, failed } = countTests(reports);
  const suites = reports.flatMap(report => {
    const own = countTests([report]);
    return [
      `  <testsuite name="${escapeXml(report.policy)}" tests="${String(own.passed + own.failed)}" failures="${String(own.failed)}" file="${escapeXml(report.path)}">`,
      ...report.tests.flatMap(({ name, line, failures }) => {
        const head = `    <testcase name="${escapeXml(name)}" classname="${escapeXml(report.policy)}" file="${escapeXml(report.path)}" line="${String(line)}"`;
        if (failures.length === 0) return [`${head}/>`];
        return [
          `${head}>`,
          ...failures.map(({ subject, expected, actual, reason, line: at }) => {
            const message = escapeXml(`${subject}: expected ${expected}, is ${actual}`);
            return `      <failure message="${message}">${escapeXml(`${report.path}:${String(at)} ${reason}`)}</failure>`;
          }),
          '    </testcase>',
        ];
      }),
      '  </testsuite>',
    ];
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="Policies" tests="${String(passed + failed)}" failures="${String(failed)}">`,
    ...suites,
    '</testsuites>',
    '',
  ].join('\n');
}
