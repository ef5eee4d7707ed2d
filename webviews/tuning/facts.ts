import type { TuningReport } from '../../schemas/generated/messages.ts';
import type { Fact } from '../components/fact-list.ts';
import { formatCount } from '../shared/format.ts';
import { aspectWords } from '../shared/tuning.ts';

/** What the job asked for, in the names its file uses. */
export function settingFacts({
  base,
  baseDigest,
  method,
  platform,
  hyperparameters,
  selection,
  labels,
  task,
  trial,
}: TuningReport): readonly Fact[] {
  return [
    ['base', base],
    ...(baseDigest === undefined ? [] : [['base digest', baseDigest] as const]),
    ...(task === undefined ? [] : [['task', task] as const]),
    ['method', method],
    ['platform', platform],
    ...Object.entries(hyperparameters).map(([name, value]): Fact => [name, String(value)]),
    ['best checkpoint by', `${selection.label} on the validation rows of ${aspectWords(selection.aspect)}`],
    ...(trial === undefined
      ? []
      : [['search', `trial ${formatCount(trial.trial)} of ${formatCount(trial.trials)}`] as const]),
    ...(labels === undefined ? [] : [[`${formatCount(labels.length)} classes`, labels.join(', ')] as const]),
  ];
}

/** What it ran on and with, for whoever wants to run it again; and how the intervals were made. */
export function environmentFacts({ run, environment, aspects }: TuningReport): readonly Fact[] {
  const methods = new Map<string, string>();
  for (const { label, method } of aspects.flatMap(({ metrics, gaps }) => [
    ...metrics,
    ...gaps.map(gap => gap.figure),
  ])) {
    if (method !== undefined) methods.set(`${label}, interval`, method);
  }
  return [
    ['Run', run.id],
    ...(environment === undefined
      ? []
      : ([
          ['AI Workbench', environment.workbench],
          ['Node', environment.node],
          [
            'Machine',
            `${environment.host}, ${environment.platform}${environment.cpus === undefined ? '' : `, ${formatCount(environment.cpus)} CPUs`}`,
          ],
          ['Seed', String(environment.seed)],
          ['Tuning job digest', environment.fileDigest],
        ] as const)),
    ...methods,
    ...changeMethods(aspects),
  ];
}

/** How the differences were judged. */
function changeMethods(aspects: TuningReport['aspects']): readonly Fact[] {
  const found = new Map<string, string>();
  for (const { label, method, test } of aspects.flatMap(({ changes = [] }) => changes))
    found.set(`${label}, difference`, method === undefined ? test : `${method}; ${test}`);
  return [...found];
}
