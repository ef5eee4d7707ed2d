import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createInflate } from '../../platform/files/inflate.ts';
import { checkOf, openAssessable, refused, type Assessable } from '../../test/fakes/assessable.ts';
import { identity } from '../../test/fakes/evidence.ts';
import { signal } from '../../test/fakes/governed.ts';
import type { CheckResult } from '../../schemas/generated/messages.ts';
import { importFile, type ImportedSummary } from '../imports/import-file.ts';

const fixture = fileURLToPath(new URL('../../test/fixtures/imports/guidellm.json', import.meta.url));

describe('load runs as evidence', () => {
  let world: Assessable;
  beforeEach(async () => {
    world = await openAssessable();
  });
  afterEach(() => world.close());

  async function bring(file: string, isStated: boolean): Promise<ImportedSummary> {
    const { model, version, weightsDigest, modelDigest } = world.version;
    const about = { model, version, weightsDigest, modelDigest, by: identity('operator') };
    const host = { workbench: '0.1.0', node: '24', platform: 'linux', host: 'here', cpus: 2 };
    const ports = { ...world.ports, inflate: createInflate(), host, owner: { host: 'here', bootId: 'b', pid: 1 } };
    const [imported] = await importFile(file, world.folder, isStated ? { about } : {}, ports, signal);
    return imported ?? assert.fail('a run came in');
  }

  async function judge(name: string, metric: string, bar: string, more = ''): Promise<CheckResult> {
    await world.write(
      'policies/load.policy.yaml',
      `id: load\nversion: 1.0.0\nlevel: team\ncontrols:\n  - id: LOAD\n    title: Fast enough\n    severity: high\n    checks: [{id: LOAD.one, type: metric, benchmark: ${JSON.stringify(name)}, metric: ${metric}, assert: {${bar}}${more}}]\n`,
    );
    const policies = [{ path: world.file('policies/load.policy.yaml') }];
    return (
      checkOf(await world.recordOf({ model: 'triage', version: '1', policies }), 'LOAD.one') ??
      assert.fail('it is there')
    );
  }

  it('count for a version where a person says that it was measured, and whose word it is stands there', async () => {
    const { summary, isNew } = await bring(fixture, true);
    assert.equal(isNew, true);
    const slow = 'op: "<=", value: 600000, bound: point';
    const first = await judge(summary.name, 'time-to-first-token.p95', slow);
    assert.equal(first.state, 'pass', first.reason);
    assert.equal(first.unit, 'ms');
    assert.match(first.reason, /is triage@1 by the word of operator@x\.example: guidellm measured it/);
    assert.equal(first.evidence[0]?.runId, summary.id);
    for (const metric of ['requests-per-second.mean', 'output-tokens-per-second.mean', 'latency.p99'])
      assert.equal((await judge(summary.name, metric, 'op: ">=", value: 0, bound: point')).state, 'pass', metric);
    assert.equal(
      (await judge(summary.name, 'time-to-first-token.p95', 'op: "<=", value: 0.001, bound: point')).state,
      'fail',
    );
    const bound = await judge(summary.name, 'time-to-first-token.p95', 'op: "<=", value: 600000');
    assert.match(bound.reason, /no upper bound.*`bound: point`/, 'GuideLLM states no interval');
  });

  it('prove nothing where nobody says whose they are, and are another run once somebody does', async () => {
    const plain = await bring(fixture, false);
    const missing = await judge(plain.summary.name, 'latency.p99', 'op: "<=", value: 600000, bound: point');
    assert.equal(missing.state, 'missing');
    const stated = await bring(fixture, true);
    assert.equal(stated.isNew, true);
    assert.equal((await bring(fixture, true)).isNew, false);
  });

  it('are as old as they were measured', async () => {
    const { summary } = await bring(fixture, true);
    const { environment } = await world.ports.store.getRun(summary.id);
    const measuredAt = environment?.source?.measuredAt ?? assert.fail('the file says when');
    const check = await judge(summary.name, 'latency.p99', 'op: "<=", value: 600000, bound: point');
    assert.equal(check.evidence[0]?.collectedAt, Math.min(measuredAt, summary.endedAt ?? 0));
  });

  it('of several models are of no one version', async () => {
    const file = JSON.parse(readFileSync(fixture, 'utf8')) as { benchmarks: object[] };
    const text = JSON.stringify(file.benchmarks[0]);
    const other = JSON.parse(text.replaceAll(/"model":\s*"[^"]+"/g, '"model":"another"')) as object;
    const both = path.join(world.folder, 'both.json');
    writeFileSync(both, JSON.stringify({ ...file, benchmarks: [file.benchmarks[0], other] }));
    await assert.rejects(bring(both, true), refused('usage', /one version cannot be all of them/));
  });
});
