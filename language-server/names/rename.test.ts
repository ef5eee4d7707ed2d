import assert from 'node:assert/strict';
import type { PrepareRenameResult, WorkspaceEdit } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { startMarkedWorkspace, type MarkedWorkspace } from '../../test/fakes/marked-workspace.ts';

type Files = Readonly<Record<string, string>>;

/** At ‸ the new name is given: the files on the right are what becomes of those that change. */
const renamed: Readonly<Record<string, { readonly files: Files; readonly to: string; readonly become: Files }>> = {
  'a connection everywhere, with its quotes': {
    files: {
      'workbench.yaml': 'connections:\n  gpt: {provider: openai, model: gpt}\njudge: "gpt"\n',
      'a.bench.yaml': "models: [gp‸t, 'gpt', gpt2]\ngate: [{model: gpt, metric: gpt}] # gpt\n",
    },
    to: 'big-one',
    become: {
      'workbench.yaml': 'connections:\n  big-one: {provider: openai, model: gpt}\njudge: "big-one"\n',
      'a.bench.yaml': "models: [big-one, 'big-one', gpt2]\ngate: [{model: big-one, metric: gpt}] # gpt\n",
    },
  },
  'a connection to a word that YAML would take for another value': {
    files: { 'workbench.yaml': 'connections:\n  g‸pt: {}\njudge: gpt\n' },
    to: 'true',
    become: { 'workbench.yaml': 'connections:\n  "true": {}\njudge: "true"\n' },
  },
  'a platform': {
    files: { 'workbench.yaml': 'compute: {farm: {type: local}}\n', 'a.tune.yaml': 'platform: fa‸rm\n' },
    to: 'pool',
    become: { 'workbench.yaml': 'compute: {pool: {type: local}}\n', 'a.tune.yaml': 'platform: pool\n' },
  },
  'a registry within the models that are registered there': {
    files: {
      'workbench.yaml':
        'registries: {shared: {type: mlflow}}\nconnections: {a: {registered: shared/granite@3}, b: {registered: granite@3}}\n',
      'a.bench.yaml': 'models: ["registry:sha‸red/granite@3", registry:shared/shared@shared, registry:shared@1]\n',
    },
    to: 'team',
    become: {
      'workbench.yaml':
        'registries: {team: {type: mlflow}}\nconnections: {a: {registered: team/granite@3}, b: {registered: granite@3}}\n',
      'a.bench.yaml': 'models: ["registry:team/granite@3", registry:team/shared@shared, registry:shared@1]\n',
    },
  },
  'a job within its checkpoints': {
    files: {
      'j.tune.yaml': 'name: job\n',
      'k.tune.yaml': 'base: "checkpoint:job@3"\n',
      'a.bench.yaml': 'models: [checkpoint:jo‸b@best, checkpoint:job, checkpoint:job2]\n',
    },
    to: '7',
    become: {
      'j.tune.yaml': 'name: "7"\n',
      'k.tune.yaml': 'base: "checkpoint:7@3"\n',
      'a.bench.yaml': 'models: [checkpoint:7@best, checkpoint:7, checkpoint:job2]\n',
    },
  },
  'a benchmark to a name that needs quotes': {
    files: {
      'a.bench.yaml': 'name: >-\n  my\n  bench\nseed: 1\n',
      'p.policy.yaml': "controls: [{checks: [{benchmark: 'my be‸nch'}, {benchmark: my bench}]}]\n",
    },
    to: "it's: one",
    become: {
      'a.bench.yaml': 'name: "it\'s: one"\nseed: 1\n',
      'p.policy.yaml': "controls: [{checks: [{benchmark: 'it''s: one'}, {benchmark: \"it's: one\"}]}]\n",
    },
  },
  'a policy': {
    files: { 'a.policy.yaml': 'id: a‸\n', 'b.policy.yaml': 'id: b\nextends: [{id: a, version: "1"}]\n' },
    to: 'acme.a',
    become: { 'a.policy.yaml': 'id: acme.a\n', 'b.policy.yaml': 'id: b\nextends: [{id: acme.a, version: "1"}]\n' },
  },
  'a control in the policies that build on each other': {
    files: {
      'a.policy.yaml': 'id: a\ncontrols: [{id: C}]\n',
      'b.policy.yaml': 'id: b\nextends: [{id: a}]\ncontrols: [{id: C‸, checks: [{id: C}]}]\n',
      'c.policy.yaml': 'id: c\ncontrols: [{id: C}, {id: D}]\n',
    },
    to: 'D',
    become: {
      'a.policy.yaml': 'id: a\ncontrols: [{id: D}]\n',
      'b.policy.yaml': 'id: b\nextends: [{id: a}]\ncontrols: [{id: D, checks: [{id: C}]}]\n',
    },
  },
  'a check': {
    files: {
      'a.policy.yaml': 'id: a\ncontrols: [{id: C, checks: [{id: x}]}, {id: D, checks: [{id: x}]}]\n',
      'b.policy.yaml': 'id: b\nextends: [{id: a}]\ncontrols: [{id: C, checks: [{id: x‸}]}]\n',
    },
    to: 'C.y',
    become: {
      'a.policy.yaml': 'id: a\ncontrols: [{id: C, checks: [{id: C.y}]}, {id: D, checks: [{id: x}]}]\n',
      'b.policy.yaml': 'id: b\nextends: [{id: a}]\ncontrols: [{id: C, checks: [{id: C.y}]}]\n',
    },
  },
  'a metric’s own name within its figures': {
    files: {
      'a.bench.yaml': 'name: a\nmetrics: [{latency: {name: fast}}]\ngate: [{metric: fa‸st.p95}]\n',
      'p.policy.yaml': 'controls: [{checks: [{benchmark: a, metric: fast.mean}]}]\n',
    },
    to: 'slow',
    become: {
      'a.bench.yaml': 'name: a\nmetrics: [{latency: {name: slow}}]\ngate: [{metric: slow.p95}]\n',
      'p.policy.yaml': 'controls: [{checks: [{benchmark: a, metric: slow.mean}]}]\n',
    },
  },
  'an aspect': {
    files: { 'a.tune.yaml': 'aspects: {robust‸ness: {}}\nevaluation: {select: {aspect: robustness}}\n' },
    to: 'core-performance',
    become: { 'a.tune.yaml': 'aspects: {core-performance: {}}\nevaluation: {select: {aspect: core-performance}}\n' },
  },
  'an anchor': {
    files: { 'a.bench.yaml': 'name: &one one\ndescription: *on‸e\n' },
    to: 'first',
    become: { 'a.bench.yaml': 'name: &first one\ndescription: *first\n' },
  },
};

