import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { Hover, MarkupContent } from 'vscode-languageserver';
import { languageIds, type DocumentKind } from '../../engine/documents/kinds.ts';
import { accuracy, slice } from '../../test/fakes/assessed.ts';
import { startLanguageClient, type LanguageClient } from '../../test/fakes/language-client.ts';
import { readMarked } from '../../test/fakes/marked.ts';
import { ada, makeVersion } from '../../test/fakes/registry.ts';
import { cost, latency, openMemory, type Memory } from '../../test/fakes/remembered.ts';

const rows = 'text,label,split,when\na,x,train,1\n"b `*c*`",y,test,2\n';
const prompt = `name: short
description: Asks *for* the label
messages:
  - {role: system, content: Answer in one word.}
  - {role: user, content: "{{text}} {{ missing }}"}
`;
const good = 'name: h\ndataset: {path: d.csv, input: text, target: label}\nprompts: [p.prompt.yml]\nmodels: [gpt]\n';
const files = {
  'workbench.yaml':
    'connections:\n  gpt: {provider: openai, model: gpt-4o, baseUrl: "https://me:pw@h.example/v1?k=1", apiKey: {env: K}, price: {input: 2.5, output: 10}}\n  near: {provider: llama-cpp, contextLength: 8192}\n',
  'd.csv': rows,
  'p.prompt.yml': prompt,
  'good.bench.yaml': good,
};

/** A kind of file, a text in which `‸` marks the cursor and `⟦⟧` the place that is told, and what the help must hold. */
type Case = readonly [kind: DocumentKind, marked: string, ...expected: RegExp[]];

