import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { createWorkspace, runAiwb } from './aiwb.ts';

const dataset = '{"q":"a","a":"x","s":"train"}\n{"q":"b","a":"y","s":"train"}\n{"q":"c","a":"x","s":"test"}\n';
const head = 'name: n\ndataset: {path: d.jsonl, input: q, target: a, split: {field: s, train: train, test: test}}\n';
const good = `${head}models: ["embedded:knn"]\nmetrics: [accuracy]\n`;

/** Each is one clear message with place and remedy, the right exit code, and no run recorded as anything but failed. */
const cases: readonly {
  readonly title: string;
  readonly files: Readonly<Record<string, string>>;
  readonly code: number;
  readonly says: RegExp;
}[] = [
  {
    title: 'an unknown field',
    files: { 'a.bench.yaml': `${good}metrcs: [accuracy]\n` },
    code: 2,
    says: /a\.bench\.yaml:5:1: .*metrcs/,
  },
  {
    title: 'a wrong type',
    files: { 'a.bench.yaml': `${good}repeats: many\n` },
    code: 2,
    says: /a\.bench\.yaml:5:\d+: .*repeats|whole number/,
  },
  {
    title: 'a duplicate key',
    files: { 'a.bench.yaml': `${good}name: again\n` },
    code: 2,
    says: /a\.bench\.yaml:5:1: .*name/,
  },
  {
    title: 'tab indentation',
    files: { 'a.bench.yaml': 'name: n\ndataset:\n\tpath: d.jsonl\n' },
    code: 2,
    says: /a\.bench\.yaml:3:1: .*[Tt]ab/,
  },
  { title: 'an anchor cycle', files: { 'a.bench.yaml': 'name: &a [*a]\n' }, code: 2, says: /a\.bench\.yaml:1:/ },
  { title: 'an empty file', files: { 'a.bench.yaml': '' }, code: 2, says: /a\.bench\.yaml:1:1: .*empty/i },
  {
    title: 'a missing dataset',
    files: { 'a.bench.yaml': good.replace('d.jsonl', 'none.jsonl') },
    code: 2,
    says: /none\.jsonl/,
  },
  {
    title: 'a missing column',
    files: { 'a.bench.yaml': good.replace('input: q', 'input: quest') },
    code: 2,
    says: /quest/,
  },
  {
    title: 'an unparsable row',
    files: { 'a.bench.yaml': good, 'd.jsonl': `${dataset}{"q":\n` },
    code: 2,
    says: /d\.jsonl:4: .*not valid JSON/,
  },
  { title: 'an unknown model', files: { 'a.bench.yaml': good.replace('embedded:knn', 'gpt') }, code: 2, says: /gpt/ },
  {
    title: 'an unknown embedded model',
    files: { 'a.bench.yaml': good.replace('embedded:knn', 'embedded:forest') },
    code: 2,
    says: /embedded:forest/,
  },
  {
    title: 'a broken workbench.yaml',
    files: { 'a.bench.yaml': good, 'workbench.yaml': 'conections: {}\n' },
    code: 2,
    says: /workbench\.yaml:1:1: .*conections/,
  },
];