const refused: Readonly<Record<string, { readonly files: Files; readonly to?: string; readonly reason: RegExp }>> = {
  'a column': {
    files: { 'a.bench.yaml': 'dataset: {path: d.csv, input: te‸xt}\n' },
    reason: /dataset’s file names its columns/,
  },
  'a variable': {
    files: { 'p.prompt.yml': 'messages: [{role: user, content: "{{te‸xt}}"}]\n' },
    reason: /column of the dataset/,
  },
  'a path': { files: { 'a.bench.yaml': 'prompts: [p.pro‸mpt.yml]\n' }, reason: /in the explorer/ },
  'an embedded model': { files: { 'a.bench.yaml': 'models: [embedded:kn‸n]\n' }, reason: /come with the workbench/ },
  'a registered model': { files: { 'a.bench.yaml': 'models: [registry:m‸@3]\n' }, reason: /registry keeps/ },
  'a framework': { files: { 'p.policy.yaml': 'frameworks: [{id: f‸}]\n' }, reason: /published under/ },
  'a metric’s usual name': { files: { 'a.bench.yaml': 'metrics: [f‸1]\n' }, reason: /Give it another with `name`/ },
  'what nothing declares': {
    files: { 'workbench.yaml': 'connections: {}\n', 'a.bench.yaml': 'models: [gp‸t]\n' },
    reason: /declares a connection `gpt`/,
  },
  'to a name with the wrong letters': {
    files: { 'workbench.yaml': 'connections: {g‸pt: {provider: openai, model: x}}\n' },
    to: '1 2',
    reason: /1 2/,
  },
  'to a connection that is there': {
    files: { 'workbench.yaml': 'connections: {g‸pt: {}, big: {}}\n' },
    to: 'big',
    reason: /There is a connection `big` already/,
  },
  'to a control that an extended policy has': {
    files: {
      'a.policy.yaml': 'id: a\ncontrols: [{id: D}]\n',
      'b.policy.yaml': 'id: b\nextends: [{id: a}]\ncontrols: [{id: C‸}]\n',
    },
    to: 'D',
    reason: /There is a control `D` already/,
  },
  'to an anchor that is there': {
    files: { 'a.bench.yaml': 'name: &on‸e one\ndescription: &two two\n' },
    to: 'two',
    reason: /There is an anchor `two` already/,
  },
  'to no anchor’s name': { files: { 'a.bench.yaml': 'name: &on‸e one\n' }, to: 'a b', reason: /no spaces/ },
  'to no aspect’s name': {
    files: { 'a.tune.yaml': 'name: a\nbase: embedded:linear\naspects: {robust‸ness: {}}\n' },
    to: 'speed',
    reason: /speed/,
  },
};

