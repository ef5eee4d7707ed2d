import type { DocumentPath } from '../../engine/documents/diagnostic.ts';
import type { DocumentKind } from '../../engine/documents/kinds.ts';
import { pathFields } from '../../engine/documents/path-fields.ts';
import { runFieldsOf } from '../../engine/notebooks/result-names.ts';
import { fileSorts } from './file-sorts.ts';
import {
  both,
  declares,
  declaresCheck,
  inFile,
  mayNameFile,
  namesColumn,
  namesFile,
  namesFrameworkId,
  namesMetric,
  namesModel,
  namesOfBenchmark,
  namesParametrised,
  namesResult,
  namesSplitFile,
  namesVersion,
  readsColumns,
  readsVariables,
  refersTo,
  refersToCheck,
  usesFile,
} from './rules.ts';
import type { Place, Rule } from './rule.ts';

/** Where a kind of document names something, and what: every feature that asks what stands at a place reads this. */
export interface Row extends Rule {
  /** The place as `a.*.b`: `*` is any one step, `**` at the end any number of them. */
  readonly field: string;
  readonly steps: readonly string[];
  /** Whether the key at the place is the name, or its value. */
  readonly on: Place['on'];
}

const value = (field: string, rule: Rule): Row => ({ ...rule, field, steps: field.split('.'), on: 'value' });
const key = (field: string, rule: Rule): Row => ({ ...rule, field, steps: field.split('.'), on: 'key' });

/** What cells name that files do not. */
function ofCells(kind: DocumentKind): readonly Row[] {
  return [
    value('as', namesResult('declaration')),
    value('use', usesFile),
    ...runFieldsOf(kind).map(field => value(field, namesResult('reference'))),
  ];
}

/** What names files by their paths. The images and sounds of messages are templates as well. */
function files(kind: DocumentKind): readonly Row[] {
  // A model's folder is read as a model's name.
  return pathFields(kind).flatMap(({ field, sort, isLoose }) => {
    if (sort === 'model') return [];
    const rule = isLoose === true ? mayNameFile(fileSorts[sort]) : namesFile(fileSorts[sort]);
    return value(field, field.startsWith('messages.') ? both(readsVariables, rule) : rule);
  });
}

const columnFields = [
  'input',
  'target',
  'target.*',
  'messages',
  'split.field',
  'split.stratify',
  'split.group',
  'sample.stratify',
  'slices.*',
  'choices',
  'choices.columns.*',
  'audio',
  'images',
  'images.*',
];

/** A dataset at `at`, which is `depth` steps long. */
function dataset(at: string, depth: number): readonly Row[] {
  const column = namesColumn(path => path.slice(0, depth));
  return [
    value(`${at}.split.train`, namesSplitFile(fileSorts.trainingRows)),
    value(`${at}.split.test`, namesSplitFile(fileSorts.testRows)),
    ...columnFields.map(field => value(`${at}.${field}`, column)),
    key(`${at}.filter.*`, column),
  ];
}

/** A list of metrics at `at`. */
function metrics(at: string): readonly Row[] {
  return [
    value(`${at}.*`, namesMetric('declaration')),
    key(`${at}.*.*`, namesParametrised()),
    value(`${at}.*.*.name`, namesMetric('declaration')),
    value(`${at}.*.*.metric`, namesMetric('reference')),
    value(`${at}.*.*.model`, refersTo('connection')),
    value(`${at}.*.*.models.*`, refersTo('connection')),
    value(`${at}.*.*.baseline`, namesModel('reference')),
  ];
}

const benchColumn = namesColumn(() => ['dataset']);
const paraphraseColumn = namesColumn(path => path.slice(0, -1));

const messages: readonly Row[] = [
  value('messages.*.content', readsVariables),
  value('messages.*.content.*.text', readsVariables),
];

