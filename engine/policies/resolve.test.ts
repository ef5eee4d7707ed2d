import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { parseDocument } from '../documents/parse.ts';
import type { LibraryDocument } from '../documents/library.ts';
import { createPolicyFinder } from './library.ts';
import type { PolicyDocument, PolicyLibrary, PolicyResolution, PolicySet } from './policy-set.ts';
import { resolvePolicies } from './resolve.ts';

const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');
const signal = new AbortController().signal;

/** Files by name; the first is the one resolved unless `roots` says otherwise. */
async function resolve(files: Readonly<Record<string, string>>, roots?: readonly string[]): Promise<PolicyResolution> {
  const documents = Object.entries(files).map(([file, text]): LibraryDocument<'policy'> => ({
    path: `/w/${file}`,
    file,
    parsed: parseDocument('policy', text),
  }));
  const finder = createPolicyFinder({ all: () => Promise.resolve(documents as readonly LibraryDocument<never>[]) });
  const complete = (source: Omit<PolicyDocument, 'text' | 'digest'>): PolicyDocument => ({
    ...source,
    text: source.parsed.text,
    digest: sha256(source.parsed.text),
  });
  const library: PolicyLibrary = {
    list: finder.list,
    find: async (id, given) => (await finder.find(id, given)).map(complete),
    digest: {
      sha256,
      startSha256: () => {
        throw new Error('not used');
      },
    },
  };
  const asked = documents
    .filter(({ file }) => (roots ?? Object.keys(files).slice(0, 1)).includes(file))
    .map(({ path, file, parsed }) => {
      assert.ok(parsed.value, JSON.stringify(parsed.diagnostics));
      return complete({ path, file, policy: parsed.value, parsed });
    });
  return resolvePolicies(asked, library, signal);
}

async function resolveSet(files: Readonly<Record<string, string>>, roots?: readonly string[]): Promise<PolicySet> {
  const { set, findings } = await resolve(files, roots);
  assert.ok(set, findings.map(({ message }) => message).join('\n'));
  return set;
}

/** Findings as `file code path: message`. */
async function refuse(files: Readonly<Record<string, string>>, roots?: readonly string[]): Promise<string[]> {
  const { set, findings } = await resolve(files, roots);
  assert.equal(set, undefined);
  return findings.map(({ policy, code, path, message }) => `${policy.file} ${code} ${path.join('.')}: ${message}`);
}

const metric =
  '{id: F1.gap, type: metric, benchmark: b, metric: accuracy, statistic: max-gap, slice: group, assert: {op: "<=", value: 0.1, minSamples: 100}, freshness: P90D}';
const country = `id: c
version: 1.2.0
level: country
frameworks: [{id: nist-ai-rmf, version: "1.0"}]
controls:
  - id: F1
    title: Parity
    severity: high
    mappings: [{framework: nist-ai-rmf, id: MEASURE 2.11, relation: supports}]
    checks:
      - ${metric}
      - {id: F1.acc, type: metric, benchmark: b, metric: accuracy, assert: {op: ">=", value: 0.8}}
      - {id: F1.use, type: model-card, path: "#intended-use", pattern: "*tickets*"}
      - {id: F1.from, type: lineage, require: [training-run, license]}
      - {id: F1.seen, type: attestation, role: reviewer, statement: I looked., validity: P6M}
`;
const child = (controls: string, head = ''): string =>
  `id: t\nversion: 0.1.0\nlevel: team\nextends: [{id: c, version: ^1.0.0}]\n${head}controls:\n${controls}`;
const tightening = (check: string): string => child(`  - id: F1\n    checks:\n      - ${check}\n`);
const small = (id: string, rest = '', control = id.toUpperCase()): string =>
  `id: ${id}\nversion: 1.0.0\nlevel: team\n${rest}controls:\n  - {id: ${control}, title: T, severity: low, checks: [{id: ${control}.c, type: lineage, require: [license]}]}\n`;