const capabilities = {
  textDocument: { rename: { prepareSupport: true } },
  workspace: { workspaceEdit: { documentChanges: true } },
};

function afterEdit({ files, client }: MarkedWorkspace, edit: WorkspaceEdit | null): Files {
  const changed: Record<string, string> = {};
  for (const change of edit?.documentChanges ?? []) {
    assert.ok('textDocument' in change);
    const file = Object.keys(files).find(name => client.uri(name) === change.textDocument.uri) ?? '';
    const document = TextDocument.create('', '', 1, files[file]?.text ?? '');
    changed[file] = TextDocument.applyEdits(
      document,
      change.edits.map(one => ({ range: one.range, newText: 'newText' in one ? one.newText : '' })),
    );
  }
  return changed;
}

describe('rename', () => {
  for (const [what, { files, to, become }] of Object.entries(renamed)) {
    it(`renames ${what}`, async () => {
      const workspace = await startMarkedWorkspace(files, { capabilities });
      const { client, uri, position } = workspace;
      try {
        const at = { textDocument: { uri }, position };
        const prepared = await client.request<PrepareRenameResult | null>('textDocument/prepareRename', at);
        assert.ok(prepared && 'placeholder' in prepared);
        const edit = await client.request<WorkspaceEdit | null>('textDocument/rename', { ...at, newName: to });
        assert.deepEqual(afterEdit(workspace, edit), become);
        const versions = edit?.documentChanges?.map(
          change => 'textDocument' in change && [change.textDocument.uri === uri, change.textDocument.version],
        );
        for (const version of versions ?? [])
          assert.deepEqual(version, version && version[0] ? [true, 1] : [false, null]);
      } finally {
        await client.stop();
      }
    });
  }

  for (const [what, { files, to, reason }] of Object.entries(refused)) {
    it(`refuses ${what} and says why`, async () => {
      const { client, uri, position } = await startMarkedWorkspace(files, { capabilities });
      try {
        const at = { textDocument: { uri }, position };
        if (to === undefined) await assert.rejects(client.request('textDocument/prepareRename', at), reason);
        await assert.rejects(client.request('textDocument/rename', { ...at, newName: to ?? 'other' }), reason);
      } finally {
        await client.stop();
      }
    });
  }

  it('has nothing to rename where no name is, and nothing to do for the same name', async () => {
    const { client, uri, position } = await startMarkedWorkspace(
      { 'workbench.yaml': 'connections: {g‸pt: {}}\n' },
      { capabilities },
    );
    const textDocument = { uri };
    const start = { line: 0, character: 0 };
    assert.equal(await client.request('textDocument/prepareRename', { textDocument, position: start }), null);
    assert.equal(await client.request('textDocument/rename', { textDocument, position, newName: 'gpt' }), null);
    await client.stop();
  });
});