const rows: Readonly<Record<DocumentKind, readonly Row[]>> = {
  bench: [
    ...files('bench'),
    ...ofCells('bench'),
    value('name', declares('benchmark', 'description')),
    ...dataset('dataset', 1),
    value('perturbations.*.paraphrases.column', paraphraseColumn),
    value('perturbations.*.paraphrases.key', both(benchColumn, paraphraseColumn)),
    value('models.*', namesModel('declaration')),
    ...metrics('metrics'),
    value('metrics.*.fairness.slice', benchColumn),
    value('metrics.*.pass-at-k.tests', benchColumn),
    value('metrics.*.pass-at-k.entryPoint', benchColumn),
    value('compare.baseline', namesModel('reference')),
    value('gate.*.metric', namesMetric('reference')),
    value('gate.*.model', namesModel('reference')),
  ],
  tune: [
    ...files('tune'),
    ...ofCells('tune'),
    value('name', declares('job', 'description')),
    value('base', namesModel('reference')),
    value('platform', refersTo('platform')),
    key('aspects.*', inFile('aspect', 'declaration')),
    ...dataset('aspects.*.dataset', 3),
    ...dataset('aspects.*.datasets.*', 4),
    ...metrics('evaluation.metrics'),
    value('evaluation.select.aspect', inFile('aspect', 'reference')),
    value('evaluation.select.metric', namesMetric('reference')),
    value('register.model', declares('registered-model', 'description')),
  ],
  policy: [
    ...files('policy'),
    ...ofCells('policy'),
    value('id', declares('policy', 'title')),
    value('extends.*.id', refersTo('policy')),
    value('frameworks.*.id', declares('framework', 'version')),
    value('controls.*.id', declares('control', 'title')),
    value('controls.*.mappings.*.framework', refersTo('framework')),
    value('controls.*.mappings.*.id', namesFrameworkId),
    value('controls.*.checks.*.id', declaresCheck),
    value('controls.*.checks.*.benchmark', refersTo('benchmark')),
    value('controls.*.checks.*.metric', namesOfBenchmark('metric')),
    value('controls.*.checks.*.slice', namesOfBenchmark('slice')),
    value('assess.model', namesVersion),
    key('tests.*.expect.controls.*', refersTo('control')),
    key('tests.*.expect.checks.*', refersToCheck),
    key('tests.*.model.metrics.*', refersTo('benchmark')),
    value('tests.*.model.attestations.*.control', refersTo('control')),
    value('tests.*.model.answers.*.check', refersToCheck),
    value('tests.*.model.waivers.*.control', refersTo('control')),
  ],
  framework: [],
  prompt: [...files('prompt'), ...messages],
  trial: [
    ...files('trial'),
    ...ofCells('trial'),
    ...messages,
    value('models.*', namesModel('declaration')),
    ...dataset('dataset', 1),
  ],
  comparison: ofCells('comparison'),
  workbench: [
    ...files('workbench'),
    key('connections.*', declares('connection', 'model')),
    value('connections.*.url', readsColumns),
    value('connections.*.headers.*', readsColumns),
    value('connections.*.body', readsColumns),
    value('connections.*.body.**', readsColumns),
    value('connections.*.registered', namesVersion),
    key('compute.*', declares('platform', 'type')),
    value('compute.*.connection', refersTo('connection')),
    key('registries.*', declares('registry', 'type')),
    value('judge', refersTo('connection')),
  ],
};

/** The rows of a kind of document. */
export function rowsOf(kind: DocumentKind): readonly Row[] {
  return rows[kind];
}

/** What the key or the value at a path names; absent where that is nothing. */
export function rowAt(kind: DocumentKind, path: DocumentPath, on: Place['on']): Row | undefined {
  return rows[kind].find(
    row => row.on === on && endsAt(row, path.length) && path.every((step, depth) => fitsStep(row, depth, step)),
  );
}

/** Whether a row looks at the place one `step` below those it already fits, at `depth` from the top. */
export function fitsStep({ steps }: Row, depth: number, step: string | number): boolean {
  const wanted = depth < steps.length ? steps[depth] : steps.at(-1) === '**' ? '**' : undefined;
  return wanted === '*' || wanted === '**' || wanted === String(step);
}

/** Whether a place at `depth` is the one a row is about. */
export function endsAt({ steps }: Row, depth: number): boolean {
  return steps.length === depth || (steps.at(-1) === '**' && depth >= steps.length);
}
