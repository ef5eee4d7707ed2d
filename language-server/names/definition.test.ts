import assert from 'node:assert/strict';
import type { DocumentLink, Location, LocationLink } from 'vscode-languageserver';
import { startMarkedWorkspace } from '../../test/fakes/marked-workspace.ts';

/** From ‸ to every ⟦place⟧. */
const cases: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'a connection to its key': {
    'workbench.yaml': 'connections:\n  "⟦gpt⟧": {provider: openai}\njudge: gpt\n',
    'sub/a.bench.yaml': 'gate: [{model: g‸pt}]\n',
  },
  'a connection to the nearest workbench.yaml only': {
    'workbench.yaml': 'connections: {gpt: {}}\n',
    'sub/workbench.yaml': 'connections: {⟦gpt⟧: {}}\n',
    'sub/deep/a.bench.yaml': 'models: [gp‸t]\n',
  },
  'the judge of the workspace to its connection': { 'workbench.yaml': 'connections: {⟦gpt⟧: {}}\njudge: gpt‸\n' },
  'a model no workbench.yaml declares to where the benchmark lists it': {
    'a.bench.yaml': 'models: [⟦gpt⟧]\ngate: [{model: g‸pt}]\n',
  },
  'an embedded model to where the benchmark lists it': {
    'a.bench.yaml': 'models: [embedded:knn, ⟦embedded:linear⟧]\ncompare: {baseline: embedded:lin‸ear}\n',
  },
  'a checkpoint to its job': {
    'a.bench.yaml': 'models: [chec‸kpoint:job@last]\n',
    'x/j.tune.yml': 'name: ⟦job⟧\n',
  },
  'a registered version to the jobs that register it': {
    'p.policy.yaml': 'assess: {model: m@candid‸ate}\n',
    'a.tune.yaml': 'register: {model: ⟦m⟧}\n',
    'b.tune.yaml': 'register: {model: ⟦m⟧}\n',
  },
  'a platform to its key': {
    'workbench.yaml': 'compute: {⟦farm⟧: {type: local}}\n',
    'a.tune.yaml': 'platform: far‸m\n',
  },
  'a restated control to where it is first asked for': {
    'a.policy.yaml': 'id: a\ncontrols: [{id: ⟦C⟧}]\n',
    'b.policy.yaml': 'id: b\nextends: [{id: a}]\ncontrols: [{id: C}]\n',
    'c.policy.yaml': 'id: c\nextends: [{id: b}]\ncontrols: [{id: C‸}]\n',
    'd.policy.yaml': 'id: d\nextends: [{id: a}]\ncontrols: [{id: C}]\n',
    'e.policy.yaml': 'id: e\ncontrols: [{id: C}]\n',
  },
  'a restated check likewise': {
    'a.policy.yaml': 'id: a\ncontrols: [{id: C, checks: [{id: ⟦C.x⟧}]}]\n',
    'b.policy.yaml': 'id: b\nextends: [{id: a}]\ncontrols: [{id: C, checks: [{id: C.‸x}]}]\n',
  },
  'policies that extend each other in a circle': {
    'a.policy.yaml': 'id: a\nextends: [{id: b}]\ncontrols: [{id: C}]\n',
    'b.policy.yaml': 'id: ⟦b⟧\nextends: [{id: a}]\n',
    'c.policy.yaml': 'id: c\nextends: [{id: b‸}]\n',
  },
  'a framework of a mapping to where the policy lists it': {
    'a.policy.yaml': 'id: a\nframeworks: [{id: f, version: "1"}]\n',
    'b.policy.yaml':
      'id: b\nframeworks: [{id: ⟦f⟧, version: "1"}]\ncontrols: [{id: C, mappings: [{framework: f‸, id: X}]}]\n',
  },
  'a framework that is inherited': {
    'a.policy.yaml': 'id: a\nframeworks: [{id: ⟦f⟧, version: "1"}]\n',
    'b.policy.yaml': 'id: b\nextends: [{id: a}]\ncontrols: [{id: C, mappings: [{framework: f‸, id: X}]}]\n',
  },
  'a framework id to nothing': { 'b.policy.yaml': 'id: b\ncontrols: [{id: C, mappings: [{framework: f, id: X‸}]}]\n' },
  'a figure to the metric that computes it': {
    'a.bench.yaml': 'metrics: [f1, ⟦latency⟧]\ngate: [{metric: laten‸cy.p95}]\n',
  },
  'a figure in a policy to the metric of the benchmark': {
    'a.bench.yaml': 'name: b\nmetrics: [{f1: {name: ⟦own⟧}}, own2]\n',
    'p.policy.yaml': 'id: p\ncontrols: [{id: C, checks: [{id: c, benchmark: b, metric: ow‸n}]}]\n',
  },
  'an alias to its anchor': { 'a.bench.yaml': 'name: &⟦n⟧ x\ndescription: *‸n\n' },
  'a prompt to its file': { 'a.bench.yaml': 'prompts: [p/x.prom‸pt.yml]\n', 'p/x.prompt.yml': '⟦⟧messages: []\n' },
  'a split’s file, seen from the dataset': {
    'a.bench.yaml': 'dataset: {path: data, split: {test: b.c‸sv}}\n',
    'data/b.csv': '⟦⟧a,b\n',
  },
  'a file that is not there to nothing': { 'a.bench.yaml': 'dataset: {path: no‸ne.csv}\n' },
  'a path in a prompt that is a file': {
    'p/p.prompt.yml': 'messages: [{role: user, content: [{type: image, image: pic/a.‸png}]}]\n',
    'p/pic/a.png': '⟦⟧',
  },
  'a column to the header': { 'a.bench.yaml': 'dataset: {path: d.csv, target: b‸}\n', 'd.csv': 'a,⟦b⟧\n' },
  'a column to the first row that has it': {
    'a.bench.yaml': 'dataset: {path: d.jsonl, slices: [b‸]}\n',
    'd.jsonl': '{"a": {"b": 1}}\n{"a": "\\"b\\": 2", ⟦"b"⟧: 3}\n',
  },
  'a column to the first item of a list of rows': {
    'a.bench.yaml': 'dataset: {path: d.json, slices: [b‸.c]}\n',
    'd.json': '[\n  {"a": ["b"], ⟦"b"⟧: {"c": 1}}\n]\n',
  },
  'a variable to the column of every dataset it is filled from': {
    'p.prompt.yml': 'messages: [{role: user, content: "{{ b‸ }}"}]\n',
    'a.bench.yaml': 'dataset: {path: d.csv}\nprompts: [p.prompt.yml]\n',
    'b.bench.yaml': 'dataset: {path: e.csv}\nprompts: [./p.prompt.yml]\n',
    'd.csv': 'a,⟦b⟧\n',
    'e.csv': '⟦b⟧,a\n',
    'f.csv': 'b\n',
  },
  'a variable of a dataset that is no text to the benchmark’s use': {
    'p.prompt.yml': 'messages: [{role: user, content: "{{ b‸ }}"}]\n',
    'a.bench.yaml': 'dataset: {path: d.parquet, input: ⟦b⟧}\nprompts: [p.prompt.yml]\n',
  },
  'a judge’s variable to nothing': {
    'p.prompt.yml': 'messages: [{role: user, content: "{{ b‸ }}"}]\n',
    'a.bench.yaml': 'dataset: {path: d.csv, input: b}\nmetrics: [{judge: {prompt: p.prompt.yml}}]\n',
    'd.csv': 'a,b\n',
  },
  'a slice of a policy to the column': {
    'p.policy.yaml': 'id: p\ncontrols: [{id: C, checks: [{id: c, benchmark: b, slice: s‸}]}]\n',
    'a.bench.yaml': 'name: b\ndataset: {path: d.csv, slices: [s]}\n',
    'd.csv': '⟦s⟧\n',
  },
};