describe('bad input on the command line', function () {
  this.timeout(90_000);
  let workspace: ReturnType<typeof createWorkspace>;
  const use = (files: Readonly<Record<string, string>>): string => {
    workspace = createWorkspace({ 'd.jsonl': dataset, 'workbench.yaml': 'connections: {}\n', ...files });
    return workspace.folder;
  };
  afterEach(() => workspace.remove());

  for (const { title, files, code, says } of cases) {
    it(`${title} is told with its place`, async () => {
      const result = await runAiwb(['run', 'a.bench.yaml'], { cwd: use(files) });
      assert.equal(result.code, code, result.stderr);
      assert.match(result.stderr, says);
      assert.equal(result.stdout, '');
      assert.ok(!/\n\s+at .*\.(mjs|ts):/.test(result.stderr), 'no stack trace without --verbose');
    });
  }

  it('a byte order mark and CRLF are fine', async () => {
    const cwd = use({
      'a.bench.yaml': `\uFEFF${good.replaceAll('\n', '\r\n')}`,
      'd.jsonl': `\uFEFF${dataset.replaceAll('\n', '\r\n')}`,
    });
    assert.equal((await runAiwb(['run', 'a.bench.yaml'], { cwd })).code, 0);
  });

  it('a line of 50 MB is refused, with bounded memory', async () => {
    const cwd = use({ 'a.bench.yaml': good });
    writeFileSync(path.join(cwd, 'd.jsonl'), `${dataset}{"q":"${'x'.repeat(50 * 1024 * 1024)}"}\n`);
    const result = await runAiwb(['run', 'a.bench.yaml'], { cwd });
    assert.equal(result.code, 2);
    assert.match(result.stderr, /d\.jsonl:4: .*longer than 16 MB/);
  });

  it('a missing secret is named', async () => {
    const cwd = use({
      'a.bench.yaml': good.replace('embedded:knn', 'gpt'),
      'workbench.yaml': 'connections: {gpt: {provider: openai, model: m, apiKey: {env: NO_SUCH_KEY_HERE}}}\n',
    });
    const result = await runAiwb(['run', 'a.bench.yaml'], { cwd });
    assert.equal(result.code, 2);
    assert.match(result.stderr, /NO_SUCH_KEY_HERE is not set/);
  });

  it('an unreachable host fails the run, kept and resumable', async () => {
    const cwd = use({
      'a.bench.yaml': `${good.replace('embedded:knn', 'gone')}limits: {retries: 0}\n`,
      'workbench.yaml': 'connections: {gone: {provider: openai, baseUrl: "http://127.0.0.1:9/v1", model: m}}\n',
    });
    const result = await runAiwb(['run', 'a.bench.yaml'], { cwd });
    assert.equal(result.code, 3, result.stderr);
    assert.match(result.stderr, /gone answered none/);
    assert.match(result.stderr, /refused|reached|connect/i);
  });

  it('a store from a newer version is refused untouched', async () => {
    const cwd = use({ 'a.bench.yaml': good });
    assert.equal((await runAiwb(['run', 'a.bench.yaml'], { cwd })).code, 0);
    const file = path.join(cwd, '.aiwb/store.db');
    const { DatabaseSync } = await import('node:sqlite');
    const database = new DatabaseSync(file);
    database.exec('PRAGMA user_version = 9999');
    database.close();
    const before = readFileSync(file);
    const result = await runAiwb(['run', 'a.bench.yaml'], { cwd });
    assert.equal(result.code, 2);
    assert.match(result.stderr, /newer/);
    assert.deepEqual(readFileSync(file), before);
  });

  it('a store that is no database is refused untouched', async () => {
    const cwd = use({ 'a.bench.yaml': good });
    mkdirSync(path.join(cwd, '.aiwb'));
    writeFileSync(path.join(cwd, '.aiwb/store.db'), 'this is not a database, but it has some length to it, really');
    const result = await runAiwb(['run', 'a.bench.yaml'], { cwd });
    assert.equal(result.code, 3);
    assert.match(result.stderr, /store\.db/);
    assert.match(readFileSync(path.join(cwd, '.aiwb/store.db'), 'utf8'), /^this is not/);
  });

  it('a folder that cannot be written is told', async function () {
    if (process.platform === 'win32') this.skip();
    const cwd = use({ 'a.bench.yaml': good });
    // Root may write anywhere but to the kernel's own folders.
    const asRoot = process.getuid?.() === 0;
    if (!asRoot) chmodSync(cwd, 0o555);
    const result = await runAiwb(['run', 'a.bench.yaml', ...(asRoot ? ['--store', '/sys/aiwb'] : [])], { cwd });
    chmodSync(cwd, 0o755);
    assert.equal(result.code, 2, result.stderr);
    assert.match(result.stderr, /cannot be written|read-only|not writable|created/i);
  });

  it('wrong usage exits with 2 and says what is right', async () => {
    const cwd = use({ 'a.bench.yaml': good });
    for (const args of [
      ['run'],
      ['runs', 'show', 'nope'],
      ['runs', 'export', 'latest', '--to', 'xml'],
      ['run', 'a.bench.yaml', '-n', '0'],
      ['nonsense'],
      ['run', 'a.bench.yaml', '-m', 'embedded:linear'],
    ]) {
      const result = await runAiwb(args, { cwd });
      assert.equal(result.code, 2, `${args.join(' ')}: ${result.stderr}`);
      assert.notEqual(result.stderr, '');
      assert.ok(!/\n\s+at .*\.(mjs|ts):/.test(result.stderr), 'no stack trace without --verbose');
    }
  });

  it('a wrong value of an option is told with what is right, and without a stack trace', async () => {
    const cwd = use({ 'a.bench.yaml': good });
    const cases: readonly [args: readonly string[], says: RegExp][] = [
      [['runs', 'list', '--limit', 'x'], /"x" is no number of runs\.\n {2}Give a whole number above 0/],
      [['runs', 'list', '--limit', '0'], /"0" is no number of runs/],
      [['audit', 'list', '--limit', '-1'], /"-1" is no number of entries/],
      [['assess', 'm@1', '--policy', 'a.bench.yaml'], /a\.bench\.yaml is no policy\.\n {2}Name a \.policy\.yaml file/],
      [['registry', 'register', 'x', '--epoch', 'y'], /"y" is no epoch/],
      [['mcp', '--stdio', '--workspace', 'nowhere'], /There is no folder nowhere\./],
    ];
    for (const [args, says] of cases) {
      const { code, stderr } = await runAiwb(args, { cwd });
      assert.equal(code, 2, `${args.join(' ')}: ${stderr}`);
      assert.match(stderr, says);
      assert.ok(!/\n\s+at .*\.(mjs|ts):/.test(stderr), stderr);
    }
  });

  it('a file that `validate` does not know is not sent there', async () => {
    const cwd = use({ 'notes.yaml': `${good}metrcs: [accuracy]\n` });
    const { code, stderr } = await runAiwb(['run', 'notes.yaml'], { cwd });
    assert.equal(code, 2);
    assert.match(stderr, /notes\.yaml:5:1: .*metrcs/);
    assert.doesNotMatch(stderr, /aiwb validate/);
  });

  it('a run that has ended is not cancelled, and `latest` names it', async () => {
    const cwd = use({ 'a.bench.yaml': good });
    assert.equal((await runAiwb(['run', 'a.bench.yaml'], { cwd })).code, 0);
    assert.match((await runAiwb(['runs', 'cancel', 'latest'], { cwd })).stdout, /has ended already: succeeded/);
    assert.match((await runAiwb(['run', '--resume', 'latest'], { cwd })).stderr, /Run \S+-\S+ /);
    const none = await runAiwb(['runs', 'show', 'latest', '--where', 'failed'], { cwd });
    assert.deepEqual([none.code, none.stdout], [0, '']);
    assert.match(none.stderr, /No sample of \S+ is like that/);
  });

  it('validate lists every fault as text, JSON or SARIF, and exits with 1', async () => {
    const cwd = use({ 'a.bench.yaml': `${good}metrcs: []\nrepeats: x\n` });
    const text = await runAiwb(['validate', 'a.bench.yaml', 'workbench.yaml'], { cwd });
    assert.equal(text.code, 1, text.stderr);
    assert.match(text.stdout, /a\.bench\.yaml:5:1: error/);
    assert.match(text.stdout, /a\.bench\.yaml:6:\d+: error/);
    const sarif = JSON.parse((await runAiwb(['validate', 'a.bench.yaml', '--format', 'sarif'], { cwd })).stdout) as {
      version: string;
    };
    assert.equal(sarif.version, '2.1.0');
    assert.equal((await runAiwb(['validate', 'workbench.yaml'], { cwd })).code, 0);
  });
});
