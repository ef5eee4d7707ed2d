import { choice, fields, flow, items, stop, type Fields, type Sketch, type Snippet } from './sketch.ts';

const dataset = (more: Readonly<Record<string, Sketch>> = {}): Fields =>
  fields({ path: stop('data/rows.jsonl'), input: stop('text'), target: stop('label'), ...more });
const share = flow(fields({ test: stop('30%'), seed: '7' }));
const model = stop('embedded:linear');
const judged = (how: Readonly<Record<string, Sketch>>): Fields =>
  fields({ judge: fields({ ...how, model: stop('gpt') }) });

/** What a benchmark is usually made of. */
export const benchSnippets: readonly Snippet[] = [
  {
    at: '',
    label: 'classification benchmark',
    detail: 'Labels against ground truth, models side by side',
    whole: true,
    sketch: fields({
      name: stop('classification'),
      dataset: dataset({ split: share }),
      models: items(stop('embedded:majority'), stop('embedded:linear')),
      metrics: items(
        'accuracy',
        fields({ f1: flow(fields({ average: choice('macro', 'micro', 'weighted') })) }),
        'latency',
      ),
      compare: flow(fields({ baseline: stop('embedded:majority'), confidence: '0.95' })),
    }),
  },
  {
    at: '',
    label: 'extraction benchmark',
    detail: 'Fields that models read out of texts, with prompts and a budget',
    whole: true,
    sketch: fields({
      name: stop('extraction'),
      dataset: dataset(),
      prompts: items(stop('prompts/extract.prompt.yml')),
      models: items(stop('gpt')),
      metrics: items('json-fields', 'exact-match', 'latency', 'cost'),
      limits: flow(fields({ budget: stop('5.00 USD'), maxErrorRate: stop('2%') })),
    }),
  },
  {
    at: '',
    label: 'judged benchmark',
    detail: 'Answers that another model grades',
    whole: true,
    sketch: fields({
      name: stop('judged-answers'),
      dataset: dataset(),
      prompts: items(stop('prompts/answer.prompt.yml')),
      models: items(stop('gpt')),
      metrics: items(
        judged({ criteria: stop('The answer is correct, polite and no longer than needed.') }),
        'latency',
        'cost',
      ),
      limits: flow(fields({ budget: stop('5.00 USD') })),
    }),
  },
  {
    at: '',
    label: 'multiple-choice benchmark',
    detail: 'Questions with options, scored by the option chosen',
    whole: true,
    sketch: fields({
      name: stop('multiple-choice'),
      dataset: dataset({ choices: stop('choices') }),
      models: items(stop('gpt')),
      metrics: items('multiple-choice', 'latency'),
    }),
  },
  {
    at: '',
    label: 'limits: budget and errors',
    detail: 'What a run may cost and how much of it may fail',
    sketch: fields({
      limits: fields({
        concurrency: stop('16'),
        budget: stop('5.00 USD'),
        maxErrorRate: stop('2%'),
        timeout: stop('60s'),
      }),
    }),
  },
  {
    at: '',
    label: 'compare: with a baseline',
    detail: 'Differences to one model, with their intervals',
    sketch: fields({
      compare: fields({ baseline: stop('embedded:majority'), confidence: choice('0.95', '0.9', '0.99') }),
    }),
  },
  {
    at: '',
    label: 'gate: at least',
    detail: 'A figure that must be reached',
    sketch: fields({ gate: items(fields({ metric: stop('accuracy'), model, atLeast: stop('0.9') })) }),
  },
  {
    at: 'gate.*',
    label: 'gate: at least',
    detail: 'A figure that must be reached',
    sketch: fields({ metric: stop('accuracy'), model, atLeast: stop('0.9') }),
  },
  {
    at: 'gate.*',
    label: 'gate: at most',
    detail: 'A figure that must not be passed',
    sketch: fields({ metric: stop('latency.p95'), model, atMost: stop('200') }),
  },
  {
    at: 'metrics.*',
    label: 'judge with a rubric',
    detail: 'Another model grades by a Markdown file',
    sketch: judged({ rubric: stop('rubrics/helpful.md') }),
  },
  {
    at: 'metrics.*',
    label: 'judge with criteria',
    detail: 'Another model grades by a sentence',
    sketch: judged({ criteria: stop('The answer is correct, polite and no longer than needed.') }),
  },
  {
    at: 'metrics.*',
    label: 'judge that passes or fails',
    detail: 'Another model says yes or no',
    sketch: judged({ criteria: stop('The answer is correct.'), passFail: 'true' }),
  },
  {
    at: 'dataset',
    label: 'split: by a column',
    beside: true,
    detail: 'Rows say themselves which split they are in',
    sketch: fields({ split: flow(fields({ field: stop('split'), train: stop('train'), test: stop('test') })) }),
  },
  {
    at: 'dataset',
    label: 'split: by a share',
    beside: true,
    detail: 'A share of the rows is asked, the others train',
    sketch: fields({ split: share }),
  },
];
