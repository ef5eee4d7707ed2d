import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CheckState } from '../../schemas/generated/messages.ts';
import { checkOf, openAssessable, refused, type Assessable } from '../../test/fakes/assessable.ts';
import { signal } from '../../test/fakes/governed.ts';
import { addScan, listScans, type AddedScan, type ScanStep } from './add-scan.ts';

const fixtures = fileURLToPath(new URL('../../test/fixtures/scans', import.meta.url));

const policy = `id: scans
version: 1.0.0
level: team
controls:
  - id: SEC
    title: It holds off attacks
    severity: high
    checks:
      - {id: SEC.garak, type: scan, source: garak, select: {probe: encoding}, assert: {op: "<=", value: 0.05, minSamples: 200}, freshness: P30D}
      - {id: SEC.code, type: scan, source: sarif, select: {level: error}, assert: {op: "<=", value: 3}}
      - {id: SEC.audit, type: scan, source: json, select: {pointer: /vulnerabilities}, assert: {op: "<=", value: 2}}
`;

describe('addScan', () => {
  let world: Assessable;
  beforeEach(async () => {
    world = await openAssessable();
    await world.write('policies/scans.policy.yaml', policy);
    world.act('engineer');
  });
  afterEach(() => world.close());

  const add = (file: string, changes: Partial<ScanStep> = {}): Promise<AddedScan> =>
    addScan(
      { model: 'triage', version: '1', path: path.resolve(fixtures, file), folder: world.folder, ...changes },
      world.ports,
      signal,
    );
  const write = (name: string, text: string): string => {
    writeFileSync(world.file(name), text);
    return world.file(name);
  };
  const states = async (): Promise<Record<string, CheckState>> => {
    const record = await world.recordOf({
      model: 'triage',
      version: '1',
      policies: [{ path: world.file('policies/scans.policy.yaml') }],
    });
    const checks = record.controls.flatMap(control => control.checks);
    return Object.fromEntries(checks.map(({ id, state }) => [id, state]));
  };

  it('keeps reports with their bytes, and lets them count in the next assessment', async () => {
    assert.deepEqual(await states(), { 'SEC.garak': 'missing', 'SEC.code': 'missing', 'SEC.audit': 'missing' });
    const { scan, isNew } = await add('garak-0.15.report.jsonl', { target: 'ticket-triage' });
    assert.equal(isNew, true);
    assert.deepEqual(
      [scan.source, scan.tool, scan.name, scan.confirmed],
      ['garak', 'garak 0.15.1', 'garak-0.15.report.jsonl', true],
    );
    assert.equal(scan.addedBy.email, 'engineer@x.example');
    assert.equal(scan.collectedAt, Date.UTC(2026, 8, 25, 10));
    const kept = await world.ports.store.blobs.read(scan.digest);
    assert.deepEqual(Buffer.from(kept), readFileSync(path.join(fixtures, 'garak-0.15.report.jsonl')));
    await add('bandit.sarif');
    await add('audit.json');
    assert.deepEqual(await states(), { 'SEC.garak': 'pass', 'SEC.code': 'pass', 'SEC.audit': 'pass' });
    assert.deepEqual(
      (await listScans(scan, world.ports)).map(({ source }) => source),
      ['json', 'sarif', 'garak'],
    );
  });

  it('takes the same report twice for the same evidence, and for one of each version', async () => {
    const first = await add('audit.json');
    mkdirSync(world.file('elsewhere'));
    copyFileSync(path.join(fixtures, 'audit.json'), world.file('elsewhere/renamed.json'));
    const again = await add(world.file('elsewhere/renamed.json'));
    assert.deepEqual([again.isNew, again.scan], [false, first.scan]);
    await world.register('other weights');
    assert.equal((await add('audit.json', { version: '2' })).isNew, true);
  });

  it('counts a report without a time from when it was added', async () => {
    assert.equal((await add('audit.json')).scan.collectedAt, world.clock.now());
  });

  it('asks whose model a report is about where its names do not tell', async () => {
    await assert.rejects(
      add('garak-0.15.report.jsonl'),
      refused('target-unconfirmed', /the model "ticket-triage", and nothing here says that this is triage@1/),
    );
    await assert.rejects(
      add('garak-0.15.report.jsonl', { target: 'gpt-4o' }),
      refused('usage', /not about the model "gpt-4o"/),
    );
    for (const name of ['triage', 'acme/Triage', 'openai:chat:triage@1', 'triage:candidate']) {
      const lines = readFileSync(path.join(fixtures, 'garak-0.15.report.jsonl'), 'utf8').replace(
        '"ticket-triage"',
        JSON.stringify(name),
      );
      const { scan } = await add(write('x.report.jsonl', lines));
      assert.deepEqual([scan.target, scan.confirmed], [name, undefined]);
    }
  });

  it('counts the attacks on one of several models, and never those on the others', async () => {
    const both = JSON.parse(readFileSync(path.join(fixtures, 'promptfoo.json'), 'utf8')) as {
      results: { results: { provider?: unknown }[] };
    };
    for (const row of both.results.results.slice(0, 3)) row.provider = { id: 'openai:gpt-4o' };
    const file = write('both.json', JSON.stringify(both));
    await assert.rejects(
      add(file),
      refused('target-unconfirmed', /several models: "openai:gpt-4o", "openai:chat:ticket-triage"/),
    );
    const { scan } = await add(file, { target: 'openai:gpt-4o' });
    assert.deepEqual(
      scan.groups.map(({ plugin, hits, attempts }) => [plugin, hits, attempts]),
      [
        ['pii:direct', 0, 2],
        ['pii:direct', 1, 1],
      ],
    );
    assert.equal(
      (await add(file, { target: 'openai:chat:ticket-triage' })).isNew,
      true,
      'of another model it is another report',
    );
  });

  it('refuses a time that lies ahead, and takes a clock without a zone for at most now', async () => {
    const at = (time: string) =>
      write(
        'x.sarif',
        JSON.stringify({
          version: '2.1.0',
          runs: [{ tool: { driver: { name: 't' } }, results: [], invocations: [{ startTimeUtc: time }] }],
        }),
      );
    await assert.rejects(add(at('2026-10-01T00:10:00Z')), refused('file-invalid', /lies ahead/));
    assert.equal((await add(at('2026-10-01T00:03:00Z'))).scan.collectedAt, world.clock.now(), 'clocks differ');
    assert.equal((await add(at('2026-10-01T09:00:00'))).scan.collectedAt, world.clock.now(), 'it may be of Singapore');
    await assert.rejects(add(at('2026-10-02T09:00:00')), refused('file-invalid', /lies ahead/));
  });

  it('is an error where the record or the kept file was changed', async () => {
    const { scan } = await add('audit.json');
    writeFileSync(world.ports.store.blobs.locate(scan.digest), '{"vulnerabilities": []}');
    assert.equal((await states())['SEC.audit'], 'error');
    world.dropGuards();
    world.edit(`UPDATE audit_payloads SET payload = replace(payload, '"name":"audit.json"', '"name":"other.json"')`);
    assert.equal((await states())['SEC.audit'], 'error');
  });

  it('keeps what a garbage collection would take for unused', async () => {
    const { scan } = await add('audit.json');
    const old = new Date(world.clock.now() - 10 * 86_400_000);
    utimesSync(world.ports.store.blobs.locate(scan.digest), old, old);
    await world.ports.store.collectGarbage(world.clock.now());
    assert.equal(await world.ports.store.blobs.has(scan.digest), true);
  });

  it('adds nothing to a version that was revoked, and nothing of a file that is none', async () => {
    await assert.rejects(add('nowhere.json'), refused('file-not-found', /no file/));
    await assert.rejects(add('audit.json', { version: '9' }), refused('registry-not-found', /9/));
    assert.deepEqual(await listScans({ model: 'triage', version: '1' }, world.ports), []);
  });

  it('shows the findings behind a figure', async () => {
    await add('bandit.sarif');
    const record = await world.recordOf({
      model: 'triage',
      version: '1',
      policies: [{ path: world.file('policies/scans.policy.yaml') }],
    });
    const [piece] = checkOf(record, 'SEC.code')?.evidence ?? [];
    assert.match(piece?.quote ?? '', /src\/serve\.py:12: Found by B301/);
  });
});
