import assert from 'node:assert/strict';
import type { DocumentLibrary, LibraryDocument } from '../documents/library.ts';
import { kindOfPath } from '../documents/kinds.ts';
import { parseDocument } from '../documents/parse.ts';
import { checkPolicy, viewPolicies } from './policy-checks.ts';

const signal = new AbortController().signal;
const bench = `name: triage
dataset: {path: d.csv, input: a, target: b, slices: [group]}
models: [embedded:linear]
metrics: [accuracy, latency]
`;
const country = `id: c
version: 1.0.0
level: country
controls:
  - id: F1
    title: Fair
    severity: high
    checks: [{id: F1.c, type: metric, benchmark: triage, metric: accuracy, assert: {op: ">=", value: 0.8}}]
`;
const own = (check: string): string =>
  `id: t\nversion: 1.0.0\nlevel: team\ncontrols:\n  - {id: A, title: T, severity: low, checks: [${check}]}\n`;

function libraryOf(files: Readonly<Record<string, string>>): DocumentLibrary {
  return {
    all: kind =>
      Promise.resolve(
        Object.entries(files)
          .filter(([file]) => kindOfPath(file) === kind)
          .map(([file, text]): LibraryDocument<typeof kind> => ({
            path: `/w/${file}`,
            file,
            parsed: parseDocument(kind, text),
          })),
      ),
  };
}

async function found(
  text: string,
  files: Readonly<Record<string, string>> = { 'b.bench.yaml': bench },
  file = 't.policy.yaml',
): Promise<string[]> {
  const parsed = parseDocument('policy', text);
  assert.deepEqual(parsed.diagnostics, []);
  const view = viewPolicies(libraryOf({ ...files, [file]: text }), `/w/${file}`, file);
  return (await checkPolicy(parsed, view, signal)).map(
    ({ range, severity, code, message }) =>
      `${range.start.line + 1}:${range.start.character + 1} ${severity} ${code} ${message}`,
  );
}

describe('checkPolicy', () => {
  const metric = (rest: string): string => `{id: A.c, type: metric, ${rest}, assert: {op: ">=", value: 0.5}}`;
  it('finds nothing wrong with a policy that fits', async () => {
    assert.deepEqual(await found(country), []);
    assert.deepEqual(
      await found(own(metric('benchmark: triage, metric: latency.p95, statistic: worst, slice: group'))),
      [],
    );
  });

  it('warns of a benchmark no file has', async () => {
    const [finding, ...others] = await found(own(metric('benchmark: triag, metric: accuracy')));
    assert.match(
      finding ?? '',
      /^5:\d+ warning unknown-benchmark No benchmark file of this workspace is named `triag`\. Did you mean `triage`\?/,
    );
    assert.equal(others.length, 0);
    assert.match((await found(country, {})).join('\n'), /It has no benchmark file/);
  });

  it('tells figures and slices the benchmark has not', async () => {
    const expected: readonly (readonly [string, RegExp])[] = [
      ['metric: f1', /error unknown-figure `triage` does not compute `f1`\. It computes `accuracy`, `latency/],
      [
        'metric: latency',
        /error unknown-figure `latency` has several figures\. Name the one you mean: `latency\.mean`/,
      ],
      ['metric: acuracy', /unknown-figure .* Did you mean `accuracy`\?/],
      [
        'metric: accuracy, statistic: worst, slice: grop',
        /error unknown-slice `triage` is not broken down by `grop`\. Did you mean `group`\?/,
      ],
    ];
    for (const [rest, pattern] of expected) {
      const all = await found(own(metric(`benchmark: triage, ${rest}`)));
      assert.equal(all.length, 1, all.join('\n'));
      assert.match(all[0] ?? '', pattern);
    }
  });

  it('places what is looser than inherited, with a way back', async () => {
    const text =
      'id: t\nversion: 1.0.0\nlevel: team\nextends: [{id: c, version: ^1.0.0}]\ncontrols:\n  - id: F1\n    severity: low\n';
    const parsed = parseDocument('policy', text);
    const view = viewPolicies(
      libraryOf({ 'c.policy.yaml': country, 'b.bench.yaml': bench }),
      '/w/t.policy.yaml',
      't.policy.yaml',
    );
    const [finding] = await checkPolicy(parsed, view, signal);
    assert.deepEqual([finding?.code, finding?.replacement], ['loosened-rule', 'high']);
    assert.deepEqual(finding?.range, { start: { line: 6, character: 14 }, end: { line: 6, character: 17 } });
    assert.match(finding.message, /`c` \(c\.policy\.yaml:5\)/);
  });

  it('points from extends at a policy that breaks a rule itself', async () => {
    const all = await found('id: t\nversion: 1.0.0\nlevel: team\nextends: [{id: m, version: "1"}]\n', {
      'm.policy.yaml':
        'id: m\nversion: 1.0.0\nlevel: corporate\nextends: [{id: c, version: "1"}]\ncontrols: [{id: F1, severity: low}]\n',
      'c.policy.yaml': country,
    });
    assert.equal(all.length, 1, all.join('\n'));
    assert.match(
      all[0] ?? '',
      /^4:16 error policy-broken `m` \(m\.policy\.yaml\) breaks a rule; .*`severity` is `low`/,
    );
  });

  it('warns of an id that another file has, and not in a notebook', async () => {
    const files = { 'b.bench.yaml': bench, 'other.policy.yaml': country };
    assert.match(
      (await found(country, files)).join('\n'),
      /^1:5 warning ambiguous-policy The id `c` is also that of `other\.policy\.yaml`/,
    );
    const view = viewPolicies(libraryOf(files), '/w/story.ipynb', 'story.ipynb');
    assert.deepEqual(await checkPolicy(parseDocument('policy', country), view, signal), []);
  });

  it('says nothing about a file with errors', async () => {
    const view = viewPolicies(libraryOf({}), '/w/t.policy.yaml', 't.policy.yaml');
    assert.deepEqual(await checkPolicy(parseDocument('policy', 'id: 1\n'), view, signal), []);
  });
});
