import assert from 'node:assert/strict';
import { DocumentHighlightKind, type DocumentHighlight, type Location } from 'vscode-languageserver';
import { startMarkedWorkspace } from '../../test/fakes/marked-workspace.ts';

type Files = Readonly<Record<string, string>>;

/** What is asked at ‸ is found at every ⟦place⟧ and nowhere else. */
const cases: Readonly<Record<string, Files>> = {
  'a connection, asked where it is used': {
    'workbench.yaml':
      'connections:\n  ⟦gpt⟧: {provider: openai, model: gpt-4o}\n  gpt-2: {provider: openai, model: gpt}\njudge: ⟦gpt⟧\n',
    'a.bench.yaml':
      'name: a\ndataset: {path: d.csv}\nmodels: [⟦g‸pt⟧, gpt-2]\nmetrics:\n  - judge: {criteria: Good?, models: [⟦gpt⟧, gpt-2]}\n  - similarity: {model: "⟦gpt⟧"}\n  - pairwise: {criteria: Good?, baseline: ⟦gpt⟧}\ncompare: {baseline: ⟦gpt⟧}\ngate: [{metric: accuracy, model: ⟦gpt⟧, atLeast: 1}]\n',
    'deep/er/b.bench.yml': "models:\n  - '⟦gpt⟧'\n",
    'deep/c.bench.yaml': 'models: [gpt4, embedded:knn]\ndescription: gpt\n',
    'other/workbench.yaml': 'connections: {gpt: {provider: openai}}\n',
    'other/d.bench.yaml': 'models: [gpt]\n',
  },
  'a platform': {
    'workbench.yaml': 'compute:\n  ⟦farm‸⟧: {type: local}\n',
    'a.tune.yaml': 'name: a\nplatform: ⟦farm⟧\n',
    'b.tune.yaml': 'name: farm\nplatform: local\n',
  },
  'a tuning job, by its checkpoints': {
    'a.tune.yaml': 'name: ⟦tri‸age⟧\nbase: embedded:linear\n',
    'b.tune.yaml': 'name: b\nbase: checkpoint:⟦triage⟧@best\n',
    'c.bench.yaml':
      'name: triage\nmodels: ["checkpoint:⟦triage⟧", checkpoint:triage2, checkpoint:⟦triage⟧@last]\ngate: [{metric: accuracy, model: checkpoint:⟦triage⟧@3}]\n',
  },
  'a registered model': {
    'a.tune.yaml': 'name: a\nregister: {model: ⟦m⟧}\n',
    'b.bench.yaml': 'models: [registry:⟦m‸⟧@3, registry:mm@3, registry:⟦m⟧@candidate]\n',
    'p.policy.yaml': 'id: p\nassess: {model: ⟦m⟧@candidate}\n',
    'c.tune.yaml': 'base: registry:⟦m⟧@1\n',
  },
  'a benchmark, asked from a check': {
    'a.bench.yaml': 'name: ⟦my bench⟧\n',
    'p.policy.yaml':
      'id: p\ncontrols:\n  - id: C\n    checks: [{id: c, type: metric, benchmark: ⟦my‸ bench⟧, metric: accuracy}, {id: d, type: metric, benchmark: other}]\n',
  },
  'a policy': {
    'a.policy.yaml': 'id: ⟦base.rules⟧\n',
    'b.policy.yaml': 'id: b\nextends: [{id: ⟦base.‸rules⟧, version: ^1.0.0}]\n',
    'c.policy.yaml': 'id: c\nextends:\n  - id: b\n    version: "1"\n  - id: ⟦base.rules⟧\n    version: "1"\n',
  },
  'a control, in the policies that build on each other': {
    'base.policy.yaml': 'id: base\ncontrols: [{id: ⟦C-1⟧, title: One}, {id: C-2}]\n',
    'corporate.policy.yaml': 'id: corporate\nextends: [{id: base}]\ncontrols: [{id: C-3}]\n',
    'team.policy.yaml': 'id: team\nextends: [{id: corporate}]\ncontrols: [{id: ⟦C-‸1⟧, severity: high}]\n',
    'cousin.policy.yaml': 'id: cousin\nextends: [{id: base}]\ncontrols: [{id: ⟦C-1⟧}]\n',
    'stranger.policy.yaml': 'id: stranger\ncontrols: [{id: C-1}]\n',
  },
  'a control that two policies have each for itself': {
    'base.policy.yaml': 'id: base\ncontrols: [{id: C-2}]\n',
    'a.policy.yaml': 'id: a\nextends: [{id: base}]\ncontrols: [{id: ⟦T‸-1⟧}]\n',
    'b.policy.yaml': 'id: b\nextends: [{id: base}]\ncontrols: [{id: T-1}]\n',
  },
  'a check of a control': {
    'base.policy.yaml': 'id: base\ncontrols: [{id: A, checks: [{id: ⟦c⟧}]}, {id: B, checks: [{id: c}]}]\n',
    'team.policy.yaml': 'id: team\nextends: [{id: base}]\ncontrols: [{id: A, checks: [{id: ⟦c‸⟧}]}]\n',
  },
  'a framework and its ids': {
    'a.policy.yaml':
      'id: a\nframeworks: [{id: mitre-atlas, version: "1"}]\ncontrols: [{id: A, mappings: [{framework: mitre-atlas, id: ⟦AML.T‸0051⟧}, {framework: other, id: AML.T0051}]}]\n',
    'b.policy.yaml': 'id: b\ncontrols: [{id: B, mappings: [{framework: mitre-atlas, id: ⟦AML.T0051⟧}]}]\n',
  },
  'a metric with a name of its own': {
    'a.bench.yaml':
      'name: a\nmetrics:\n  - f1\n  - latency: {name: ⟦fa‸st⟧}\n  - robustness: {metric: ⟦fast⟧}\ngate: [{metric: ⟦fast⟧.p95, model: x}, {metric: f1, model: x}, {metric: faster, model: x}]\n',
    'p.policy.yaml':
      'id: p\ncontrols: [{id: A, checks: [{id: c, type: metric, benchmark: a, metric: ⟦fast⟧.mean}, {id: d, benchmark: b, metric: fast}]}]\n',
    'b.bench.yaml': 'name: b\nmetrics: [{latency: {name: fast}}]\n',
  },
  'a metric under its usual name': {
    'a.bench.yaml': 'name: a\nmetrics: [⟦f‸1⟧, {f1: {name: own}}]\ngate:\n  - metric: ⟦f1⟧\n    model: x\n',
    'p.policy.yaml': 'id: p\ncontrols: [{id: A, checks: [{id: c, benchmark: a, metric: ⟦f1⟧}]}]\n',
  },
  'a metric of a tuning job': {
    'a.tune.yaml': 'name: a\nevaluation: {metrics: [{⟦f1⟧: {average: macro}}], select: {metric: ⟦f‸1⟧}}\n',
    'b.tune.yaml': 'name: b\nevaluation: {metrics: [f1]}\n',
  },
  'a column: rows, benchmarks, tuning jobs, prompts and policies': {
    'data/d.jsonl': '{"id": {"text": 1}, ⟦"text"⟧: "x", "label": "text"}\n{"text": "y"}\n',
    'a.bench.yaml':
      'name: a\ndataset: {path: data/d.jsonl, input: ⟦te‸xt⟧, target: [label, ⟦text⟧], slices: [label, ⟦text⟧.length], filter: {⟦text⟧: x}, split: {field: ⟦text⟧, stratify: ⟦text⟧, test: a}, sample: {rows: 1, stratify: ⟦text⟧}, choices: {columns: [⟦text⟧]}, images: [⟦text⟧], audio: ⟦text⟧}\nprompts: [prompts/p.prompt.yml]\nmetrics: [{fairness: {slice: ⟦text⟧}}, {pass-at-k: {tests: ⟦text⟧, entryPoint: ⟦text⟧}}]\nperturbations: [{paraphrases: {path: e.jsonl, key: ⟦text⟧, column: text}}]\nmodels: [web]\n',
    'prompts/p.prompt.yml':
      'messages:\n  - role: user\n    content: |\n      Read {{ ⟦text⟧ }} and {{label}}.\n      {% for text2 in items %}{{ text2 }}{% endfor %}{% if ⟦text⟧.length %}text{% endif %}\n  - role: user\n    content: [{type: text, text: "A\\t{{⟦text⟧}}"}, {type: image, image: "{{ ⟦text⟧ }}"}]\n',
    'prompts/q.prompt.yml': 'messages: [{role: user, content: "{{text}}"}]\n',
    'b.bench.yaml': 'name: b\ndataset: {path: other.jsonl, input: text}\nprompts: [prompts/q.prompt.yml]\n',
    'jobs/j.tune.yaml':
      'name: j\naspects: {robustness: {dataset: {path: ../data/d.jsonl, input: ⟦text⟧, target: label, split: {group: ⟦text⟧}}}}\n',
    'p.policy.yaml':
      'id: p\ncontrols: [{id: A, checks: [{id: c, benchmark: a, metric: f1, slice: ⟦text⟧}, {id: d, benchmark: b, slice: text}]}]\n',
    'workbench.yaml':
      'connections:\n  web: {provider: http, url: "http://x/{{⟦text⟧}}", headers: {X: "{{ ⟦text⟧ }}"}, body: {deep: [{er: "{{⟦text⟧ | upper}} {{input}}"}]}}\n',
  },
  'a column, asked from a prompt': {
    'd.csv': 'id,⟦text⟧,label\n1,a,b\n',
    'a.bench.yaml': 'dataset: {path: d.csv, input: ⟦text⟧, target: label}\nprompts: [p.prompt.yml]\n',
    'b.bench.yaml': 'dataset: {path: ./d.csv, target: label}\n',
    'p.prompt.yml': 'messages: [{role: user, content: "{{⟦te‸xt⟧}} {{ ⟦text⟧ }}"}]\n',
  },
  'a column whose name needs quotes in the header': {
    'd.tsv': '"a\tb"\t⟦"te""xt"⟧\n',
    'a.bench.yaml': `dataset: {path: d.tsv, input: '⟦te‸"xt⟧'}\n`,
  },
  'a dataset, from wherever it is named': {
    'data/d.csv': 'a,b\n',
    'a.bench.yaml': 'dataset: {path: ⟦data/d.‸csv⟧, input: a}\n',
    'sub/b.bench.yaml':
      "dataset: {path: '⟦../data/d.csv⟧'}\nperturbations: [{paraphrases: {path: ⟦./../data/d.csv⟧}}]\n",
    'c.bench.yaml': 'dataset: {path: data, split: {train: ⟦d.csv⟧, test: e.csv}}\n',
    'd.bench.yaml': 'dataset: {path: data/e.csv, split: {train: ⟦d.csv⟧, test: 30%}}\n',
    'sub/j.tune.yaml':
      'aspects:\n  core-performance:\n    dataset:\n      path: "⟦../data/d.csv⟧"\n      card: d.csv\n',
    'workbench.yaml': 'connections: {r: {provider: replay, path: ⟦data/d.csv⟧}}\n',
  },
  'rubrics, words, schemas and cards': {
    'r.md': '',
    'a.bench.yaml':
      'dataset: {path: d.csv, card: ⟦r.md⟧}\nmetrics: [{judge: {rubric: ⟦r.m‸d⟧, prompt: ⟦r.md⟧}}, {pairwise: {rubric: ⟦r.md⟧}}, {toxicity: {words: ⟦r.md⟧, rubric: ⟦r.md⟧}}, {json-schema: {schema: ⟦r.md⟧}}]\n',
    'p.policy.yaml': 'id: p\nsource: {document: ⟦r.md⟧}\n',
    'j.tune.yaml': 'register: {model: m, card: ⟦r.md⟧}\n',
  },
  'a prompt, asked from its first line': {
    'prompts/p.prompt.yml': '‸messages: [{role: user, content: hi}]\n',
    'a.bench.yaml':
      'prompts:\n  - ⟦prompts/p.prompt.yml⟧\n  - prompts/q.prompt.yml\nmetrics: [{judge: {prompt: ⟦prompts/p.prompt.yml⟧}}]\n',
  },
  'a prompt, asked from its name': {
    'p.prompt.yml': 'description: x\nname: My ‸prompt\nmessages: []\n',
    'a.bench.yaml': 'prompts: [⟦p.prompt.yml⟧]\n',
  },
  'an anchor and its aliases': {
    'a.tune.yaml':
      'aspects:\n  core-performance: {dataset: &⟦rows⟧ # &rows\n    {path: a}}\n  robustness: {dataset: {<<: *⟦ro‸ws⟧}}\n  ethical-alignment: {dataset: *⟦rows⟧}\n',
  },
  'an anchor that is given twice': {
    'a.bench.yaml': 'name: &a one\ndescription: *a\ndataset: {path: &⟦a⟧ two, card: *⟦‸a⟧}\n',
  },
  'an aspect': {
    'a.tune.yaml':
      'aspects: {⟦robust‸ness⟧: {weight: 1}}\nevaluation: {select: {aspect: ⟦robustness⟧}}\nname: robustness\n',
    'b.tune.yaml': 'aspects: {robustness: {}}\n',
  },
  'an embedded model, in its own file': {
    'a.bench.yaml': 'models: [⟦embedded:knn⟧, embedded:linear]\ncompare: {baseline: ⟦embedded:k‸nn⟧}\n',
    'b.bench.yaml': 'models: [embedded:knn]\n',
  },
  'names in a file that is only half typed': {
    'workbench.yaml': 'connections:\n  ⟦gpt⟧:\n',
    'a.bench.yaml': 'models: [⟦gp‸t⟧, \ngate: [{model: ⟦gpt⟧,\n',
  },
  'names in a file with CRLF and characters of two units': {
    'workbench.yaml': '# 🎈\r\nconnections: {"🎈": {}, ⟦gpt⟧: {}}\r\n',
    'a.bench.yaml': 'name: "🎈🎈"\r\nmodels: ["🎈", ⟦g‸pt⟧]\r\n',
  },
};

