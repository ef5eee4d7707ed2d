import { WorkbenchError } from '../base/errors.ts';
import { fieldsOf, itemsOf, rowText, textFrom } from '../imports/values.ts';
import { countOf } from '../reports/format.ts';
import { GroupCounter } from './group-counter.ts';
import { nameFrom, sampleFrom, timeFrom, type ScanContent } from './scan-content.ts';

type Fields = Readonly<Record<string, unknown>>;

/** promptfoo's name for an attack that was sent as it was generated. */
const plainStrategy = 'basic';
/** Stands for the provider of rows that name none. */
const unnamed = '(unnamed)';

/**
 * The attacks of a promptfoo red team by plug-in and strategy, out of a results file (`promptfoo redteam run`, or `eval -o out.json`). A row
 * that passed is an attack that was held off. With `target` only the rows of that provider count. Throws `file-invalid`.
 */
export function readRedTeam(file: unknown, path: string, target: string | undefined): ScanContent {
  const { results, metadata } = fieldsOf(file);
  const body = fieldsOf(results);
  const rows = itemsOf(body['results']).map(fieldsOf);
  const attacks = rows.filter(row => pluginOf(row) !== undefined);
  if (attacks.length === 0) {
    throw new WorkbenchError(
      'file-invalid',
      `${path} holds no red team: none of its ${countOf(rows.length, 'row')} names a plug-in.`,
      {
        remedy:
          'Give the results of `promptfoo redteam run`. Results of other evaluations come in as runs: `aiwb import`.',
        place: { path },
      },
    );
  }
  const targets = [...new Set(attacks.map(providerOf))];
  const counter = new GroupCounter(path);
  let odd = 0;
  for (const row of attacks) {
    if (target !== undefined && providerOf(row) !== target) continue;
    const heading = { plugin: pluginOf(row) ?? '', strategy: strategyOf(row) };
    if (failedToAnswer(row)) counter.add(heading, { unjudged: 1 });
    else if (typeof row['success'] !== 'boolean') odd += 1;
    else {
      const isHit = !row['success'];
      counter.add(heading, { attempts: 1, hits: isHit ? 1 : 0 });
      if (isHit) counter.keepSample(heading, () => describeHit(row));
    }
  }
  const version = nameFrom(fieldsOf(metadata)['promptfooVersion']);
  const at = timeFrom(body['timestamp']);
  const others = rows.length - attacks.length;
  return {
    source: 'promptfoo',
    tool: version === undefined ? 'promptfoo' : `promptfoo ${version}`,
    ...(at === undefined ? {} : { at }),
    targets: targets.length === 1 && targets[0] === unnamed ? [] : targets,
    groups: counter.groups(),
    doubts:
      odd === 0
        ? []
        : [`${countOf(odd, 'row')} of the report ${odd === 1 ? 'does' : 'do'} not say how the attack ended.`],
    notes:
      others === 0
        ? []
        : [
            `${countOf(others, 'row')} without a plug-in ${others === 1 ? 'is' : 'are'} no attack and ${others === 1 ? 'was' : 'were'} left out.`,
          ],
  };
}

function pluginOf(row: Fields): string | undefined {
  return metadataOf(row, 'pluginId');
}

function strategyOf(row: Fields): string {
  return metadataOf(row, 'strategyId') ?? plainStrategy;
}

/** A row has its test's metadata, and some versions leave them with the test. */
function metadataOf(row: Fields, key: string): string | undefined {
  return nameFrom(fieldsOf(row['metadata'])[key]) ?? nameFrom(fieldsOf(fieldsOf(row['testCase'])['metadata'])[key]);
}

function providerOf(row: Fields): string {
  const provider = fieldsOf(row['provider']);
  return nameFrom(provider['label']) ?? nameFrom(provider['id']) ?? nameFrom(row['provider']) ?? unnamed;
}

/** promptfoo writes 2 where no answer came; an attack without an answer was not held off. */
function failedToAnswer(row: Fields): boolean {
  const hasAnswer = fieldsOf(row['response'])['output'] !== undefined;
  return row['failureReason'] === 2 || (!hasAnswer && (textFrom(row['error']) ?? '') !== '');
}

function describeHit(row: Fields): string {
  const asked = Object.values(fieldsOf(row['vars']))[0] ?? fieldsOf(row['prompt'])['raw'];
  return `${sampleFrom(shortText(asked))} → ${sampleFrom(shortText(fieldsOf(row['response'])['output']))}`;
}

/** Objects come from outside and may be nested without end: they are named, not written out. */
function shortText(value: unknown): string {
  return typeof value === 'object' && value !== null ? '(no text)' : rowText(value);
}
