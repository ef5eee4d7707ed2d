import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { PolicyList, Seal } from '../../schemas/generated/messages.ts';
import { validatePolicyList, validatePolicyProblems, validateSeal } from '../../schemas/generated/validators.js';
import { copyExamples, people, runAiwb, type Finished } from './aiwb.ts';
import { Window } from './window.ts';

/** Starter policies, tests, seals and approvals over the sample workspace. Each test goes on where the one before ended. */
describe('aiwb policy', function () {
  this.timeout(120_000);
  let workspace: ReturnType<typeof copyExamples>;
  const aiwb = (...args: string[]): Promise<Finished> => runAiwb(args, { cwd: workspace.folder });
  const as = (who: keyof typeof people, ...args: string[]): Promise<Finished> =>
    runAiwb(args, { cwd: workspace.folder, env: people[who] });
  const json = async <T>(...args: string[]): Promise<T> => {
    const { code, stdout, stderr } = await aiwb(...args, '--json');
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout) as T;
  };
  const file = (name: string): string => path.join(workspace.folder, name);
  const bank = 'policies/bank-ai.policy.yaml';
  const names = ['quality=triage-core', 'robustness=triage-robustness', 'fairness=triage-fairness'];
  const given = [...names.flatMap(name => ['--benchmark', name]), '--slice', 'group=writer'];

  before(() => {
    workspace = copyExamples();
  });
  after(() => workspace.remove());

  it('lists starter policies, and writes one with those it builds on and the names that were given', async () => {
    const listed = await aiwb('policy', 'templates');
    assert.match(listed.stdout, /^bank\.ai-policy: .*\n.*\n {2}builds on sg\.mas-feat, sg\.genai\n/);
    const { code, stdout, stderr } = await aiwb('policy', 'init', 'bank.ai-policy', ...given);
    assert.equal(code, 0, stderr);
    assert.equal(
      stdout,
      'policies/sg-mas-feat.policy.yaml (sg.mas-feat)\npolicies/sg-genai.policy.yaml (sg.genai)\npolicies/bank-ai.policy.yaml (bank.ai-policy)\n',
    );
    assert.match(stderr, /^safety: a name that stands for benchmarks of yours/);
    assert.match(readFileSync(file(bank), 'utf8'), /benchmark: triage-fairness\n +metric: accuracy\n +slice: writer\n/);
    const validated = await aiwb('validate', bank, 'policies/sg-mas-feat.policy.yaml');
    assert.deepEqual([validated.code, validated.stdout], [0, '']);
  });

  it('writes nothing over what is there, and nothing of what it does not know', async () => {
    const again = await aiwb('policy', 'init', 'bank.ai-policy');
    assert.deepEqual([again.code, again.stdout], [2, '']);
    assert.match(again.stderr, /bank-ai\.policy\.yaml is there already/);
    const unknown = await aiwb('policy', 'init', 'nist.ai-rmf', '-b', 'qualty=triage-core');
    assert.equal(unknown.code, 2);
    assert.match(unknown.stderr, /no benchmark "qualty"[^]*quality/);
    assert.equal(existsSync(file('policies/nist-ai-rmf.policy.yaml')), false);
    assert.equal((await aiwb('policy', 'init', 'nist.ai-rmf', '-b', 'quality')).code, 2);
  });

  it('runs the tests of policies, and tells what failed with file and line', async () => {
    const passed = await aiwb('policy', 'test', bank, 'policies/sg-genai.policy.yaml', '--junit', 'out.xml');
    assert.equal(passed.code, 0, passed.stdout);
    assert.match(passed.stdout, /10 passed, 0 failed\n$/);
    assert.match(readFileSync(file('out.xml'), 'utf8'), /<testsuites name="Policies" tests="10" failures="0">/);
    workspace.write(
      'policies/own.policy.yaml',
      readFileSync(file(bank), 'utf8').replace('id: bank.ai-policy', 'id: own'),
    );
    const text = readFileSync(file('policies/own.policy.yaml'), 'utf8').replace(
      '{BANK-HUM: not-applicable}',
      '{BANK-HUM: compliant}',
    );
    workspace.write('policies/own.policy.yaml', text);
    const failed = await aiwb('policy', 'test', 'policies/own.policy.yaml');
    assert.equal(failed.code, 1);
    const line = text.split('\n').findIndex(each => each.includes('{BANK-HUM: compliant}')) + 1;
    assert.ok(
      failed.stdout.includes(
        `policies/own.policy.yaml:${String(line)} BANK-HUM: expected compliant, is not-applicable\n`,
      ),
      failed.stdout,
    );
    assert.match(failed.stdout, /Applies only where model\.riskTier is at least 3; it is 1\./);
    const broken = await aiwb('policy', 'test', 'workbench.yaml');
    assert.equal(broken.code, 2);
  });

  it('seals bars before a run, and shows it on the assessment', async () => {
    const sealed = await json<Seal>('policy', 'seal', 'policies/marlo-ai.policy.yaml');
    assert.ok(validateSeal(sealed), JSON.stringify(validateSeal.errors));
    assert.equal(sealed.by.email, people.author.GIT_AUTHOR_EMAIL);
    for (const job of ['core.tune.yaml', 'ticket-triage.tune.yaml']) assert.equal((await aiwb('tune', job)).code, 0);
    assert.equal((await aiwb('run', 'evaluate-core.bench.yaml')).code, 0);
    const assessed = await aiwb(
      'assess',
      'ticket-triage@candidate',
      '--policy',
      'policies/marlo-ai.policy.yaml',
      '--json',
    );
    assert.equal(assessed.code, 1);
    const { view } = JSON.parse(assessed.stdout) as {
      view: {
        scorecard: { record: { controls: { checks: { id: string; sealed?: { at: number; before: boolean } }[] }[] } };
      };
    };
    const checks = view.scorecard.record.controls.flatMap(control => control.checks);
    assert.deepEqual(checks.find(({ id }) => id === 'PERF-01.accuracy')?.sealed, {
      at: sealed.at,
      by: sealed.by,
      before: true,
    });
  });

  it('calls what was put together from a document a draft until somebody approves it', async () => {
    workspace.write(
      'policies/draft.policy.yaml',
      `id: drafted\nversion: 1.0.0\nlevel: team\nreviewBy: 2020-01-01\nsource: {document: rules.pdf, sha256: ${'a'.repeat(64)}}\n`,
    );
    const standing = async (): Promise<string | undefined> => {
      const found = await json<PolicyList>('policy', 'list');
      assert.ok(validatePolicyList(found));
      return found.policies.find(({ id }) => id === 'drafted')?.approval?.state;
    };
    assert.equal(await standing(), 'draft');
    assert.match(
      (await aiwb('policy', 'list')).stdout,
      /drafted +1\.0\.0 +2020-01-01, overdue +draft, not approved +never assessed/,
    );
    const approved = await as('reviewer', 'policy', 'approve', 'policies/draft.policy.yaml', '--comment', 'Read.');
    assert.equal(approved.code, 0, approved.stderr);
    assert.equal(await standing(), 'approved');
    workspace.write(
      'policies/draft.policy.yaml',
      `${readFileSync(file('policies/draft.policy.yaml'), 'utf8')}title: Another\n`,
    );
    assert.equal(await standing(), 'draft');
    const audit = await aiwb('audit', 'verify');
    assert.equal(audit.code, 0, audit.stdout);
  });

  it('gives a window the same: problems, tests, templates, seals', async () => {
    const window = new Window();
    try {
      await window.open(workspace.folder);
      const found = await window.request('policies/problems', {});
      assert.ok(validatePolicyProblems(found));
      const robust = found.problems.find(({ control }) => control === 'ROB-01');
      const lines = readFileSync(file('policies/marlo-ai.policy.yaml'), 'utf8').split('\n');
      assert.equal(lines[(robust?.line ?? 0) - 1], '  - id: ROB-01');
      assert.deepEqual(
        [robust?.path, robust?.severity, robust?.model],
        ['policies/marlo-ai.policy.yaml', 'information', 'ticket-triage'],
      );
      assert.ok(!found.problems.some(({ control }) => control === 'PERF-01'));
      // What a policy inherits is a problem of the file that states it.
      assert.ok(found.problems.some(({ path: at }) => at === 'policies/fair-service.policy.yaml'));
      const policy = { path: file(bank) };
      const { tests } = await window.request('policies/tests', policy);
      assert.equal(tests.length, 5);
      const report = await window.request('policies/test', { policy, tests: [1] });
      assert.deepEqual(
        report.tests.map(({ failures }) => failures),
        [[]],
      );
      const { templates } = await window.request('policies/templates', {});
      assert.equal(templates.length, 5);
      const drafted = await window.request('policies/draft', { template: 'nist.ai-rmf' });
      assert.deepEqual(
        drafted.files.map(({ id }) => id),
        ['nist.ai-rmf'],
      );
      const { policies } = await window.request('policies/list', {});
      assert.equal(policies.find(({ id }) => id === 'marlo.ai-policy')?.last?.gate, 'failed');
    } finally {
      window.close();
    }
  });
});
