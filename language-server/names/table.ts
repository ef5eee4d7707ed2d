import type { DocumentPath } from '../../engine/documents/diagnostic.ts';
import type { DocumentKind } from '../../engine/documents/kinds.ts';
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
  namesSplitFile,
  namesVersion,
  readsColumns,
  readsVariables,
  refersTo,
  type Place,
  type Rule,
} from './rules.ts';

/** Where a kind of document names something: every feature that follows names reads this and nothing else. */
export interface Row {
  /** The place as `a.*.b`: `*` is any one step, `**` at the end any number of them. */
  readonly field: string;
  readonly steps: readonly string[];
  /** Whether the key at the place is the name, or its value. */
  readonly on: Place['on'];
  readonly rule: Rule;
}

const value = (field: string, rule: Rule): Row => ({ field, steps: field.split('.'), on: 'value', rule });
const key = (field: string, rule: Rule): Row => ({ field, steps: field.split('.'), on: 'key', rule });

const columnFields = [
  'input',
  'target',
  'target.*',
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
  const column = namesColumn(path => [...path.slice(0, depth), 'path']);
  return [
    value(`${at}.path`, namesFile),
    value(`${at}.card`, namesFile),
    value(`${at}.split.train`, namesSplitFile),
    value(`${at}.split.test`, namesSplitFile),
    ...columnFields.map(field => value(`${at}.${field}`, column)),
    key(`${at}.filter.*`, column),
  ];
}

/** A list of metrics at `at`. */
function metrics(at: string): readonly Row[] {
  return [
    value(`${at}.*`, namesMetric('declaration')),
    key(`${at}.*.*`, namesParametrised),
    value(`${at}.*.*.name`, namesMetric('declaration')),
    value(`${at}.*.*.metric`, namesMetric('reference')),
    value(`${at}.*.*.model`, refersTo('connection')),
    value(`${at}.*.*.models.*`, refersTo('connection')),
    value(`${at}.*.*.baseline`, namesModel('reference')),
    value(`${at}.*.*.rubric`, namesFile),
    value(`${at}.*.*.words`, namesFile),
    value(`${at}.*.*.prompt`, namesFile),
    value(`${at}.*.json-schema.schema`, namesFile),
  ];
}

const benchColumn = namesColumn(() => ['dataset', 'path']);
const paraphraseColumn = namesColumn((path: DocumentPath) => [...path.slice(0, -1), 'path']);

const rows: Readonly<Record<DocumentKind, readonly Row[]>> = {
  bench: [
    value('name', declares('benchmark', 'description')),
    ...dataset('dataset', 1),
    value('perturbations.*.paraphrases.path', namesFile),
    value('perturbations.*.paraphrases.column', paraphraseColumn),
    value('perturbations.*.paraphrases.key', both(benchColumn, paraphraseColumn)),
    value('prompts.*', namesFile),
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
    value('name', declares('job', 'description')),
    value('base', namesModel('reference')),
    value('platform', refersTo('platform')),
    key('aspects.*', inFile('aspect', 'declaration')),
    ...dataset('aspects.*.dataset', 3),
    ...metrics('evaluation.metrics'),
    value('evaluation.select.aspect', inFile('aspect', 'reference')),
    value('evaluation.select.metric', namesMetric('reference')),
    value('register.model', declares('registered-model', 'description')),
    value('register.card', namesFile),
  ],
  policy: [
    value('id', declares('policy', 'title')),
    value('source.document', mayNameFile),
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
    value('assess.scorecard', namesFile),
  ],
  prompt: [
    value('messages.*.content', readsVariables),
    value('messages.*.content.*.text', readsVariables),
    value('messages.*.content.*.image', both(readsVariables, mayNameFile)),
    value('messages.*.content.*.audio', both(readsVariables, mayNameFile)),
  ],
  workbench: [
    key('connections.*', declares('connection', 'model')),
    value('connections.*.path', namesFile),
    value('connections.*.url', readsColumns),
    value('connections.*.headers.*', readsColumns),
    value('connections.*.body', readsColumns),
    value('connections.*.body.**', readsColumns),
    key('compute.*', declares('platform', 'type')),
    value('judge', refersTo('connection')),
    value('store', namesFile),
    value('network.caCertificates.*', namesFile),
    value('network.clientCertificate.cert', namesFile),
    value('network.clientCertificate.key', namesFile),
  ],
};

/** The rows of a kind of document. */
export function rowsOf(kind: DocumentKind): readonly Row[] {
  return rows[kind];
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
