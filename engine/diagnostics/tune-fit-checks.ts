import type { TuningDataset, TuningJob } from '../../schemas/generated/files.ts';
import { splitKind } from '../datasets/split.ts';
import type { DocumentPath, ReportFinding } from '../documents/diagnostic.ts';
import { listWords } from '../documents/suggest.ts';
import { aspectsOf, datasetsOf, namedBaseOf, namedTaskOf, type NamedBase } from '../documents/tune-kind.ts';
import type { DeclaredNames } from './workspace-view.ts';

/** Whether task, base, platform, method, datasets and settings of a job fit one another. */
export function checkFit(job: TuningJob, platforms: DeclaredNames, report: ReportFinding): void {
  const base = namedBaseOf(job);
  checkTask(job, base, report);
  checkPlatformType(job, base, platforms, report);
  checkMethod(job, base, report);
  checkParameters(job, base, report);
  checkIntervals(job, base, report);
  for (const [dataset, at] of placedDatasets(job)) {
    checkForm(dataset, at, job, base, report);
    checkSplitFields(dataset, at, report);
  }
  for (const [name, aspect] of aspectsOf(job)) {
    if (aspect.dataset === undefined || aspect.datasets === undefined) continue;
    const message = '`dataset` and `datasets` exclude each other. Put all of them into `datasets`.';
    report('conflicting-fields', 'error', ['aspects', name, 'dataset'], message, { part: 'key' });
  }
}

/** A job's datasets with the places they are written at. */
export function placedDatasets(job: TuningJob): readonly (readonly [TuningDataset, DocumentPath])[] {
  return aspectsOf(job).flatMap(([name, aspect]) =>
    datasetsOf(aspect).map((dataset, index): readonly [TuningDataset, DocumentPath] => [
      dataset,
      ['aspects', name, ...(aspect.datasets === undefined ? ['dataset'] : ['datasets', index])],
    ]),
  );
}

const embeddedTrains = 'The embedded model learns classes';

function checkTask({ task }: TuningJob, base: NamedBase, report: ReportFinding): void {
  if (task === undefined) return;
  if (base === 'embedded' && task !== 'text-classification') {
    const message = `${embeddedTrains} alone. Remove \`task\`, or start from a model of the hub or of a folder.`;
    report('unfit-job', 'error', ['task'], message, { replacement: 'text-classification' });
  }
  if (base === 'service' && task !== 'text-generation') {
    const message =
      'Services tune models that write text. Remove `task`, or start from a model of the hub or of a folder.';
    report('unfit-job', 'error', ['task'], message, { replacement: 'text-generation' });
  }
}

function checkPlatformType(
  { platform }: TuningJob,
  base: NamedBase,
  declared: DeclaredNames,
  report: ReportFinding,
): void {
  if (declared.state === 'broken') return;
  const types = declared.state === 'known' ? (declared.types ?? {}) : {};
  const name = platform ?? 'local';
  const type = Object.hasOwn(types, name) ? types[name] : name === 'local' ? 'local' : undefined;
  // What is not declared is told on its own.
  if (type === undefined) return;
  const at = platform === undefined ? ['base'] : ['platform'];
  const fitting = Object.keys(types).filter(known => types[known] === 'openai');
  if (base === 'service' && type !== 'openai') {
    const known =
      fitting.length === 0 ? 'Declare one under `compute` in `workbench.yaml`' : `There is ${listWords(fitting)}`;
    report(
      'unfit-platform',
      'error',
      at,
      `A service tunes its own models: \`service:\` needs a platform of type \`openai\`. ${known}.`,
    );
  } else if (type === 'openai' && base !== 'service' && base !== 'stored') {
    const message = `\`${name}\` is a service that tunes its own models only. Write the base as \`service:MODEL\`, or choose another platform.`;
    report('unfit-platform', 'error', at, message);
  } else if (base === 'embedded' && type !== 'local') {
    const message = `${embeddedTrains} in the run’s own process, and \`${name}\` is elsewhere (\`${type}\`). Use \`local\`.`;
    report('unfit-platform', 'error', at, message, { replacement: 'local' });
  }
}

function checkMethod({ method, hardware, platform }: TuningJob, base: NamedBase, report: ReportFinding): void {
  if (hardware !== undefined && (platform ?? 'local') === 'local')
    report('unused-field', 'information', ['hardware'], 'This does nothing: this machine trains with what it has.', {
      part: 'key',
    });
  if (method === undefined || method === 'full') return;
  if (base === 'embedded') {
    const message = 'LoRA needs a Transformers model; the embedded model is trained in full. Remove `method`.';
    report('unfit-job', 'error', ['method'], message);
  } else if (base === 'service') {
    const message = 'This does nothing: a service trains in its own way.';
    report('unused-field', 'warning', ['method'], message, { part: 'key' });
  }
}

type ParameterName = keyof NonNullable<TuningJob['hyperparameters']> | 'rank';

/** The hyperparameters that each kind of training knows. */
const knownParameters: Readonly<Record<'embedded' | 'service' | 'trainer', readonly ParameterName[]>> = {
  embedded: ['epochs', 'learningRate', 'l2'],
  service: ['epochs', 'batchSize', 'learningRateMultiplier'],
  trainer: [
    'epochs',
    'learningRate',
    'maxSteps',
    'batchSize',
    'gradientAccumulation',
    'weightDecay',
    'warmupRatio',
    'scheduler',
    'maxLength',
    'precision',
    'gradientCheckpointing',
    'lossOn',
    'rank',
  ],
};

