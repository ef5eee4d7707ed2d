import assert from 'node:assert/strict';
import type { TestModel } from '../../schemas/generated/files.ts';
import type { AssessmentRecord } from '../../schemas/generated/messages.ts';
import { refuse, resolveSet, sha256 } from '../../test/fakes/policies.ts';
import { createSeeded } from '../../test/fakes/seeded.ts';
import { buildRecord } from '../governance/record.ts';
import { makeFixture } from '../policy-tests/fixture.ts';
import { personOf } from '../policy-tests/fixture-names.ts';
import type { PolicySet } from './policy-set.ts';

const now = Date.UTC(2026, 0, 1);
const severities = ['low', 'medium', 'high', 'critical'] as const;

/** Two policies at random, one upon the other, and a model at random. Many children ask for less somewhere and do not resolve. */
function makePair(seed: number): { files: Record<string, string>; model: TestModel } {
  const random = createSeeded(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)]!;
  const chance = (share: number): boolean => random() < share;
  const bar = (value: number): number => Math.round(value * 100) / 100;

  const metric = (id: string, value: number): string =>
    `{id: ${id}, type: metric, benchmark: b, metric: accuracy, assert: {op: ">=", value: ${bar(value)}${chance(0.4) ? `, minSamples: ${100 + below(400)}` : ''}}${chance(0.4) ? `, freshness: P${20 + below(80)}D` : ''}}`;
  const gap = (id: string, value: number): string =>
    `{id: ${id}, type: metric, benchmark: b, metric: accuracy, slice: group, statistic: max-gap, assert: {op: "<=", value: ${bar(value)}}}`;
  const check = (id: string): string =>
    pick([
      () => metric(id, 0.6 + random() * 0.3),
      () => gap(id, 0.05 + random() * 0.4),
      () => `{id: ${id}, type: model-card, path: ${pick(['license', 'owner', '"#use"'])}}`,
      () => `{id: ${id}, type: lineage, require: [${pick(['license', 'training-run', 'dataset-card'])}]}`,
      () => `{id: ${id}, type: attestation, role: reviewer, statement: I looked., validity: P${30 + below(90)}D}`,
    ])();
  /** Mostly stricter, now and then not. */
  const restate = (text: string): string =>
    text
      .replace(
        /(">=", value: )([\d.]+)/,
        (_, head: string, value: string) => `${head}${bar(Number(value) + random() * 0.2 - 0.03)}`,
      )
      .replace(
        /("<=", value: )([\d.]+)/,
        (_, head: string, value: string) => `${head}${bar(Number(value) - random() * 0.2 + 0.03)}`,
      )
      .replace(
        /(freshness|validity): P(\d+)D/,
        (_, field: string, days: string) => `${field}: P${Math.max(1, Number(days) - below(60) + 4)}D`,
      )
      .replace(
        /require: \[([\w-]+)\]/,
        (_, item: string) => `require: [${[...new Set([item, pick(['license', 'pii-review'])])].join(', ')}]`,
      );
  const gate = (): string =>
    `scoring: {gate: {failOn: [${severities.filter(() => chance(0.4)).join(', ')}]${chance(0.6) ? `, minScore: ${below(100)}` : ''}${chance(0.4) ? `, minEvidenceCoverage: ${below(100)}` : ''}${chance(0.3) ? `, maxWaived: ${below(4)}` : ''}}}\n`;

  const controls = Array.from({ length: 1 + below(5) }, (_, index) => ({
    id: `C${index}`,
    severity: pick(severities),
    checks: Array.from({ length: 1 + below(3) }, (_each, at) => check(`C${index}.${at}`)),
  }));
  const write = (id: string, severity: string, checks: readonly string[], title = ''): string =>
    `  - {id: ${id}, ${title}severity: ${severity}, checks: [${checks.join(', ')}]}\n`;
  const parent = controls.map(({ id, severity, checks }) => write(id, severity, checks, 'title: T, ')).join('');
  const child = controls
    .filter(() => chance(0.7))
    .map(({ id, severity, checks }) => {
      const raised = severities[Math.min(3, severities.indexOf(severity) + below(3))]!;
      const own = [...checks.filter(() => chance(0.6)).map(restate), ...(chance(0.5) ? [check(`${id}.new`)] : [])];
      return write(id, raised, own);
    })
    .join('');
  const added = Array.from({ length: below(4) }, (_, index) =>
    write(`N${index}`, pick(severities), [check(`N${index}.0`)], 'title: T, '),
  ).join('');
  const head = (id: string, level: string): string => `id: ${id}\nversion: 1.0.0\nlevel: ${level}\n`;
  const below_ = `${child}${added}`;
  const figure = () => ({ value: 0.5 + random() * 0.5, n: 50 + below(1500) });
  const age = (): string => `P${below(60)}D`;
  const model: TestModel = {
    ...(chance(0.8)
      ? {
          metrics: {
            b: {
              accuracy: {
                age: age(),
                ...(chance(0.1) ? { failed: 3 } : {}),
                slices: { group: { a: figure(), b: figure() } },
              },
            },
          },
        }
      : {}),
    ...(chance(0.8)
      ? { card: { ...(chance(0.6) ? { license: 'mit' } : {}), ...(chance(0.6) ? { '#use': 'It is used.' } : {}) } }
      : {}),
    ...(chance(0.8)
      ? { lineage: (['license', 'training-run', 'dataset-card'] as const).filter(() => chance(0.7)) }
      : {}),
    attestations: controls.filter(() => chance(0.6)).map(({ id }) => ({ control: id, age: age() })),
    waivers: controls.filter(() => chance(0.2)).map(({ id }) => ({ control: id })),
  };
  return {
    files: {
      'child.policy.yaml': `${head('child', 'team')}extends: [{id: parent, version: "1"}]\n${chance(0.5) ? gate() : ''}controls:\n${below_ === '' ? '  []\n' : below_}`,
      'parent.policy.yaml': `${head('parent', 'country')}${chance(0.7) ? gate() : ''}controls:\n${parent}`,
    },
    model,
  };
}