describe('resolvePolicies', () => {
  it('puts one policy into a set', async () => {
    const set = await resolveSet({ 'c.policy.yaml': country });
    assert.deepEqual(set.gates, [{ policy: 'c', failOn: ['critical', 'high'] }]);
    assert.deepEqual(set.frameworks, [{ id: 'nist-ai-rmf', version: '1.0' }]);
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

  const loosenings: readonly (readonly [string, string, RegExp])[] = [
    [
      'a milder severity',
      child('  - {id: F1, severity: medium}\n'),
      /loosened-rule controls\.0\.severity: `severity` is `medium`, and `c` \(c\.policy\.yaml:6\) asks for `high`/,
    ],
    [
      'a lower bar',
      tightening('{id: F1.acc, type: metric, benchmark: b, metric: accuracy, assert: {op: ">=", value: 0.7}}'),
      /loosened-rule controls\.0\.checks\.0\.assert\.value: `value` is `0\.7`, and `c` \(c\.policy\.yaml:12\) asks for at least `0\.8`/,
    ],
    ['a higher bar of a gap', tightening(metric.replace('0.1', '0.2')), /assert\.value: .* asks for at most `0\.1`/],
    [
      'another operator',
      tightening('{id: F1.acc, type: metric, benchmark: b, metric: accuracy, assert: {op: ">", value: 0.9}}'),
      /assert\.op: `op` is `>`, .* asks for `>=`/,
    ],
    [
      'the point in place of the interval',
      tightening(
        '{id: F1.acc, type: metric, benchmark: b, metric: accuracy, assert: {op: ">=", value: 0.9, bound: point}}',
      ),
      /assert\.bound: `bound` is `point`, .* asks for `interval`/,
    ],
    ['fewer samples', tightening(metric.replace('100', '99')), /assert\.minSamples: .* asks for at least `100`/],
    [
      'older evidence',
      tightening(metric.replace('P90D', 'P1Y')),
      /freshness: `freshness` is `P1Y`, .* asks for at most `P90D`/,
    ],
    [
      'another benchmark',
      tightening(metric.replace('benchmark: b', 'benchmark: easy')),
      /benchmark: `benchmark` is `easy`, .* asks for `b`/,
    ],
    ['another metric', tightening(metric.replace('accuracy', 'f1')), /metric: `metric` is `f1`/],
    ['another slice', tightening(metric.replace('group', 'channel')), /slice: `slice` is `channel`/],
    ['another statistic', tightening(metric.replace('max-gap', 'worst')), /statistic: `statistic` is `worst`/],
    [
      'a slice of an overall figure',
      tightening(
        '{id: F1.acc, type: metric, benchmark: b, metric: accuracy, slice: group, assert: {op: ">=", value: 0.9}}',
      ),
      /slice: `slice` is `group`, .* asks for no `slice`/,
    ],
    [
      'another kind of check',
      tightening('{id: F1.acc, type: lineage, require: [license]}'),
      /type: `type` is `lineage`, .* asks for `metric`/,
    ],
    [
      'another pattern',
      tightening('{id: F1.use, type: model-card, path: "#intended-use", pattern: "*"}'),
      /pattern: `pattern` is `\*`, .* asks for `\*tickets\*`/,
    ],
    ['another heading', tightening('{id: F1.use, type: model-card, path: license}'), /path: `path` is `license`/],
    [
      'a dropped requirement',
      tightening('{id: F1.from, type: lineage, require: [license]}'),
      /require: `require` is without `training-run`, .* asks for `training-run` as well/,
    ],
    [
      'another statement',
      tightening('{id: F1.seen, type: attestation, role: reviewer, statement: Fine.}'),
      /statement: `statement` is `Fine\.`, .* asks for `I looked\.`/,
    ],
    [
      'a longer validity',
      tightening('{id: F1.seen, type: attestation, role: reviewer, statement: I looked., validity: P1Y}'),
      /validity: .* asks for at most `P6M`/,
    ],
    [
      'a narrower condition',
      child('  - {id: F1, appliesTo: {all: [{field: model.tier, equals: x}]}}\n'),
      /loosened-rule controls\.0\.appliesTo: `F1` is inherited from `c` \(c\.policy\.yaml:6\)/,
    ],
  ];
  for (const [name, text, pattern] of loosenings) {
    it(`refuses ${name}`, async () => {
      const found = await refuse({ 't.policy.yaml': text, 'c.policy.yaml': country });
      assert.equal(found.length, 1, found.join('\n'));
      assert.match(found[0] ?? '', pattern);
    });
  }

  const gates: readonly (readonly [string, string, RegExp])[] = [
    ['failOn: [critical]', 'gate: {failOn: [critical, high]}', /scoring\.gate\.failOn: `failOn` is without `high`/],
    ['minScore: 80', 'gate: {minScore: 85}', /scoring\.gate\.minScore: .* asks for at least `85`/],
    ['minEvidenceCoverage: 50', 'gate: {minEvidenceCoverage: 60}', /minEvidenceCoverage: .* at least `60`/],
    ['maxWaived: 4', 'gate: {maxWaived: 3}', /maxWaived: .* at most `3`/],
  ];
  for (const [own, inherited, pattern] of gates) {
    it(`refuses a gate with ${own} under ${inherited}`, async () => {
      const found = await refuse({
        't.policy.yaml': child('  []\n', `scoring: {gate: {${own}}}\n`),
        'c.policy.yaml': `${country}scoring: {${inherited}}\n`,
      });
      assert.equal(found.length, 1, found.join('\n'));
      assert.match(found[0] ?? '', pattern);
      assert.match(found[0] ?? '', /`c` \(c\.policy\.yaml:16\)/);
    });
  }

  it('refuses other weights, also against the default', async () => {
    const text = child('  []\n', 'scoring: {severityWeights: {critical: 1, high: 5}}\n');
    const found = await refuse({ 't.policy.yaml': text, 'c.policy.yaml': country });
    assert.equal(found.length, 1);
    assert.match(
      found[0] ?? '',
      /loosened-rule scoring\.severityWeights\.critical: `critical` weighs 1, and `c` .* weighs it 10/,
    );
  });

  const broken: readonly (readonly [string, Readonly<Record<string, string>>, RegExp])[] = [
    [
      'a policy that extends itself',
      { 'x.policy.yaml': small('x', 'extends: [{id: x, version: "1"}]\n') },
      /x\.policy\.yaml policy-cycle extends\.0\.id: `x` cannot extend itself/,
    ],
    [
      'a circle',
      {
        'x.policy.yaml': small('x', 'extends: [{id: y, version: "1"}]\n'),
        'y.policy.yaml': small('y', 'extends: [{id: z, version: "1"}]\n'),
        'z.policy.yaml': small('z', 'extends: [{id: x, version: "1"}]\n'),
      },
      /x\.policy\.yaml policy-cycle extends\.0\.id: .*: `x` → `y` → `z` → `x`\./,
    ],
    [
      'an unknown policy',
      {
        't.policy.yaml': small('t', 'extends: [{id: fair-servce, version: "1"}]\n'),
        'f.policy.yaml': small('fair-service'),
      },
      /unknown-policy extends\.0\.id: No policy of this workspace is called `fair-servce`\. Did you mean `fair-service`\?/,
    ],
    [
      'an ambiguous id',
      {
        't.policy.yaml': small('t', 'extends: [{id: x, version: "1"}]\n'),
        'x.policy.yaml': small('x'),
        'x2.policy.yaml': small('x'),
      },
      /ambiguous-policy extends\.0\.id: 2 policies are called `x`: x\.policy\.yaml, x2\.policy\.yaml/,
    ],
    [
      'a broken policy',
      { 't.policy.yaml': small('t', 'extends: [{id: x, version: "1"}]\n'), 'x.policy.yaml': `${small('x')}zzz: 1\n` },
      /policy-broken extends\.0\.id: `x` \(x\.policy\.yaml\) has errors/,
    ],
    [
      'a version outside the range',
      { 't.policy.yaml': small('t', 'extends: [{id: c, version: ^2.0.0}]\n'), 'c.policy.yaml': country },
      /version-mismatch extends\.0\.version: `c` \(c\.policy\.yaml\) has version 1\.2\.0, which is not in `\^2\.0\.0`/,
    ],
    [
      'no range at all',
      { 't.policy.yaml': small('t', 'extends: [{id: c, version: newest}]\n'), 'c.policy.yaml': country },
      /bad-format extends\.0\.version: `newest` is no range of semantic versions/,
    ],
    [
      'a wider level',
      {
        'c.policy.yaml': country.replace('version: 1.2.0', 'version: 1.2.0\nextends: [{id: t, version: "1"}]'),
        't.policy.yaml': small('t'),
      },
      /wider-level extends\.0\.id: A country policy cannot extend `t` \(t\.policy\.yaml\), which is a team policy/,
    ],
    [
      'a policy extended twice',
      {
        't.policy.yaml': small('t', 'extends: [{id: c, version: "1"}, {id: c, version: "1"}]\n'),
        'c.policy.yaml': country,
      },
      /duplicate-item extends\.1\.id/,
    ],
    [
      'an incomplete control',
      { 't.policy.yaml': child('  - {id: F2, title: New}\n'), 'c.policy.yaml': country },
      /incomplete-control controls\.0\.id: `F2` lacks `severity` and `checks`\./,
    ],
    [
      'a control stated twice',
      {
        'x.policy.yaml': `${small('x')}  - {id: X, title: T, severity: low, checks: [{id: X.d, type: lineage, require: [license]}]}\n`,
      },
      /duplicate-id controls\.1\.id/,
    ],
    [
      'a check under another control',
      {
        't.policy.yaml': child(
          '  - {id: F2, title: T, severity: low, checks: [{id: F1.acc, type: lineage, require: [license]}]}\n',
        ),
        'c.policy.yaml': country,
      },
      /duplicate-id controls\.0\.checks\.0\.id: A check `F1\.acc` stands in `c` \(c\.policy\.yaml:12\) already, under the control `F1`/,
    ],
    [
      'one id for two controls',
      {
        't.policy.yaml':
          'id: t\nversion: 1.0.0\nlevel: team\nextends: [{id: x, version: "1"}, {id: y, version: "1"}]\n',
        'x.policy.yaml': small('x', '', 'SAME'),
        'y.policy.yaml': small('y', '', 'SAME'),
      },
      /t\.policy\.yaml duplicate-id extends\.1\.id: The control `SAME` is asked for by `x` \(x\.policy\.yaml:5\) and, as another one, by `y`/,
    ],
    [
      'a slice statistic without a slice',
      {
        'x.policy.yaml': small('x').replace(
          /\{id: X\.c.*\}\]\}/,
          '{id: X.c, type: metric, benchmark: b, metric: accuracy, statistic: worst, assert: {op: ">=", value: 0.5}}]}',
        ),
      },
      /incomplete-check controls\.0\.checks\.0\.statistic/,
    ],
    [
      'a slice without a statistic',
      {
        'x.policy.yaml': small('x').replace(
          /\{id: X\.c.*\}\]\}/,
          '{id: X.c, type: metric, benchmark: b, metric: accuracy, slice: group, assert: {op: ">=", value: 0.5}}]}',
        ),
      },
      /incomplete-check controls\.0\.checks\.0\.slice/,
    ],
  ];
  for (const [name, files, pattern] of broken) {
    it(`refuses ${name}`, async () => {
      const found = await refuse(files);
      assert.equal(found.length, 1, found.join('\n'));
      assert.match(found[0] ?? '', pattern);
    });
  }

  it('refuses two policies of one name', async () => {
    const found = await refuse({ 'x.policy.yaml': small('x'), 'y.policy.yaml': small('x') }, [
      'x.policy.yaml',
      'y.policy.yaml',
    ]);
    assert.match(found.join('\n'), /^y\.policy\.yaml ambiguous-policy id: 2 policies are called `x`/);
  });

  const mapped = (frameworks: string, mapping: string): string =>
    small('x', `frameworks: [${frameworks}]\n`).replace('severity: low', `severity: low, mappings: [${mapping}]`);
  const atlas = '{id: mitre-atlas, version: "2026.07"}';
  const mappings: readonly (readonly [string, string, RegExp])[] = [
    [
      'an unknown framework',
      mapped('{id: mitre-atlass, version: "1"}', ''),
      /unknown-framework frameworks\.0\.id: There is no framework `mitre-atlass` here\. Did you mean `mitre-atlas`\?/,
    ],
    [
      'an unknown version',
      mapped('{id: owasp-llm-top10, version: "2024"}', ''),
      /unknown-framework frameworks\.0\.version: `owasp-llm-top10` is known in version `2025`, `2026`, not `2024`/,
    ],
    ['a framework declared twice', mapped(`${atlas}, ${atlas}`, ''), /duplicate-item frameworks\.1\.id/],
    [
      'a mapping without its framework',
      mapped('', '{framework: mitre-atlas, id: AML.T0051}'),
      /unknown-framework controls\.0\.mappings\.0\.framework: `mitre-atlas` is not declared .* Declare it: `frameworks: \[\{id: mitre-atlas, version: "2026\.07"\}\]`/,
    ],
    [
      'an unknown id',
      mapped(atlas, '{framework: mitre-atlas, id: T0051}'),
      /unknown-framework-id controls\.0\.mappings\.0\.id: MITRE ATLAS 2026\.07 has no id `T0051`\. Did you mean `AML\.T0051` \(LLM Prompt Injection\)\?/,
    ],
    [
      'a retired id',
      mapped(atlas, '{framework: mitre-atlas, id: AML.T0058}'),
      /unknown-framework-id .*`AML\.T0058` \(Publish Poisoned Models\) was retired/,
    ],
    [
      'an id mapped twice',
      mapped(atlas, '{framework: mitre-atlas, id: AML.T0051}, {framework: mitre-atlas, id: AML.T0051}'),
      /duplicate-item controls\.0\.mappings\.1\.id/,
    ],
  ];
  for (const [name, text, pattern] of mappings) {
    it(`refuses ${name}`, async () => {
      const found = await refuse({ 'x.policy.yaml': text });
      assert.equal(found.length, 1, found.join('\n'));
      assert.match(found[0] ?? '', pattern);
    });
  }

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
      digest: { sha256, startSha256: assert.fail },
    };
    await assert.rejects(resolvePolicies([document], library, controller.signal), { name: 'AbortError' });
  });
});