const whole: Files = {
  'workbench.yaml': `connections:
  gpt: {provider: openai, model: gpt-4o, baseUrl: "http://localhost:1/v1"}
judge: gpt
compute: {farm: {type: local}}
`,
  'data/d.csv': 'text,label,split,group\na,x,train,g\nb,y,train,h\nc,x,test,g\nd,y,test,h\n',
  'a.bench.yaml': `name: bench
dataset: {path: data/d.csv, input: text, target: label, split: &split {field: split, train: train, test: test}, slices: [group]}
models: [gpt, checkpoint:job@best]
metrics: [{accuracy: {name: hits}}, {judge: {criteria: Good?, model: gpt}}]
compare: {baseline: gpt}
gate: [{metric: hits, model: checkpoint:job@best, atLeast: 0.5}]
`,
  'j.tune.yaml': `name: job
base: embedded:linear
platform: farm
aspects:
  robustness: {dataset: {path: data/d.csv, input: text, target: label, split: {field: split, train: train, test: test}}}
evaluation: {select: {aspect: robustness, metric: accuracy}}
`,
  'base.policy.yaml': `id: base
version: 1.0.0
level: corporate
controls:
  - id: C
    title: Right
    severity: high
    checks:
      - {id: C.hits, type: metric, benchmark: bench, metric: hits, assert: {op: ">=", value: 0.5}}
`,
  'team.policy.yaml': `id: team
version: 1.0.0
level: team
extends: [{id: base, version: ^1.0.0}]
controls:
  - id: C
    checks:
      - {id: C.hits, type: metric, benchmark: bench, metric: hits, assert: {op: ">=", value: 0.6}}
`,
};

describe('a workspace in which a name changes', () => {
  const asked: readonly (readonly [file: string, name: string, to: string])[] = [
    ['a.bench.yaml', 'gpt', 'big'],
    ['j.tune.yaml', 'farm', 'pool'],
    ['a.bench.yaml', 'bench', 'true'],
    ['a.bench.yaml', 'job@', '1.0'],
    ['team.policy.yaml', 'base', 'acme'],
    ['team.policy.yaml', 'C\n', 'D'],
    ['base.policy.yaml', 'C.hits', 'yes'],
    ['base.policy.yaml', 'hits, assert', 'null'],
    ['j.tune.yaml', 'robustness', 'core-performance'],
  ];
  for (const [file, name, to] of asked) {
    it(`has no new findings after ${name.trim()} is ${to}`, async () => {
      const files = { ...whole, [file]: (whole[file] ?? '').replace(name, `‸${name}`) };
      const workspace = await startMarkedWorkspace(files, { capabilities });
      const { client, uri, position } = workspace;
      try {
        const params = { textDocument: { uri }, position, newName: to };
        const changed = afterEdit(workspace, await client.request<WorkspaceEdit>('textDocument/rename', params));
        assert.ok(Object.keys(changed).length > 0);
        client.close(uri);
        for (const [path, text] of Object.entries(changed)) {
          await client.write(path, text);
          client.notifyFileChanged(path);
        }
        for (const path of Object.keys(whole).filter(one => one.endsWith('.yaml'))) {
          const findings = client.nextDiagnostics(client.uri(path), ({ version }) => version === 1);
          client.open(path, languageOf(path), changed[path] ?? whole[path] ?? '');
          assert.deepEqual((await findings).diagnostics, [], path);
        }
      } finally {
        await client.stop();
      }
    });
  }
});

function languageOf(path: string): string {
  return path === 'workbench.yaml' ? 'aiwb-workbench' : `aiwb-${path.split('.')[1] ?? ''}`;
}
