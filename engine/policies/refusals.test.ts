import assert from 'node:assert/strict';
import { country, child, metric, refuse, small, tightening } from '../../test/fakes/policies.ts';

describe('resolvePolicies refuses', () => {
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
    it(name, async () => {
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
    it(`a gate with ${own} under ${inherited}`, async () => {
      const found = await refuse({
        't.policy.yaml': child('  []\n', `scoring: {gate: {${own}}}\n`),
        'c.policy.yaml': `${country}scoring: {${inherited}}\n`,
      });
      assert.equal(found.length, 1, found.join('\n'));
      assert.match(found[0] ?? '', pattern);
      assert.match(found[0] ?? '', /`c` \(c\.policy\.yaml:16\)/);
    });
  }

  it('other weights, also against the default', async () => {
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
    it(name, async () => {
      const found = await refuse(files);
      assert.equal(found.length, 1, found.join('\n'));
      assert.match(found[0] ?? '', pattern);
    });
  }

  it('an unknown policy, without guessing what it may have held', async () => {
    const found = await refuse({
      't.policy.yaml': child('  - {id: F1, severity: high, mappings: [{framework: nist-ai-rmf, id: MAP 1}]}\n'),
    });
    assert.equal(found.length, 1, found.join('\n'));
    assert.match(found[0] ?? '', /unknown-policy/);
  });

  it('two policies of one name', async () => {
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
    it(name, async () => {
      const found = await refuse({ 'x.policy.yaml': text });
      assert.equal(found.length, 1, found.join('\n'));
      assert.match(found[0] ?? '', pattern);
    });
  }
});
