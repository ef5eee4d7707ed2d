import assert from 'node:assert/strict';
import { parse } from 'yaml';
import { makeCellFolder, result, type CellFolder } from '../../test/fakes/cells.ts';

const bench = `# What we ask
name: triage # its name
dataset:
  path: ../data/tickets.jsonl
  input: text
  target: category
  split: {test: 50%}
models: [embedded:majority]
limits: {concurrency: 4, timeout: 30s}
`;
const rows = '{"text":"a","category":"x"}\n{"text":"b","category":"y"}\n';
const files = { 'data/tickets.jsonl': rows, 'benches/triage.bench.yaml': bench };

const part = 'name: part\ndataset: {path: ../data/tickets.jsonl, input: text, target: category, split: {test: 50%}}\n';
const policy = 'id: acme.small\nversion: 1.0.0\nlevel: team\n';

describe('readCell', () => {
  let folder: CellFolder;
  before(async () => {
    folder = await makeCellFolder(
      {
        ...files,
        'benches/broken.bench.yaml': 'name: [\n',
        'benches/part.bench.yaml': part,
        'workbench.yaml': 'connections:\n  gpt: {provider: openai, model: gpt-4o, apiKey: {env: KEY}}\n',
        'small.policy.yaml': policy,
        'ask.prompt.yml': 'messages:\n  - {role: user, content: "{{text}}"}\n',
        'job.tune.yaml': `name: job\nbase: embedded:linear\naspects:\n  core-performance:\n    dataset: {path: data/tickets.jsonl, input: text, target: category, split: {field: text, train: a, test: b}}\n`,
      },
      {
        '20260101-000000-aaaaa': 'benchmark',
        '20260101-000000-bbbbb': 'benchmark',
        '20260202-000000-ccccc': 'tune',
        '20260202-000000-ddddd': 'tune',
      },
    );
  });
  after(() => folder.remove());

  async function textOf(...given: Parameters<CellFolder['read']>): Promise<string> {
    const job = await folder.read(...given);
    return job.kind === 'run' ? job.request.text : job.kind;
  }

  const plain =
    'name: a\ndataset: {path: ../data/tickets.jsonl, input: text, target: category}\nmodels: [embedded:knn]\n';

  it('gives a cell with fields of its own only as it stands', async () => {
    const job = await folder.read(plain);
    assert.deepEqual(job, {
      kind: 'run',
      as: undefined,
      request: { path: folder.notebook, text: plain, kind: 'benchmark', cell: 'c1' },
    });
    assert.deepEqual(await folder.read(' # later\n'), { kind: 'empty' });
  });

  it('takes the name of the result out and leaves every line in its place', async () => {
    const text = `# first\nas: first # the plain one\n${plain}`;
    const job = await folder.read(text);
    assert.equal(job.kind === 'run' && job.as, 'first');
    assert.equal(job.kind === 'run' && job.request.text, `# first\n # the plain one\n${plain}`);
    assert.equal(await textOf(`${plain}as: last-one`), plain);
    assert.deepEqual(parse(await textOf(`{as: first, ${flow}}`)), parse(`{${flow}}`));
    assert.deepEqual(parse(await textOf(`as: &n first\nname: *n\n${plain.slice(plain.indexOf('\n') + 1)}`)), {
      ...(parse(plain) as object),
      name: 'first',
    });
  });
  const flow = 'name: a, dataset: {path: ../data/tickets.jsonl, input: text, target: category}, models: [embedded:knn]';

  it('gives a file that is used and not changed as it is, at its own path', async () => {
    const job = await folder.read('use: ../benches/triage.bench.yaml\nas: first', 'yaml');
    assert.deepEqual(job, {
      kind: 'run',
      as: 'first',
      request: { path: folder.at('benches/triage.bench.yaml'), text: bench, kind: 'benchmark', cell: 'c1' },
    });
  });

  it('lays its fields over those of the file: mappings merged, others replaced, null taken out', async () => {
    const text = await textOf(
      'use: ../benches/triage.bench.yaml\nlimits: {timeout: null, budget: 1.00 USD}\nmodels:\n  - embedded:knn\n  - embedded:linear\nseed: 3\ndataset: {split: {seed: 9}}',
    );
    assert.deepEqual(parse(text), {
      name: 'triage',
      dataset: { path: '../data/tickets.jsonl', input: 'text', target: 'category', split: { test: '50%', seed: 9 } },
      models: ['embedded:knn', 'embedded:linear'],
      limits: { concurrency: 4, budget: '1.00 USD' },
      seed: 3,
    });
    assert.ok(text.startsWith('# What we ask\nname: triage # its name\ndataset:\n  path: ../data/tickets.jsonl\n'));
  });

  it('makes paths of the cell start where those of the file do', async () => {
    const text = await textOf('use: ../benches/triage.bench.yaml\ndataset: {path: rows.jsonl}').catch(String);
    assert.match(text, /notes\/story.ipynb:2:17: There is no file `\.\.\/notes\/rows\.jsonl`/);
    const same = await textOf('use: ../benches/triage.bench.yaml\ndataset: {path: ./../data/tickets.jsonl}');
    assert.equal((parse(same) as { dataset: { path: string } }).dataset.path, '../data/tickets.jsonl');
  });

  it('completes a file that is none by itself', async () => {
    const text = await textOf('use: ../benches/part.bench.yaml\nmodels: [embedded:knn]');
    assert.equal(text, `${part}models: [embedded:knn]\n`);
    assert.match(
      await folder.refuse('use: ../benches/part.bench.yaml'),
      /^benches\/part\.bench\.yaml:1:1: Missing `models`/,
    );
  });

  it('tells faults of the cell there, and of the file there', async () => {
    const use = 'use: ../benches/triage.bench.yaml\n';
    const refuse = (rest: string): Promise<string> => folder.refuse(use + rest);
    assert.match(await refuse('repeats: many'), /^notes\/story\.ipynb:2:10: `repeats` must be/);
    assert.match(await refuse('dataset: {input: txet}'), /^notes\/story\.ipynb:2:18: .*txet.*`text`/);
    assert.match(await refuse('models: null'), /^notes\/story\.ipynb:2:1: Missing `models`/);
    assert.match(await refuse('modles: [a]'), /^notes\/story\.ipynb:2:1: Unknown field `modles`/);
    assert.match(await refuse('limits:\n  budget: 3'), /^notes\/story\.ipynb:3:11: /);
    assert.match(await folder.refuse('use: ../benches/none.bench.yaml'), /^notes\/story\.ipynb:1:6: There is no file/);
    assert.match(await folder.refuse('use: ../data/tickets.jsonl'), /^notes\/story\.ipynb:1:6: .*no file that a cell/);
    assert.match(await folder.refuse('use: ../benches/broken.bench.yaml'), /^notes\/story\.ipynb:1:6: .*has errors/);
    assert.match(await folder.refuse('use: [a]'), /^notes\/story\.ipynb:1:6: `use` must be text/);
    assert.match(await folder.refuse(`as: a b\n${plain}`), /^notes\/story\.ipynb:1:5: /);
    assert.match(await folder.refuse(`as: last\n${plain}`), /^notes\/story\.ipynb:1:5: /);
    assert.match(await folder.refuse('hello', 'yaml'), /^usage: This cell is no benchmark/);
  });

  it('takes tuning jobs, prompts and policies as well', async () => {
    const kindOf = async (text: string, language: string): Promise<string> => {
      const job = await folder.read(text, language);
      return job.kind === 'run' ? job.request.kind : job.kind;
    };
    assert.equal(await kindOf('use: ../job.tune.yaml', 'aiwb-bench'), 'tune');
    assert.equal(await kindOf('use: ../ask.prompt.yml\nvalues: {text: hello}\nmodels: [gpt]', 'yaml'), 'prompt');
    const assessed = await folder.read('use: ../small.policy.yaml\nassess: {model: triage@1}\nas: card', 'aiwb-policy');
    assert.deepEqual(assessed, {
      kind: 'assessment',
      as: 'card',
      policy: { path: folder.at('small.policy.yaml'), text: `${policy}assess: {model: triage@1}\n`, cell: 'c1' },
    });
    assert.match(await folder.refuse('use: ../small.policy.yaml'), /which model version/);
  });

  describe('names of results', () => {
    const results = [
      result('first', 'benchmark', '20260101-000000-aaaaa'),
      result('second', 'benchmark', '20260101-000000-bbbbb'),
      result('old', 'benchmark', 'gone', 1),
      result('old', 'benchmark', '20260101-000000-bbbbb', 2),
      result('tuned', 'tune', '20260202-000000-ccccc'),
      result('tried', 'prompt', 'y'),
      result('card', 'assessment', 'x'),
      result('both', 'comparison', '20260101-000000-aaaaa 20260101-000000-bbbbb'),
    ];
    const compare = (text: string): ReturnType<CellFolder['read']> => folder.read(text, 'yaml', results);
    const refuse = (text: string): Promise<string> => folder.refuse(text, 'yaml', results);

    it('are compared, the baseline first', async () => {
      assert.deepEqual(await compare('as: c\ncompare: [first, second]'), {
        kind: 'comparison',
        as: 'c',
        compared: { runIds: ['20260101-000000-aaaaa', '20260101-000000-bbbbb'], names: ['first', 'second'] },
      });
      const sure = await compare('compare: [first, second]\nconfidence: 0.99');
      assert.equal(sure.kind === 'comparison' && sure.compared.confidence, 0.99);
      const other = await compare('compare: [20260101-000000-a, old]\nbaseline: old');
      assert.deepEqual(other.kind === 'comparison' && other.compared.names, ['old', '20260101-000000-a']);
      const nested = await compare('compare: [both, second]');
      assert.deepEqual(nested.kind === 'comparison' && nested.compared.names, ['first', 'second']);
    });

    it('are refused where they are not comparable, with their place', async () => {
      assert.match(await refuse('compare: [first, secnd]'), /^notes\/story\.ipynb:1:18: No result.*mean `second`\?/);
      assert.match(
        await refuse('compare: [first, tuned]'),
        /:1:18: `tuned` is a tuning run and `first` is a benchmark/,
      );
      assert.match(await refuse('compare: [tried, first]'), /:1:11: `tried` is a prompt trial/);
      assert.match(
        await refuse('compare: [tuned, 20260202-000000-d]\nconfidence: 0.9'),
        /:2:13: Tuning runs are not tested/,
      );
      assert.match(await refuse('compare: [card, first]'), /:1:11: `card` is an assessment/);
      assert.match(await refuse('compare: [first]'), /:1:1[01]: `compare` needs at least 2 items/);
      assert.match(await refuse('compare: [first, 20260101-000000-aaaaa]'), /one run/);
      assert.match(await refuse('compare: [first, 2026]'), /:1:18: /);
      assert.match(await refuse('compare: [first, second]\nbaseline: third'), /:2:11: `third` is none of/);
      assert.match(await folder.refuse('compare: [a, b]', 'yaml'), /run the cell that has `as` first/);
    });

    it('stand for their runs in the text that is kept', async () => {
      const text = await textOf(
        `${plain.replace('embedded:knn', '"checkpoint:tuned@last", checkpoint:tuned, checkpoint:other@2')}compare: {against: first, baseline: checkpoint:tuned}\ngate: [{metric: accuracy, model: checkpoint:tuned, atLeast: 0.1}]\n`,
        'aiwb-bench',
        results,
      );
      const id = 'checkpoint:20260202-000000-ccccc';
      const read = parse(text) as { models: unknown; compare: unknown; gate: unknown };
      assert.deepEqual(read.models, [`${id}@last`, id, 'checkpoint:other@2']);
      assert.deepEqual(read.compare, { against: '20260101-000000-aaaaa', baseline: id });
      assert.deepEqual(read.gate, [{ metric: 'accuracy', model: id, atLeast: 0.1 }]);
      const kept = await textOf(`${plain}compare: {against: last}`, 'aiwb-bench', results);
      assert.match(kept, /against: last/);
      const begun = await textOf(`${plain}compare: {against: 20260101-000000-b}`, 'aiwb-bench', results);
      assert.match(begun, /against: 20260101-000000-bbbbb/);
    });

    it('do not stand for what they are not', async () => {
      const bad = (rest: string): Promise<string> => folder.refuse(plain + rest, 'aiwb-bench', results);
      assert.match(await bad('compare: {against: tuned}'), /:4:20: `tuned` is a tuning run/);
      assert.match(await bad('compare: {against: frist}'), /:4:20: .*Did you mean `first`\?/);
      const knn = plain.replace('embedded:knn', 'checkpoint:first');
      assert.match(await folder.refuse(knn, 'aiwb-bench', results), /:3:10: `first` is a benchmark run: only tuning/);
    });

    it('are the notebook’s alone: a used file means what it says', async () => {
      await folder.write({ 'benches/named.bench.yaml': bench.replace('embedded:majority', 'checkpoint:tuned') });
      const text = await textOf('use: ../benches/named.bench.yaml\nrepeats: 2', 'yaml', results);
      assert.match(text, /models: \[checkpoint:tuned\]/);
    });
  });

  it('is not harmed by what is hostile', async () => {
    const bomb = `a: &a [x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b]\nd: &d [*c, *c, *c, *c, *c, *c, *c, *c]\ne: &e [*d, *d, *d, *d, *d, *d, *d, *d]\nf: [*e, *e, *e, *e, *e, *e, *e, *e]\n`;
    await folder.write({ 'benches/bomb.bench.yaml': bomb, 'benches/big.bench.yaml': `name: ${'x'.repeat(2 ** 20)}\n` });
    assert.match(await folder.refuse('use: ../benches/bomb.bench.yaml'), /:1:6: .*has errors/);
    assert.match(await folder.refuse('use: ../benches/big.bench.yaml'), /:1:6: .*cannot be used/);
    assert.match(await folder.refuse(`use: ../benches/triage.bench.yaml\n${bomb}`), /story\.ipynb/);
    assert.match(await folder.refuse('use: ../benches\n'), /story\.ipynb/);
    assert.match(await folder.refuse('use: "a\\0b.bench.yaml"\n'), /story\.ipynb:1:6/);
    const text = `use: ../benches/triage.bench.yaml\n__proto__: {polluted: 1}\nlimits: {__proto__: {x: 1}, constructor: 1}`;
    assert.match(await folder.refuse(text), /:2:1: Unknown field `__proto__`/);
    assert.equal(({} as { polluted?: unknown }).polluted, undefined);
    const many = Array.from({ length: 3_000 }, (_, index) => `k${String(index)}: 1`).join('\n');
    assert.match(await folder.refuse(`use: ../benches/triage.bench.yaml\n${many}`), /:2:1: Unknown field `k0`/);
    await folder.write({ 'benches/self.bench.yaml': `use: self.bench.yaml\n${bench}` });
    assert.match(await folder.refuse('use: ../benches/self.bench.yaml'), /self\.bench\.yaml:1:1: Only cells/);
  });
});
