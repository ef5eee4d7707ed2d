import assert from 'node:assert/strict';
import { parseDocument } from '../documents/parse.ts';
import { createFrameworkLibrary } from '../frameworks/library.ts';
import { resolvePolicies } from './resolve.ts';
import { country, child, refuse, resolveSet, sha256, small } from '../../test/fakes/policies.ts';

describe('resolvePolicies', () => {
  it('puts one policy into a set', async () => {
    const set = await resolveSet({ 'c.policy.yaml': country });
    assert.deepEqual(set.gates, [{ policy: 'c', failOn: ['critical', 'high'] }]);
    assert.deepEqual(
      set.frameworks.map(({ id, version }) => [id, version]),
      [['nist-ai-rmf', '1.0']],
    );
    const [control] = set.controls;
    assert.equal(control?.weight, 5);
    assert.deepEqual(control.mappings, [
      { framework: 'nist-ai-rmf', version: '1.0', id: 'MEASURE 2.11', name: 'Fairness', relation: 'supports' },
    ]);
    assert.equal(set.digest, sha256(sha256(country)));
  });

  it('keeps what a child leaves out, and takes what it makes stricter', async () => {
    const text = child(`  - id: F1
    severity: critical
    remediation: Add rows.
    checks:
      - {id: F1.gap, type: metric, benchmark: b, metric: accuracy, assert: {op: "<=", value: 0.05}, freshness: P30D}
      - {id: F1.from, type: lineage, require: [license, training-run, pii-review]}
      - {id: F1.new, type: model-card, path: license}
  - {id: T1, title: Own, severity: low, checks: [{id: T1.c, type: lineage, require: [license]}]}
`);
    const set = await resolveSet({ 't.policy.yaml': text, 'c.policy.yaml': country });
    assert.deepEqual(
      set.policies.map(({ policy }) => policy.id),
      ['c', 't'],
    );
    assert.equal(set.digest, sha256(`${sha256(country)}\n${sha256(text)}`));
    const [parity, own] = set.controls;
    assert.deepEqual([parity?.policy, parity?.tightenedBy, parity?.weight], ['c', ['t'], 10]);
    assert.deepEqual([own?.policy, own?.tightenedBy, own?.weight], ['t', [], 1]);
    assert.equal(parity?.control.title, 'Parity');
    assert.equal(parity.control.remediation, 'Add rows.');
    assert.deepEqual(
      parity.control.checks.map(({ id }) => id),
      ['F1.gap', 'F1.acc', 'F1.use', 'F1.from', 'F1.seen', 'F1.new'],
    );
    assert.deepEqual(parity.control.checks[0], {
      id: 'F1.gap',
      type: 'metric',
      benchmark: 'b',
      metric: 'accuracy',
      statistic: 'max-gap',
      slice: 'group',
      assert: { op: '<=', value: 0.05, minSamples: 100 },
      freshness: 'P30D',
    });
  });

  it('does not say that a child made stricter what it only words anew', async () => {
    const set = await resolveSet({
      't.policy.yaml': child('  - {id: F1, remediation: Ask us.}\n'),
      'c.policy.yaml': country,
    });
    assert.deepEqual(set.controls[0]?.tightenedBy, []);
  });

  it('keeps conditions with the control they came with', async () => {
    const rule = (field: string): string => `{all: [{field: model.${field}, equals: x}]}`;
    const wide = country
      .replace('controls:', `appliesTo: ${rule('tier')}\ncontrols:`)
      .replace('severity: high', `severity: high\n    appliesTo: ${rule('task')}`);
    const set = await resolveSet({
      't.policy.yaml': child(
        '  - {id: T1, title: Own, severity: low, checks: [{id: T1.c, type: lineage, require: [license]}]}\n',
        `appliesTo: ${rule('team')}\n`,
      ),
      'c.policy.yaml': wide,
    });
    const fields = set.controls.map(({ appliesTo }) => appliesTo.map(({ all }) => all[0]?.field));
    assert.deepEqual(fields, [['model.tier', 'model.task'], ['model.team']]);
  });

  it('counts the stricter of what two policies side by side ask', async () => {
    const side = (id: string, checks: string, rest = ''): string =>
      `id: ${id}\nversion: 1.0.0\nlevel: corporate\nextends: [{id: c, version: "1"}]\ncontrols:\n  - id: F1\n${rest}    checks: [${checks}]\n`;
    const accuracy = (value: number, rest = ''): string =>
      `{id: F1.acc, type: metric, benchmark: b, metric: accuracy, assert: {op: ">=", value: ${value}${rest}}}`;
    const files = {
      't.policy.yaml': 'id: t\nversion: 1.0.0\nlevel: team\nextends: [{id: a, version: "1"}, {id: b, version: "1"}]\n',
      'a.policy.yaml': side(
        'a',
        `${accuracy(0.9, ', minSamples: 20')}, {id: F1.from, type: lineage, require: [training-run, license, leakage-free]}`,
        '    severity: critical\n',
      ),
      'b.policy.yaml': side(
        'b',
        `${accuracy(0.85, ', minSamples: 50')}, {id: F1.from, type: lineage, require: [training-run, license, pii-review]}`,
      ),
      'c.policy.yaml': country,
    };
    const [control] = (await resolveSet(files)).controls;
    assert.deepEqual([control?.control.severity, control?.tightenedBy], ['critical', ['a', 'b']]);
    const byId = new Map(control?.control.checks.map(check => [check.id, check]));
    assert.deepEqual((byId.get('F1.acc') as { assert?: unknown }).assert, {
      op: '>=',
      value: 0.9,
      bound: 'interval',
      minSamples: 50,
    });
    assert.deepEqual((byId.get('F1.from') as { require?: unknown }).require, [
      'training-run',
      'license',
      'leakage-free',
      'pii-review',
    ]);
    assert.deepEqual(
      (await resolveSet(files, ['a.policy.yaml', 'b.policy.yaml'])).controls[0]?.control,
      control?.control,
    );
  });

  it('tells two ways that cannot both hold', async () => {
    const open = country.replace(', pattern: "*tickets*"', '');
    const side = (id: string, pattern: string): string =>
      `id: ${id}\nversion: 1.0.0\nlevel: corporate\nextends: [{id: c, version: "1"}]\ncontrols: [{id: F1, checks: [{id: F1.use, type: model-card, path: "#intended-use", pattern: "${pattern}"}]}]\n`;
    const found = await refuse({
      't.policy.yaml': 'id: t\nversion: 1.0.0\nlevel: team\nextends: [{id: a, version: "1"}, {id: b, version: "1"}]\n',
      'a.policy.yaml': side('a', '*a*'),
      'b.policy.yaml': side('b', '*b*'),
      'c.policy.yaml': open,
    });
    assert.equal(found.length, 1);
    assert.match(
      found[0] ?? '',
      /^t\.policy\.yaml conflicting-rules extends\.1\.id: The check `F1\.use` of `F1` .* by `a` and `b`\.$/,
    );
  });

  it('puts gates side by side, one for each policy that states one', async () => {
    const gate = (text: string): string => `scoring: {gate: ${text}}\n`;
    const set = await resolveSet({
      't.policy.yaml': child('  []\n', gate('{minScore: 90}')),
      'c.policy.yaml': country + gate('{failOn: [critical], minScore: 85, maxWaived: 2}'),
    });
    assert.deepEqual(set.gates, [
      { policy: 'c', failOn: ['critical'], minScore: 85, maxWaived: 2 },
      { policy: 't', failOn: ['critical'], minScore: 90 },
    ]);
  });

  it('weighs controls as the policy that first asked for them does', async () => {
    const set = await resolveSet(
      { 'c.policy.yaml': `${country}scoring: {severityWeights: {high: 7}}\n`, 'x.policy.yaml': small('x') },
      ['c.policy.yaml', 'x.policy.yaml'],
    );
    assert.deepEqual(
      set.controls.map(({ weight }) => weight),
      [7, 1],
    );
  });

  it('takes frameworks from the policies that are extended, and asks where they differ', async () => {
    const owasp = (id: string, version: string): string =>
      `id: ${id}\nversion: 1.0.0\nlevel: country\nframeworks: [{id: owasp-llm-top10, version: "${version}"}]\n`;
    const team = (extended: string, rest = ''): string =>
      small('t', `extends: [${extended}]\n${rest}`).replace(
        'severity: low',
        'severity: low, mappings: [{framework: owasp-llm-top10, id: "LLM01:2026"}]',
      );
    const files = { 'a.policy.yaml': owasp('a', '2026'), 'b.policy.yaml': owasp('b', '2025') };
    const set = await resolveSet({ 't.policy.yaml': team('{id: a, version: "1"}'), ...files });
    assert.equal(set.controls[0]?.mappings[0]?.version, '2026');
    const both = '{id: a, version: "1"}, {id: b, version: "1"}';
    assert.match(
      (await refuse({ 't.policy.yaml': team(both), ...files })).join('\n'),
      /in versions `2026`, `2025`: declare/,
    );
    const own = await resolveSet({
      't.policy.yaml': team(both, 'frameworks: [{id: owasp-llm-top10, version: "2026"}]\n'),
      ...files,
    });
    assert.equal(own.controls[0]?.mappings[0]?.version, '2026');
    assert.equal(own.frameworks.length, 2);
  });

  it('tells what is wrong further up as well, each in its own file', async () => {
    const found = await refuse({
      't.policy.yaml': small('t', 'extends: [{id: m, version: "1"}]\n'),
      'm.policy.yaml':
        'id: m\nversion: 1.0.0\nlevel: corporate\nextends: [{id: c, version: "1"}]\ncontrols: [{id: F1, severity: low}]\n',
      'c.policy.yaml': country,
    });
    assert.equal(found.length, 1);
    assert.match(found[0] ?? '', /^m\.policy\.yaml loosened-rule/);
  });

  it('stops when told', async () => {
    const controller = new AbortController();
    controller.abort();
    const parsed = parseDocument('policy', child('  []\n'));
    assert.ok(parsed.value);
    const document = { path: '/w/t', file: 't', policy: parsed.value, parsed, text: '', digest: '' };
    const library = {
      find: () => Promise.resolve([]),
      list: () => Promise.resolve([]),
      frameworks: () => Promise.resolve(createFrameworkLibrary()),
      digest: { sha256, startSha256: () => ({ update: () => undefined, hex: () => '' }) },
    };
    await assert.rejects(resolvePolicies([document], library, controller.signal), { name: 'AbortError' });
  });
});