async function resolvePair(files: Record<string, string>): Promise<readonly [PolicySet, PolicySet] | undefined> {
  try {
    return [await resolveSet(files, ['child.policy.yaml']), await resolveSet(files, ['parent.policy.yaml'])];
  } catch (error) {
    if (!(error instanceof assert.AssertionError)) throw error;
    return undefined;
  }
}

function judge(set: PolicySet, { subject, evidence }: ReturnType<typeof makeFixture>): AssessmentRecord {
  const assessor = personOf('assessor');
  return buildRecord({ id: 'a', subject, evidence, set, assessor, workbench: 'test', now, sha256 });
}

describe('a policy upon another, at random', () => {
  it('never lets pass what the other alone does not: no control, and not the gate', async () => {
    const seen = { pairs: 0, stricter: 0, passed: 0, shut: 0, refused: 0 };
    for (let seed = 1; seed <= 500; seed++) {
      const { files, model } = makePair(seed);
      const sets = await resolvePair(files);
      if (sets === undefined) {
        seen.refused += 1;
        continue;
      }
      const [childSet, parentSet] = sets;
      const fixture = makeFixture(model, childSet, now);
      const [child, parent] = [judge(childSet, fixture), judge(parentSet, fixture)];
      seen.pairs += 1;
      const told = (): string => `seed ${seed}\n${Object.values(files).join('\n')}\n${JSON.stringify(model)}\n`;
      for (const control of parent.controls) {
        const own = child.controls.find(({ id }) => id === control.id);
        assert.ok(own, told());
        if (own.outcome === 'compliant') assert.equal(control.outcome, 'compliant', `${told()}${control.id}`);
        if (own.outcome !== control.outcome) seen.stricter += 1;
        const states = new Map(control.checks.map(({ id, state }) => [id, state]));
        for (const { id, state } of own.checks)
          if (state === 'pass' && states.has(id)) assert.equal(states.get(id), 'pass', `${told()}${id}`);
      }
      if (child.gate.outcome === 'passed') {
        seen.passed += 1;
        assert.equal(
          parent.gate.outcome,
          'passed',
          `${told()}${JSON.stringify([child.gate, parent.gate], undefined, 1)}`,
        );
      } else if (parent.gate.outcome === 'passed') seen.shut += 1;
    }
    // The property says nothing where nothing was tried.
    assert.ok(seen.pairs > 100 && seen.refused > 100, JSON.stringify(seen));
    assert.ok(seen.stricter > 30 && seen.passed > 10 && seen.shut > 10, JSON.stringify(seen));
  });

  it('cannot lift the score that the other asks for by controls and checks of its own', async () => {
    const files = {
      'child.policy.yaml': `id: child\nversion: 1.0.0\nlevel: team\nextends: [{id: parent, version: "1"}]\ncontrols:\n  - {id: A, severity: medium, checks: [{id: A.new, type: model-card, path: license}]}\n${Array.from({ length: 20 }, (_, index) => `  - {id: N${index}, title: T, severity: high, checks: [{id: N${index}.c, type: model-card, path: license}]}\n`).join('')}`,
      'parent.policy.yaml':
        'id: parent\nversion: 1.0.0\nlevel: country\nscoring: {gate: {failOn: [critical], minScore: 60, minEvidenceCoverage: 60}}\ncontrols:\n  - {id: A, title: T, severity: medium, checks: [{id: A.c, type: model-card, path: owner}]}\n  - {id: B, title: T, severity: medium, checks: [{id: B.c, type: model-card, path: license}]}\n  - {id: C, title: T, severity: low, checks: [{id: C.c, type: lineage, require: [license]}]}\n',
    };
    const set = await resolveSet(files, ['child.policy.yaml']);
    const record = judge(set, makeFixture({ card: { license: 'mit' } }, set, now));
    assert.ok((record.score ?? 0) > 90, String(record.score));
    assert.equal(record.gate.outcome, 'failed');
    assert.deepEqual(
      record.gate.conditions.slice(-2).map(({ condition, actual, outcome }) => [condition, actual, outcome]),
      [
        ['Score', '40 over its 3 controls', 'not-met'],
        ['Evidence coverage', '66.6 % over its 3 controls', 'met'],
      ],
    );
  });

  it('cannot fail on less than a policy without a gate does', async () => {
    const files = {
      'child.policy.yaml':
        'id: child\nversion: 1.0.0\nlevel: team\nextends: [{id: parent, version: "1"}]\nscoring: {gate: {failOn: [critical]}}\n',
      'parent.policy.yaml':
        'id: parent\nversion: 1.0.0\nlevel: country\ncontrols:\n  - {id: A, title: T, severity: high, checks: [{id: A.c, type: model-card, path: owner}]}\n',
    };
    assert.match((await refuse(files)).join('\n'), /scoring\.gate\.failOn: `failOn` is without `high`/);
  });
});