const trainings = { embedded: 'the embedded model', service: 'a service', trainer: 'a Transformers model' } as const;

/** A parameter that a kind of training does not know changes nothing. */
function checkParameters(job: TuningJob, base: NamedBase, report: ReportFinding): void {
  // Earlier weights may be of any kind.
  if (base === 'stored') return;
  const kind = base === 'embedded' || base === 'service' ? base : 'trainer';
  const known: readonly string[] = knownParameters[kind];
  const tell = (names: readonly string[], at: DocumentPath): void => {
    for (const name of names) {
      if (known.includes(name)) continue;
      const words = known.filter(other => other !== 'rank' || at[0] === 'search');
      const message = `This does nothing: \`${name}\` is unknown to the training of ${trainings[kind]}. It knows ${listWords(words, 20)}.`;
      report('unused-field', 'warning', [...at, name], message, { part: 'key' });
    }
  };
  tell(Object.keys(job.hyperparameters ?? {}), ['hyperparameters']);
  const searched = Object.keys(job.search?.parameters ?? {});
  tell(searched, ['search', 'parameters']);
  if (kind === 'trainer' && searched.includes('rank') && job.method === 'full') {
    const message = '`rank` is the width of an adapter, and `method: full` makes none. Use `method: lora`.';
    report('unfit-job', 'error', ['search', 'parameters', 'rank'], message, { part: 'key' });
  }
  const { lossOn } = job.hyperparameters ?? {};
  if (kind === 'trainer' && lossOn !== undefined && namedTaskOf(job) !== 'text-generation') {
    const message = 'This does nothing: only what writes text learns from a part of it.';
    report('unused-field', 'warning', ['hyperparameters', 'lossOn'], message, { part: 'key' });
  }
}

/** The embedded model counts epochs, not steps; so do services. */
function checkIntervals({ evaluation, checkpoints }: TuningJob, base: NamedBase, report: ReportFinding): void {
  if (base !== 'embedded' && base !== 'service') return;
  for (const [every, at] of [
    [evaluation?.every, ['evaluation', 'every']],
    [checkpoints?.every, ['checkpoints', 'every']],
  ] as const) {
    if (typeof every !== 'string') continue;
    const message = `${base === 'embedded' ? 'The embedded model' : 'A service'} counts no steps. Give a number of epochs.`;
    report('unfit-job', 'error', at, message, { replacement: '1' });
  }
}

/** Whether a dataset has the form that the task learns from, and no two forms at once. */
function checkForm(
  dataset: TuningDataset,
  at: DocumentPath,
  job: TuningJob,
  base: NamedBase,
  report: ReportFinding,
): void {
  const { messages, audio, input, target, system } = dataset;
  const forms = [
    messages === undefined ? undefined : 'messages',
    audio === undefined ? undefined : 'audio',
    input === undefined ? undefined : 'input',
  ];
  const [first, second] = forms.filter(form => form !== undefined);
  if (first !== undefined && second !== undefined) {
    const message = `\`${first}\` and \`${second}\` exclude each other: a row is a conversation, a sound, or an input with its target.`;
    report('conflicting-fields', 'error', [...at, second], message, { part: 'key' });
    return;
  }
  if (messages !== undefined && target !== undefined) {
    const message = '`messages` holds the answer already: its last message. Remove `target`.';
    report('conflicting-fields', 'error', [...at, 'target'], message, { part: 'key' });
  }
  const task = namedTaskOf(job);
  if (task === 'automatic-speech-recognition' && audio === undefined && dataset.format !== 'wav-folder') {
    const message =
      'Speech recognition learns from sounds: name the column of the sound files with `audio`, and what is said with `target`.';
    report('unfit-job', 'error', at, message, { part: 'key' });
  } else if (task !== 'automatic-speech-recognition' && task !== undefined && audio !== undefined) {
    const message = `Sounds are for \`task: automatic-speech-recognition\`, and this job’s task is \`${task}\`.`;
    report('unfit-job', 'error', [...at, 'audio'], message, { part: 'key' });
  }
  if (task === 'text-classification' && messages !== undefined) {
    const who = base === 'embedded' ? embeddedTrains : 'A classifier learns classes';
    const message = `${who}, not conversations: name the text with \`input\` and its class with \`target\`.`;
    report('unfit-job', 'error', [...at, 'messages'], message, { part: 'key' });
  }
  if (system !== undefined && (audio !== undefined || task === 'text-classification')) {
    const message = 'This does nothing: only models that write text are told something beforehand.';
    report('unused-field', 'warning', [...at, 'system'], message, { part: 'key' });
  }
}

function checkSplitFields({ split }: TuningDataset, at: DocumentPath, report: ReportFinding): void {
  if (split.train !== undefined && split.train === split.test && splitKind(split) !== 'shares') {
    const message =
      'Training and test split are the same: the model would be tested on what it learnt. Name two values.';
    report('missing-split', 'error', [...at, 'split', 'test'], message);
  }
  if (splitKind(split) === 'shares') return;
  for (const field of ['seed', 'stratify'] as const) {
    if (split[field] === undefined) continue;
    const message = 'This does nothing: it is for splits by shares, such as `test: 30%`.';
    report('unused-field', 'information', [...at, 'split', field], message, { part: 'key' });
  }
}
