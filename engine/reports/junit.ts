import type { GateResult, Report, RunSummary } from '../../schemas/generated/messages.ts';
import { variantName } from './format.ts';
import { attributesOf, escapeXml } from './xml.ts';

/**
 * A report for CI systems that read JUnit's XML: a suite for each benchmark run, a case for each gate condition with the failing figure
 * as its message, a skipped case for each class of failed answers (they fail a build only through `maxErrorRate`), and a case for the
 * run itself, which has an error where it did not end well.
 */
export function renderJunit(report: Report): string {
  const suites = report.runs.map(run => suiteOf(run, report));
  const sum = (name: 'tests' | 'failures' | 'errors' | 'skipped'): number =>
    suites.reduce((total, suite) => total + suite[name], 0);
  const time = suites.reduce((total, suite) => total + suite.time, 0);
  const head = `tests="${sum('tests')}" failures="${sum('failures')}" errors="${sum('errors')}" skipped="${sum('skipped')}" time="${time.toFixed(3)}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="${escapeXml(report.title)}" ${head}>
${suites.map(({ xml }) => xml).join('')}</testsuites>
`;
}

interface Suite {
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
  readonly skipped: number;
  /** Seconds. */
  readonly time: number;
  readonly xml: string;
}

interface Case {
  readonly name: string;
  readonly outcome: 'passed' | 'failure' | 'error' | 'skipped';
  readonly message?: string;
}

function suiteOf(run: RunSummary, report: Report): Suite {
  const cases = [caseOfRun(run), ...gatesOf(run, report).map(caseOfGate), ...failuresOf(run, report)];
  const count = (outcome: Case['outcome']): number => cases.filter(each => each.outcome === outcome).length;
  const time = run.startedAt === undefined || run.endedAt === undefined ? 0 : (run.endedAt - run.startedAt) / 1000;
  const figures = {
    tests: cases.length,
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
  };
  const attributes = {
    name: run.name,
    ...figures,
    time: time.toFixed(3),
    timestamp: new Date(run.startedAt ?? run.createdAt).toISOString().slice(0, 19),
    hostname: run.host ?? 'unknown',
    id: run.id,
    file: run.file,
  };
  const lines = [...propertiesOf(run, report), ...cases.map(each => renderCase(each, run))];
  return { ...figures, time, xml: `  <testsuite ${attributesOf(attributes)}>\n${lines.join('')}  </testsuite>\n` };
}

/** Whether the registered versions that a run asked are what answered. */
function propertiesOf(run: RunSummary, { variants }: Report): string[] {
  const own = variants.filter(({ runId }) => runId === run.id).flatMap(({ identity }) => identity ?? []);
  const lines = new Set(
    own.map(({ name, state, sentence }) => {
      const attributes = attributesOf({ name: `identity of ${name}`, value: `${state}: ${sentence}` });
      return `      <property ${attributes}/>\n`;
    }),
  );
  return lines.size === 0 ? [] : ['    <properties>\n', ...lines, '    </properties>\n'];
}

/** Gates name models; of several runs each owns those of its own variants, in the order of the report. */
function gatesOf(run: RunSummary, { gates, runs, variants }: Report): readonly GateResult[] {
  if (runs.length === 1) return gates;
  const own = variants.filter(({ runId }) => runId === run.id);
  return gates.filter(gate => own.some(({ model, prompt }) => model === gate.model && prompt === gate.prompt));
}

function caseOfRun({ state, failure }: RunSummary): Case {
  const name = 'the run ends';
  if (state === 'succeeded') return { name, outcome: 'passed' };
  const message = failure === undefined ? `The run is ${state}.` : `${failure.message} ${failure.remedy ?? ''}`.trim();
  return { name, outcome: 'error', message };
}

function caseOfGate(gate: GateResult): Case {
  const name = `${gate.label} of ${variantName(gate)}: ${gate.condition}`;
  if (gate.outcome === 'met') return { name, outcome: 'passed' };
  return { name, outcome: gate.outcome === 'not-met' ? 'failure' : 'error', message: gate.sentence };
}

function failuresOf(run: RunSummary, { failures, runs }: Report): Case[] {
  if (runs.length > 1)
    return Object.entries(run.progress.errors).map(([failureClass, count]) => ({
      name: `answers that failed: ${failureClass}`,
      outcome: 'skipped',
      message: `${String(count)} failed.`,
    }));
  return failures.map(({ class: failureClass, sentence }) => ({
    name: `answers that failed: ${failureClass}`,
    outcome: 'skipped',
    message: sentence,
  }));
}

function renderCase({ name, outcome, message = '' }: Case, run: RunSummary): string {
  const open = `    <testcase ${attributesOf({ name, classname: run.file, time: '0.000' })}`;
  if (outcome === 'passed') return `${open}/>\n`;
  const attributes = attributesOf({ message, ...(outcome === 'skipped' ? {} : { type: outcome }) });
  const body = outcome === 'skipped' ? '/>' : `>${escapeXml(message)}</${outcome}>`;
  return `${open}>\n      <${outcome} ${attributes}${body}\n    </testcase>\n`;
}
