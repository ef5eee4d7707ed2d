import assert from 'node:assert/strict';
import { parseDocument } from '../documents/parse.ts';
import { checkTuningJob } from './tune-checks.ts';
import type { WorkspaceView } from './workspace-view.ts';

const types = { local: 'local', gpt: 'openai', farm: 'runpod' };
const there: Readonly<Record<string, 'file' | 'folder'>> = {
  't.jsonl': 'file',
  sounds: 'folder',
  'models/tiny': 'folder',
  'models/tiny/config.json': 'file',
  'models/empty': 'folder',
  'core.bench.yaml': 'file',
};
const view: WorkspaceView = {
  connections: () => Promise.resolve({ state: 'absent' }),
  platforms: () => Promise.resolve({ state: 'known', names: Object.keys(types), types }),
  fileFacts: path => {
    const kind = Object.hasOwn(there, path) ? there[path] : undefined;
    return Promise.resolve(kind && { kind, size: 10, modified: 0 });
  },
  datasetColumns: () => Promise.resolve(['text', 'label', 'chat', 'file', 'split', 'who', 'audio', 'transcript']),
  promptVariables: () => Promise.resolve(undefined),
};

async function found(text: string): Promise<string[]> {
  const parsed = parseDocument('tune', text);
  assert.deepEqual(parsed.diagnostics, []);
  const diagnostics = await checkTuningJob(parsed, view, new AbortController().signal);
  return diagnostics.map(
    ({ range, severity, code, message }) => `${String(range.start.line + 1)} ${severity} ${code} ${message}`,
  );
}

const split = 'split: {test: 30%}';
const classes = `{path: t.jsonl, input: text, target: label, ${split}}`;
const chat = `{path: t.jsonl, messages: chat, ${split}}`;
const sounds = `{path: t.jsonl, audio: file, target: text, ${split}}`;
const job = (base: string, dataset: string, more = ''): string =>
  `name: x\nbase: ${base}\naspects:\n  core-performance: {dataset: ${dataset}}\n${more}`;

