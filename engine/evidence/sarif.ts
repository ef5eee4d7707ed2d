import { WorkbenchError } from '../base/errors.ts';
import { fieldsOf, itemsOf, textFrom } from '../imports/values.ts';
import { countOf } from '../reports/format.ts';
import { GroupCounter } from './group-counter.ts';
import { earliest, nameFrom, sampleFrom, timeFrom, type ScanContent } from './scan-content.ts';

type Fields = Readonly<Record<string, unknown>>;

const levels: ReadonlySet<unknown> = new Set(['error', 'warning', 'note', 'none']);

/**
 * The findings of a SARIF 2.1.0 log by rule and level. Findings that are suppressed, or only told to be gone (`baselineState: absent`), do
 * not count. Rules that the log lists and that found nothing stand with none. Throws `file-invalid`.
 */
export function readSarif(file: unknown, path: string): ScanContent {
  const { runs, version } = fieldsOf(file);
  if (!Array.isArray(runs) || version !== '2.1.0') {
    const found = typeof version === 'string' ? ` but ${version.slice(0, 20)}` : '';
    throw new WorkbenchError('file-invalid', `${path} is no SARIF 2.1.0 log${found}.`, {
      remedy: 'Have the scanner write SARIF 2.1.0.',
      place: { path },
    });
  }
  const counter = new GroupCounter(path);
  const read = runs.map(run => readRun(fieldsOf(run), counter));
  if (read.length === 0) {
    throw new WorkbenchError('file-invalid', `${path} holds no runs: nothing says that anything was looked at.`, {
      remedy: 'Give the log of a scan that ran.',
      place: { path },
    });
  }
  const at = earliest(read.map(({ start }) => start));
  return {
    source: 'sarif',
    tool: [...new Set(read.map(({ tool }) => tool))].slice(0, 10).join(', '),
    ...(at === undefined ? {} : { at }),
    targets: [],
    groups: counter.groups(),
    doubts: [...new Set(read.flatMap(({ doubts }) => doubts))],
    notes: [...new Set(read.flatMap(({ notes }) => notes))],
  };
}

function readRun(run: Fields, counter: GroupCounter) {
  const driver = fieldsOf(fieldsOf(run['tool'])['driver']);
  const rules = itemsOf(driver['rules']).map(fieldsOf);
  const usual = new Map(
    rules.map(rule => [textFrom(rule['id']), levelOf(fieldsOf(rule['defaultConfiguration'])['level'])]),
  );
  const invocations = itemsOf(run['invocations']).map(fieldsOf);
  const doubts: string[] = [];
  if (invocations.some(invocation => invocation['executionSuccessful'] === false))
    doubts.push('The scanner says that its run failed.');
  if (!Array.isArray(run['results'])) doubts.push('The log has no list of results: the scan did not get to them.');
  let [suppressed, gone, open] = [0, 0, 0];
  for (const each of itemsOf(run['results'])) {
    const result = fieldsOf(each);
    const kind = result['kind'] ?? 'fail';
    if (result['baselineState'] === 'absent') gone += 1;
    else if (isSuppressed(result)) suppressed += 1;
    else if (kind === 'open' || kind === 'review') open += 1;
    else if (kind === 'fail') count(result, rules, usual, counter);
  }
  for (const rule of rules) {
    const id = nameFrom(rule['id']);
    if (id !== undefined) counter.add({ rule: id, level: usual.get(id) ?? 'warning' }, {});
  }
  if (open > 0)
    doubts.push(`${countOf(open, 'finding')} of the log ${open === 1 ? 'waits' : 'wait'} for somebody to look.`);
  const notes = [
    ...(suppressed === 0
      ? []
      : [
          `${countOf(suppressed, 'finding')} ${suppressed === 1 ? 'is' : 'are'} suppressed and ${suppressed === 1 ? 'does' : 'do'} not count.`,
        ]),
    ...(gone === 0
      ? []
      : [
          `${countOf(gone, 'finding')} of the baseline ${gone === 1 ? 'is' : 'are'} gone and ${gone === 1 ? 'does' : 'do'} not count.`,
        ]),
  ];
  const name = nameFrom(driver['name']) ?? 'an unnamed tool';
  const version = nameFrom(driver['semanticVersion']) ?? nameFrom(driver['version']);
  const start = earliest(invocations.map(each => timeFrom(each['startTimeUtc']) ?? timeFrom(each['endTimeUtc'])));
  return { tool: version === undefined ? name : `${name} ${version}`, start, doubts, notes };
}

function count(
  result: Fields,
  rules: readonly Fields[],
  usual: ReadonlyMap<string | undefined, string | undefined>,
  counter: GroupCounter,
): void {
  const index = result['ruleIndex'] ?? fieldsOf(result['rule'])['index'];
  const listed = typeof index === 'number' ? textFrom(rules[index]?.['id']) : undefined;
  const id = textFrom(result['ruleId']) ?? textFrom(fieldsOf(result['rule'])['id']) ?? listed;
  const level = levelOf(result['level']) ?? usual.get(id) ?? usual.get(listed) ?? 'warning';
  const heading = { rule: nameFrom(id) ?? '(no rule)', level };
  counter.add(heading, { hits: 1 });
  counter.keepSample(heading, () => describeFinding(result));
}

function levelOf(level: unknown): string | undefined {
  return levels.has(level) ? (level as string) : undefined;
}

/** By the standard: suppressed where there is a suppression, and none of them is refused or still looked at. */
function isSuppressed(result: Fields): boolean {
  const suppressions = itemsOf(result['suppressions']).map(fieldsOf);
  return suppressions.length > 0 && suppressions.every(({ status }) => status === undefined || status === 'accepted');
}

function describeFinding(result: Fields): string {
  const message = sampleFrom(textFrom(fieldsOf(result['message'])['text']) ?? '(no message)');
  const place = fieldsOf(fieldsOf(itemsOf(result['locations'])[0])['physicalLocation']);
  const uri = nameFrom(fieldsOf(place['artifactLocation'])['uri']);
  const line = fieldsOf(place['region'])['startLine'];
  if (uri === undefined) return message;
  return `${uri}${typeof line === 'number' ? `:${String(line)}` : ''}: ${message}`;
}