describe('hover', () => {
  let client: LanguageClient;
  let memory: Memory;
  before(async () => {
    client = await startLanguageClient(files);
    memory = await openMemory(client.folder);
    await memory.store.registry.createVersion(
      makeVersion({
        description: 'Knows tickets.',
        alias: 'candidate',
        lineage: {
          runId: 'run-1',
          job: 'tickets-tuned',
          base: { name: 'embedded:linear' },
          datasets: [{ role: 'train', path: 'd.csv', digest: 'a', rows: 2_000 }],
          prompts: [],
        },
      }),
      { name: 'ticket-triage' },
      ada,
    );
    const first = accuracy(0.8, 400, { low: 0.76, high: 0.84, confidence: 0.95 });
    const other = accuracy(0.9, 400, { low: 0.87, high: 0.93, confidence: 0.95 });
    await memory.remember({
      name: 'h',
      file: 'h.bench.yaml',
      variants: [
        {
          model: 'embedded:knn',
          metrics: [first],
          slices: [slice('label', 'x', 180, 200), slice('label', 'y', 140, 200)],
        },
        { model: 'gpt', metrics: [other, latency('p95', 412), cost(0.42)] },
      ],
      comparisons: [
        {
          variant: 1,
          baseline: 0,
          metric: 'accuracy',
          label: 'Accuracy',
          unit: 'ratio',
          n: 400,
          verdict: 'better',
          sentence: 'gpt is better than embedded:knn by 0.100.',
        },
      ],
    });
  });
  after(async () => {
    assert.deepEqual(client.log, []);
    await memory.close();
    await client.stop();
  });

  const nameOf = (kind: DocumentKind): string =>
    kind === 'workbench' ? 'workbench.yaml' : kind === 'prompt' ? 'p.prompt.yml' : `h.${kind}.yaml`;

  async function hover(kind: DocumentKind, marked: string, on: LanguageClient = client): Promise<string> {
    const { text, position, ranges } = readMarked(marked);
    const uri = on.open(nameOf(kind), languageIds[kind], text);
    const found = await on.request<Hover | null>('textDocument/hover', { textDocument: { uri }, position });
    on.close(uri);
    if (ranges[0] !== undefined) assert.deepEqual(found?.range, ranges[0], marked);
    return (found?.contents as MarkupContent | undefined)?.value ?? '';
  }

  function tells(what: string, cases: readonly Case[]): void {
    it(`tells ${what}`, async () => {
      for (const [kind, marked, ...expected] of cases) {
        const help = await hover(kind, marked);
        for (const pattern of expected) assert.ok(pattern.test(help), `${marked}\n${help}\nhas no ${String(pattern)}`);
      }
    });
  }

  tells('a field from its schema', [
    [
      'bench',
      '⟦rep‸eats⟧: 3\n',
      /\*\*Repeats\*\*/,
      /Whole number, optional\s+From 1 to 1000\s+Default: `1`\s+Example: `3`/,
    ],
    ['bench', 'na‸me: x\n', /Text, required/],
    ['bench', 'dataset:\n  format: js‸onl\n', /Allowed: `jsonl`, `json`, `csv`, `tsv`, `parquet`/],
    ['bench', 'dataset:\n  tar‸get: a\n', /Text or list, optional/],
    ['bench', 'mod‸els: [a]\n', /List, required\s+At least one item/],
    ['tune', 'hyperparameters:\n  learning‸Rate: 0.1\n', /Number, optional\s+Above 0/],
    ['bench', 'limits:\n  bud‸get: 5 USD\n', /Form: an amount in US dollars/],
  ]);

  tells('models with their last figures', [
    [
      'bench',
      'models: [embedded:k‸nn]\n',
      /embedded: needs no network/,
      /Last asked by `h` 2 hours ago:\s+- Accuracy: 0\.800/,
    ],
    [
      'bench',
      'models:\n  - ⟦g‸pt⟧\n',
      /connection in workbench\.yaml/,
      /`gpt-4o`/,
      /Address: `https:\/\/h\.example\/v1`/,
      /Price: \$2\.5 in, \$10 out per million tokens/,
      /environment variable `K`/,
      /- Accuracy: 0\.900 \\\(0\.870 to 0\.930\\\), 400 answers\n- Latency, 95 of 100 answers within: 412 ms\n- Cost: 0\.42 USD/,
    ],
    ['bench', 'metrics:\n  - judge: {model: g‸pt}\n', /connection in workbench\.yaml/],
    ['tune', 'evaluation: {metrics: [{similarity: {model: g‸pt}}]}\n', /connection in workbench\.yaml/],
    [
      'workbench',
      'connections:\n  ne‸ar: {provider: llama-cpp, contextLength: 8192}\n',
      /Context: 8,192 tokens/,
      /No price/,
    ],
    [
      'workbench',
      'connections:\n  gpt: {provider: openai, model: m, apiKey: {env: ‸KEY}}\n',
      /environment variable `KEY`/,
    ],
    [
      'bench',
      'models: [registry:ticket-triage@can‸didate]\n',
      /\*\*ticket-triage\*\* version 1 \(registered on \d{4}-\d\d-\d\d by Ada\)/,
      /Knows tickets\./,
      /Status: candidate, also called `candidate`/,
      /Tuned by `tickets-tuned` from `embedded:linear`, run `run-1`/,
      /`d\.csv` \(2,000 rows\)/,
      /Not assessed yet/,
    ],
    ['bench', 'models: [registry:ticket-triage@‸9]\n', /no version or alias `"9"`/, /- 1, candidate: `candidate`/],
    ['policy', 'assess: {model: ticket-tri‸age@1}\n', /version 1/],
  ]);

  tells('metrics with their last figures', [
    [
      'bench',
      'name: h\nmetrics: [accu‸racy]\n',
      /\*\*Accuracy\*\*/i,
      /A share, from 0 to 1; higher is better\s+Interval: Wilson\s+Not for: classes of very uneven size/,
      /Source:/,
      /Last run 2 hours ago:\s+- embedded:knn \\\(baseline\\\): 0\.800[^\n]*\n- gpt: 0\.900/,
    ],
    ['bench', 'metrics:\n  - f‸1: {average: macro}\n', /Source:/],
    ['bench', 'metrics: [w‸er]\n', /A share, from 0 up; lower is better/],
    ['bench', 'metrics: [t‸er]\n', /Parameters: `normalized` Normalised/],
    ['bench', 'gate: [{metric: robustness.ty‸pos, model: a, atMost: 1}]\n', /\*\*Robustness\*\*/],
    ['bench', 'gate: [{metric: latency.p‸95, model: a, atMost: 1}]\n', /Figures: .*`latency\.p95`/],
    [
      'bench',
      'name: h\nmetrics: [{robustness: {metric: accu‸racy}}]\n',
      /\*\*Accuracy\*\*/i,
      /Last run 2 hours ago:\s+- embedded:knn \\\(baseline\\\): 0\.800/,
    ],
  ]);

  tells('thresholds with the value last seen', [
    [
      'bench',
      'name: h\ngate: [{metric: accuracy, model: gpt, atLeast: ⟦0.‸85⟧}]\n',
      /\*\*✓ Met\*\* in the last run \(Run of h 2 hours ago, 400 answers\)/,
      /at least 0\.870 \\\(measured 0\.900/,
      /\*\*At least\*\*/,
    ],
    ['bench', 'name: h\ngate: [{metric: accuracy, model: gpt, at‸Least: 0.9}]\n', /\*\*✗ NOT met\*\*/],
    ['bench', 'name: h\ngate: [{metric: accuracy, model: gpt, atLeast: 0.9, atMost: ‸0.95}]\n', /\*\*✓ Met\*\*/],
    ['bench', 'name: h\ngate: [{metric: f1, model: gpt, atLeast: 0.‸9}]\n', /Could not be judged/],
    [
      'bench',
      'name: h\ncompare: {confidence: 0.‸95}\n',
      /400 paired rows, at 95 %\s+- gpt is better than embedded:knn by 0\.100\. \\\(0\.900/,
    ],
    [
      'policy',
      'id: p\ncontrols: [{id: A, checks: [{id: A.1, type: metric, benchmark: h, metric: accuracy, assert: {op: ">=", value: 0.‸85}}]}]\n',
      /Could not be judged/,
      /embedded:knn: .*below 0\.850/,
      /gpt: .*at least 0\.850/,
    ],
    [
      'policy',
      'id: p\ncontrols: [{id: A, checks: [{id: A.1, type: metric, benchmark: h, metric: accuracy, statistic: overall, assert: {op: ">=", value: 0.‸5}}]}]\n',
      /\*\*✓ Met\*\*/,
    ],
  ]);

  tells('datasets, columns and prompts', [
    ['bench', 'dataset: {path: d.csv, filter: {la‸bel: x}}', /`x` 1, `y` 1/],
    ['bench', 'perturbations: [{paraphrases: {path: d‸.csv, column: text}}]\n', /`d\.csv`, 53 bytes, 2 rows/],
    ['bench', 'perturbations: [{paraphrases: {path: d.csv, column: la‸bel}}]\n', /`x` 1, `y` 1/],
    ['bench', 'metrics: [{judge: {model: gpt, prompt: p‸.prompt.yml}}]\n', /Asks \\\*for\\\* the label/],
    [
      'bench',
      'dataset: {path: ⟦d‸.csv⟧, input: text, target: label, split: {field: split, test: test}, slices: [label]}',
      /`d\.csv`, 53 bytes, 2 rows/,
      /Split `split`: `train` 1, `test` 1/,
      /Slice `label`: `x` 1, `y` 1/,
      new RegExp(`SHA-256: \`${createHash('sha256').update(rows).digest('hex')}\``),
      /- `text` text, such as `a`, ``"b `\*c\*`"``/,
      /- `when` text, such as/,
    ],
    ['bench', 'dataset: {path: d.csv, split: {test: 5‸0%}}', /Test split/],
    ['bench', 'dataset: {path: d‸.csv, split: {test: 50%}}', /Test split: about 1 row/],
    [
      'bench',
      'dataset: {path: d.csv, target: la‸bel}',
      /Column `label` of `d\.csv`: text\s+2 different values: `x` 1, `y` 1/,
    ],
    ['bench', 'dataset: {path: non‸e.csv}', /There is no file `none\.csv`/],
    [
      'bench',
      'prompts: [p‸.prompt.yml]',
      /reads `text`, `missing`/,
      /Asks \\\*for\\\* the label/,
      /system: Answer in one word\./,
      /Used by `h`/,
    ],
    [
      'prompt',
      'messages:\n  - role: user\n    content: |\n      Say {{ ⟦te‸xt⟧ | upper }}\n',
      /`text` is taken from the column of this name:\s+- `h`: `d\.csv`, which is asked, such as `a`/,
    ],
    [
      'prompt',
      'messages: [{role: user, content: "\\u0041 {{⟦mis‸sing⟧}}"}]\n',
      /`d\.csv` has no such column; it has `text`/,
    ],
    [
      'prompt',
      "messages: [{role: user, content: '{% for i in text %}{{ ⟦i‸⟧ }}{% endfor %}'}]\n",
      /variable of the template itself/,
    ],
    ['prompt', 'messages: [{role: user, content: "plain te‸xt"}]\n', /\*\*/],
    ['prompt', '⟦mess‸ages⟧: []\n', /Used by:\s+- `h`, `good\.bench\.yaml`/, /\*\*Messages\*\*/],
  ]);

  tells('durations, money, anchors and suppressed findings', [
    ['bench', 'limits: {timeout: ⟦PT1H‸30M⟧}\n', /`PT1H30M`: 1 hour 30 minutes/, /\*\*Timeout\*\*/i],
    ['bench', 'limits: {timeout: 150‸s}\n', /2 minutes 30 seconds \(150 seconds\)/],
    ['bench', 'limits: {budget: 5.‸00 USD}\n', /`5\.00 USD`: 5 US dollars/],
    ['bench', 'limits: {maxErrorRate: 2‸%}\n', /2 in 100/],
    ['policy', 'controls: [{id: A, checks: [{id: B, type: metric, freshness: P1‸Y2W}]}]\n', /1 year 2 weeks/],
    ['bench', 'models: &all [gpt, near]\ncompare: {baseline: ⟦*a‸ll⟧}\n', /in line 1:\s+```yaml\n\[gpt, near\]\n```/],
    ['bench', 'models: ⟦&a‸ll⟧ [gpt]\ncompare: {baseline: *all}\n', /`&all`: `\*all` stands for this value in line 2/],
    ['bench', 'models: &a‸ll [gpt]\n', /Nothing does yet/],
    ['workbench', 'connections: {a: &h {model: sk-1}, b: *‸h}\n', /^`\*h` stands for what is at `&h` in line 1\.$/],
    [
      'bench',
      '⟦# aiwb-disable-next-line unknown-‸model, bad-format⟧\n',
      /`unknown-model`, `bad-format` on the next line/,
    ],
    ['bench', 'repeats: 3 ⟦# aiwb-disable-‸line⟧\r\n', /on this line/],
  ]);

  tells('framework ids with their pages', [
    [
      'policy',
      'controls: [{id: A, mappings: [{framework: mitre-atlas, id: AML.T00‸51}]}]\n',
      /\*\*AML\.T0051\*\*/,
      /Part of `AML\.TA0005` Execution/,
      /\(https:\/\/atlas\.mitre\.org\/techniques\/AML\.T0051\)/,
    ],
    ['policy', 'frameworks: [{id: nist-ai-‸rmf, version: "1.0"}]\n', /https:\/\/doi\.org\/10\.6028\/NIST\.AI\.100-1/],
    [
      'policy',
      'controls: [{id: A, mappings: [{framework: nist-ai-rmf, id: GOVERN 1‸.1}]}]\n',
      /Part of `GOVERN 1` Policies/,
    ],
  ]);

  it('has nothing to say between the words', async () => {
    for (const text of ['name: x\n‸\nrepeats: 1\n', '# com‸ment &x\n', 'zzz: ‸1\n', '‸', 'name: "a &b‸c"\nzzz: 1'])
      assert.doesNotMatch(await hover('bench', text), /Anchor|zzz/, text);
    assert.equal(await hover('bench', '# com‸ment\n'), '');
  });

  it('never shows what is secret, and escapes what files say', async () => {
    assert.doesNotMatch(await hover('bench', 'models: [g‸pt]\n'), /k=1|pw@|me:/);
    await client.write('evil.csv', 'text,"](command:x) <img>"\n"[a](command:x)",`` ` ``\n');
    const help = await hover('bench', 'dataset: {path: evil‸.csv}\n');
    assert.match(help, /`"\]\(command:x\) <img>"`/);
    assert.doesNotMatch(help.replaceAll(/(`+)[^`](?:.*?[^`])?\1(?!`)/g, ''), /command|<img/);
  });

  it('answers in plain text where the editor shows no Markdown', async () => {
    const capabilities = { textDocument: { hover: { contentFormat: ['plaintext' as const] } } };
    const plain = await startLanguageClient(files, { capabilities });
    try {
      const help = await hover('bench', 'models: [g‸pt]\n', plain);
      assert.match(help, /^gpt \(connection in workbench\.yaml\)\n\nModel: gpt-4o\n/);
      assert.match(
        await hover('policy', 'controls: [{id: A, mappings: [{framework: mitre-atlas, id: AML.T00‸51}]}]\n', plain),
        /techniques\/AML\.T0051 \(https:\/\/atlas/,
      );
      assert.doesNotMatch(await hover('bench', 'metrics: [accu‸racy]\n', plain), /[*`\\]/);
    } finally {
      await plain.stop();
    }
  });

  it('works in notebook cells and documents without a file', async () => {
    const { text, position } = readMarked(
      'name: h\nmodels: [g‸pt]\ngate: [{metric: accuracy, model: gpt, atLeast: 0.5}]\n',
    );
    const cell = `${client.uri('n.ipynb').replace('file://', 'vscode-notebook-cell:')}#a`;
    for (const [uri, expected] of [
      [cell, /gpt-4o[\s\S]*Last asked by/],
      ['untitled:Untitled-1', /\*\*Model\*\*/],
    ] as const) {
      client.open('x', 'aiwb-bench', text, uri);
      const found = await client.request<Hover | null>('textDocument/hover', { textDocument: { uri }, position });
      assert.match((found?.contents as MarkupContent).value, expected, uri);
      client.close(uri);
    }
  });
});