describe('the parts of a tuning job', () => {
  const fine: readonly (readonly [string, string])[] = [
    ['classes for the embedded model', job('embedded:linear', classes)],
    ['a conversation for a model of the hub', job('hub:o/m', chat, 'method: {lora: {rank: 4}}\n')],
    ['a model of a folder', job('folder:models/tiny', classes, 'task: text-classification\nplatform: farm\n')],
    ['speech', job('hub:o/whisper', sounds, 'evaluation: {metrics: [wer, cer]}\n')],
    [
      'a folder of sounds',
      job('hub:o/whisper', `{path: sounds, format: wav-folder, audio: audio, target: transcript, ${split}}`),
    ],
    [
      'a service',
      job('service:gpt-4o-mini', chat, 'platform: gpt\nhyperparameters: {epochs: 2, learningRateMultiplier: 1}\n'),
    ],
    [
      'text that is compared word by word',
      job('hub:o/m', classes, 'evaluation: {metrics: [bleu, chrf, rouge, exact-match]}\n'),
    ],
    [
      'several datasets',
      `name: x\nbase: hub:o/m\naspects:\n  robustness: {datasets: [${chat}, ${classes}], benchmark: core.bench.yaml}\n`,
    ],
    [
      'earlier weights of any kind',
      job('checkpoint:y', classes, 'hyperparameters: {l2: 0.1, batchSize: 4}\nplatform: farm\n'),
    ],
    [
      'a search as large as it may be',
      job('hub:o/m', chat, 'search: {trials: 6, parameters: {rank: [2, 4], epochs: [1, 2, 3]}}\n'),
    ],
    [
      'a random search of more combinations',
      job('hub:o/m', chat, 'search: {strategy: random, trials: 2, parameters: {epochs: [1, 2, 3]}}\n'),
    ],
    ['the usual figure of its task', job('hub:o/whisper', sounds, 'evaluation: {select: {metric: wer}}\n')],
  ];
  for (const [name, text] of fine)
    it(`fit: ${name}`, async () => {
      assert.deepEqual(await found(text), []);
    });

  const wrong: readonly (readonly [string, string, RegExp])[] = [
    [
      'another task of the embedded model',
      job('embedded:linear', classes, 'task: text-generation\n'),
      /^5 error unfit-job The embedded model learns classes alone/,
    ],
    [
      'LoRA for the embedded model',
      job('embedded:linear', classes, 'method: lora\n'),
      /^5 error unfit-job LoRA needs a Transformers model/,
    ],
    [
      'conversations for the embedded model',
      job('embedded:linear', chat),
      /^4 error unfit-job The embedded model learns classes, not conversations/,
    ],
    [
      'sounds for the embedded model',
      job('embedded:linear', sounds),
      /^4 error unfit-job Sounds are for `task: automatic-speech-recognition`/,
    ],
    [
      'the embedded model elsewhere',
      job('embedded:linear', classes, 'platform: farm\n'),
      /^5 error unfit-platform .*`farm` is elsewhere \(`runpod`\)/,
    ],
    [
      'steps of the embedded model',
      job('embedded:linear', classes, 'evaluation: {every: 50 steps}\n'),
      /^5 error unfit-job The embedded model counts no steps/,
    ],
    [
      'parameters that the embedded model does not know',
      job('embedded:linear', classes, 'hyperparameters: {batchSize: 8}\n'),
      /^5 warning unused-field This does nothing: `batchSize` is unknown to the training of the embedded model\. It knows `epochs`, `learningRate` and `l2`\.$/,
    ],
    [
      'parameters that a Transformers model does not know',
      job('hub:o/m', chat, 'hyperparameters: {l2: 1}\n'),
      /^5 warning unused-field .*`l2` is unknown to the training of a Transformers model/,
    ],
    [
      'a searched parameter that a service does not know',
      job('service:m', chat, 'platform: gpt\nsearch: {parameters: {rank: [1, 2]}}\n'),
      /^6 warning unused-field .*`rank` is unknown to the training of a service/,
    ],
    [
      'an adapter’s width where there is none',
      job('hub:o/m', chat, 'method: full\nsearch: {parameters: {rank: [1, 2]}}\n'),
      /^6 error unfit-job `rank` is the width/,
    ],
    [
      'a service without its platform',
      job('service:m', chat),
      /^2 error unfit-platform A service tunes its own models: .* There is `gpt`\.$/,
    ],
    ['a service on rented machines', job('service:m', chat, 'platform: farm\n'), /^5 error unfit-platform A service/],
    [
      'a model of the hub on a service',
      job('hub:o/m', chat, 'platform: gpt\n'),
      /^5 error unfit-platform `gpt` is a service/,
    ],
    [
      'classes for a service',
      job('service:m', classes, 'platform: gpt\ntask: text-classification\n'),
      /^6 error unfit-job Services tune models that write text/,
    ],
    [
      'speech without sounds',
      job('hub:o/m', classes, 'task: automatic-speech-recognition\n'),
      /^4 error unfit-job Speech recognition learns from sounds/,
    ],
    [
      'conversations for a classifier',
      job('hub:o/m', chat, 'task: text-classification\n'),
      /^4 error unfit-job A classifier learns classes/,
    ],
    [
      'two forms in one',
      job('hub:o/m', `{path: t.jsonl, messages: chat, input: text, ${split}}`),
      /^4 error conflicting-fields `messages` and `input` exclude/,
    ],
    [
      'an answer twice',
      job('hub:o/m', `{path: t.jsonl, messages: chat, target: text, ${split}}`),
      /^4 error conflicting-fields `messages` holds the answer already/,
    ],
    [
      'an instruction for sounds',
      job('hub:o/m', `{path: t.jsonl, audio: file, target: text, system: Hi, ${split}}`),
      /^4 warning unused-field .*told something beforehand/,
    ],
    [
      'a missing column of conversations',
      job('hub:o/m', chat.replace('chat', 'chta')),
      /^4 error unknown-column .*`chta`\. Did you mean `chat`\?/,
    ],
    [
      'a share that is none',
      job('hub:o/m', chat.replace('30%', '130%')),
      /^4 error out-of-range A share lies above 0%/,
    ],
    [
      'a seed that nothing is drawn with',
      job('embedded:linear', classes.replace('{test: 30%}', '{field: split, test: x, seed: 3}')),
      /^4 information unused-field .*splits by shares/,
    ],
    [
      'a class metric for speech',
      job('hub:o/m', sounds, 'evaluation: {metrics: [f1]}\n'),
      /^5 error metric-unsuitable `f1` counts classes/,
    ],
    [
      'a text metric for classes',
      job('embedded:linear', classes, 'evaluation: {metrics: [wer]}\n'),
      /^5 error metric-unsuitable `wer` compares texts word by word/,
    ],
    [
      'a grid that is too large',
      job('hub:o/m', chat, 'search: {trials: 5, parameters: {rank: [2, 4], epochs: [1, 2, 3]}}\n'),
      /^5 error out-of-range The grid has 6 combinations, and 5 are tried at most\. Set `trials: 6`/,
    ],
    [
      'a search of one',
      job('hub:o/m', chat, 'search: {parameters: {rank: [2]}}\n'),
      /^5 information unused-field One combination is no search/,
    ],
    [
      'a folder that is not there',
      job('folder:models/gone', chat),
      /^2 error missing-file There is no folder `models\/gone`/,
    ],
    [
      'a folder without a model',
      job('folder:models/empty', chat),
      /^2 error unreadable-file `models\/empty` holds no `config\.json`/,
    ],
    [
      'a benchmark that is not there',
      job('hub:o/m', chat).replace('{dataset', '{benchmark: no.bench.yaml, dataset'),
      /^4 error missing-file There is no file `no\.bench\.yaml`/,
    ],
    [
      'a benchmark that is none',
      job('hub:o/m', chat).replace('{dataset', '{benchmark: t.jsonl, dataset'),
      /^4 error unreadable-file `t\.jsonl` is no benchmark/,
    ],
    [
      'one dataset and several',
      job('hub:o/m', chat).replace('{dataset', `{datasets: [${chat}], dataset`),
      /^4 error conflicting-fields `dataset` and `datasets` exclude/,
    ],
    [
      'hardware of this machine',
      job('hub:o/m', chat, 'hardware: {count: 1}\n'),
      /^5 information unused-field .*this machine trains with what it has/,
    ],
    [
      'what only a text model learns from',
      job('hub:o/m', sounds, 'hyperparameters: {lossOn: all}\n'),
      /^5 warning unused-field .*only what writes text/,
    ],
  ];
  for (const [name, text, pattern] of wrong) {
    it(`do not fit: ${name}`, async () => {
      const all = await found(text);
      assert.equal(all.length, 1, all.join('\n'));
      assert.match(all[0] ?? '', pattern);
    });
  }
});