describe('references', () => {
  for (const [what, files] of Object.entries(cases)) {
    it(`finds ${what}`, async () => {
      const { client, uri, position, marked, place } = await startMarkedWorkspace(files);
      try {
        const found = await client.request<Location[]>('textDocument/references', {
          textDocument: { uri },
          position,
          context: { includeDeclaration: true },
        });
        assert.deepEqual(found.map(place).sort(), marked);
      } finally {
        await client.stop();
      }
    });
  }

  it('leaves declarations out where they are not wanted', async () => {
    const { client, uri, position, marked, place } = await startMarkedWorkspace({
      'base.policy.yaml': 'id: base\ncontrols: [{id: C-1}]\n',
      'team.policy.yaml': 'id: team\nextends: [{id: base}]\ncontrols: [{id: ⟦C-‸1⟧}]\n',
    });
    const found = await client.request<Location[]>('textDocument/references', {
      textDocument: { uri },
      position,
      context: { includeDeclaration: false },
    });
    assert.deepEqual(found.map(place), marked);
    await client.stop();
  });

  it('sends many in portions to clients that take them so', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 250 }, (_, index) => [`b${index}.bench.yaml`, 'models: [gpt]\n']),
    );
    const workbench = { 'workbench.yaml': 'connections: {g‸pt: {}}\n' };
    const { client, uri, position } = await startMarkedWorkspace({ ...workbench, ...files });
    const params = { textDocument: { uri }, position, context: { includeDeclaration: true } };
    const rest = await client.request<Location[]>('textDocument/references', { ...params, partialResultToken: 'part' });
    assert.deepEqual(rest, []);
    const parts = client.progress.filter(({ token }) => token === 'part').map(({ value }) => value as Location[]);
    assert.deepEqual(
      parts.map(part => part.length),
      [100, 100, 51],
    );
    await client.stop();
  });
});

describe('highlights', () => {
  it('tell where a name is given and where it is used', async () => {
    const { client, uri, position, marked, place } = await startMarkedWorkspace({
      'a.bench.yaml':
        'models: [embedded:knn, gpt]\nmetrics: [f1, {latency: {name: ⟦fast⟧}}]\ngate: [{metric: ⟦fast⟧.p95, model: gpt}, {metric: ⟦fa‸st⟧, model: gpt}]\n',
    });
    const found = await client.request<DocumentHighlight[]>('textDocument/documentHighlight', {
      textDocument: { uri },
      position,
    });
    assert.deepEqual(
      found.map(({ range }) => place({ uri, range })),
      marked,
    );
    const { Write, Read } = DocumentHighlightKind;
    assert.deepEqual(
      found.map(({ kind }) => kind),
      [Write, Read, Read],
    );
    await client.stop();
  });
});