describe('definition', () => {
  for (const [what, files] of Object.entries(cases)) {
    it(`leads from ${what}`, async () => {
      const { client, uri, position, marked, place } = await startMarkedWorkspace(files);
      try {
        for (const method of ['definition', 'declaration']) {
          const found = await client.request<Location | Location[] | null>(`textDocument/${method}`, {
            textDocument: { uri },
            position,
          });
          assert.deepEqual([found ?? []].flat().map(place).sort(), marked);
        }
      } finally {
        await client.stop();
      }
    });
  }

  it('marks what was asked about for clients that show it', async () => {
    const { client, uri, position, place, marked } = await startMarkedWorkspace(
      { 'a.bench.yaml': 'models: ["checkpoint:⟦job⟧‸@last"]\n', 'j.tune.yaml': 'name: ⟦job⟧\n' },
      { capabilities: { textDocument: { definition: { linkSupport: true } } } },
    );
    const [link] = await client.request<LocationLink[]>('textDocument/definition', { textDocument: { uri }, position });
    assert.ok(link?.originSelectionRange);
    assert.deepEqual(
      [place({ uri, range: link.originSelectionRange }), place({ uri: link.targetUri, range: link.targetRange })],
      marked,
    );
    await client.stop();
  });
});

describe('document links', () => {
  it('lead from every path, and say to what', async () => {
    const { client, uri, place, marked, open } = await startMarkedWorkspace({
      'a.bench.yaml':
        'na‸me: a.csv\ndataset: {path: ⟦d.csv⟧, card: "⟦c.md⟧", split: {train: ⟦t.csv⟧, test: 30%}}\nprompts: [⟦p.prompt.yml⟧]\nmetrics: [{judge: {rubric: ⟦r.md⟧}}, {json-schema: {schema: ⟦s.json⟧}}]\n',
      'p.policy.yaml': 'id: p\nsource: {document: Our rules}\nassess: {scorecard: ⟦../s.scorecard.json⟧}\n',
      'q.policy.yaml': 'id: q\nsource: {document: ⟦p.policy.yaml⟧}\n',
      'workbench.yaml':
        'store: .aiwb\nnetwork: {clientCertificate: {cert: ⟦c.pem⟧, key: k.pem}}\nconnections: {r: {provider: replay, path: ⟦a.jsonl⟧}}\n',
    });
    const found: string[] = [];
    const tooltips: (string | undefined)[] = [];
    for (const other of [uri, open('p.policy.yaml'), open('q.policy.yaml'), open('workbench.yaml')]) {
      const links = await client.request<DocumentLink[]>('textDocument/documentLink', { textDocument: { uri: other } });
      found.push(...links.map(({ range }) => place({ uri: other, range })));
      tooltips.push(...links.map(({ tooltip }) => tooltip));
      if (other === uri) assert.equal(links[0]?.target, client.uri('d.csv'));
    }
    assert.deepEqual(found.sort(), marked);
    assert.deepEqual(tooltips.slice(0, 4), [
      'Open the dataset',
      'Open the card',
      'Open the training rows',
      'Open the prompt',
    ]);
    await client.stop();
  });
});
