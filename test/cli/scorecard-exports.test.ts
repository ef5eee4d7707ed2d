import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Scorecard } from '../../schemas/generated/messages.ts';
import { openAssessable, type Assessable } from '../fakes/assessable.ts';
import { validateCycloneDx, validateSarif } from '../fakes/published-schemas.ts';
import { readXml } from '../fakes/xml-reader.ts';
import { createWorkspace, runAiwb, type Finished } from './aiwb.ts';

/** A policy whose gate is open although one of its controls failed. */
const lenient = `id: lenient
version: 1.0.0
level: team
scoring: {gate: {failOn: [critical]}}
controls:
  - id: USE
    title: The card says what it is for
    severity: high
    checks: [{id: USE.card, type: model-card, path: "#use"}]
  - id: LIMITS
    title: The card says what it is not for
    severity: high
    checks: [{id: LIMITS.card, type: model-card, path: "#limits"}]
`;

describe('exports on the command line', function () {
  this.timeout(120_000);
  let world: Assessable;
  const aiwb = (...args: string[]): Promise<Finished> => runAiwb(args, { cwd: world.folder });
  const assess = (policy: string, ...args: string[]): Promise<Finished> =>
    aiwb('assess', 'triage@candidate', '-p', `policies/${policy}.policy.yaml`, ...args);
  const read = (name: string): string => readFileSync(world.file(name), 'utf8');
  before(async () => {
    world = await openAssessable();
    await world.write('policies/lenient.policy.yaml', lenient);
    await world.write('workbench.yaml', 'connections: {}\n');
  });
  after(() => world.close());

  it('writes every format in one go, and says where', async () => {
    const formats = ['html', 'pdf', 'markdown', 'model-card', 'csv', 'junit', 'sarif', 'oscal', 'cyclonedx'];
    const files = formats.flatMap(format => [`--${format}`, `out/${format}`]);
    const { code, stdout, stderr } = await assess('lenient', '--scorecard', 'out/card.scorecard.json', ...files);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /gate passed/);
    for (const format of formats) {
      assert.ok(stderr.includes(`${format} written to `), format);
      assert.ok(existsSync(world.file(`out/${format}`)), format);
    }
    assert.equal(read('out/pdf').slice(0, 5), '%PDF-');
    assert.deepEqual(validateSarif(JSON.parse(read('out/sarif'))), []);
    assert.deepEqual(validateCycloneDx('1.6')(JSON.parse(read('out/cyclonedx'))), []);
    assert.equal(readXml(read('out/junit')).attributes['failures'], '1');
  });

  it('fails a build by severity where that is asked for', async () => {
    const cases: readonly [args: readonly string[], code: number][] = [
      [[], 0],
      [['--fail-on', 'critical'], 0],
      [['--fail-on', 'high'], 1],
      [['--fail-on', 'low'], 1],
      [['--fail-on', 'never'], 0],
    ];
    for (const [args, expected] of cases) {
      const { code, stderr } = await assess('lenient', ...args);
      assert.equal(code, expected, `${args.join(' ')}: ${stderr}`);
      if (expected === 1)
        assert.match(stderr, /Exit code 1: 1 control of severity \w+ or above is not compliant: LIMITS\./);
    }
    assert.equal((await assess('corp')).code, 1);
    assert.equal((await assess('corp', '--fail-on', 'critical')).code, 1);
    assert.equal((await assess('corp', '--fail-on', 'never')).code, 0);
  });

  it('refuses what it does not know before it assesses', async () => {
    const wrong = await assess('lenient', '--fail-on', 'severe');
    assert.deepEqual([wrong.code, wrong.stdout], [2, '']);
    assert.match(wrong.stderr, /critical, high, medium, low, never/);
    const twice = await assess('lenient', '--csv', 'out/same', '--sarif', 'out/same');
    assert.deepEqual([twice.code, twice.stdout], [2, '']);
    const format = await aiwb('scorecard', 'export', 'out/card.scorecard.json', '--to', 'docx');
    assert.equal(format.code, 2);
    assert.match(format.stderr, /cyclonedx/);
  });

  it('keeps and tells the assessment where no browser prints, and writes none of the files', async () => {
    const args = [
      'assess',
      'triage@candidate',
      '-p',
      'policies/lenient.policy.yaml',
      '--csv',
      'half/a.csv',
      '--pdf',
      'half/a.pdf',
    ];
    const { code, stdout, stderr } = await runAiwb(args, {
      cwd: world.folder,
      env: { AIWB_CHROMIUM: '/no/such/browser' },
    });
    assert.equal(code, 3);
    assert.match(stdout, /gate passed/);
    assert.match(stderr, /AIWB_CHROMIUM names \/no\/such\/browser/);
    assert.equal(existsSync(world.file('half')), false);
  });

  it('exports and shows a committed scorecard where there is no store', async () => {
    const elsewhere = createWorkspace({ 'a.scorecard.json': read('out/card.scorecard.json') });
    try {
      const shown = await runAiwb(['scorecard', 'show', 'a.scorecard.json'], { cwd: elsewhere.folder });
      assert.equal(shown.code, 0, shown.stderr);
      assert.match(shown.stdout, /LIMITS/);
      for (const format of ['csv', 'oscal', 'html', 'json']) {
        const made = await runAiwb(['scorecard', 'export', 'a.scorecard.json', '--to', format], {
          cwd: elsewhere.folder,
        });
        assert.equal(made.code, 0, made.stderr);
        assert.match(made.stdout, /LIMITS/, format);
      }
      const output = ['scorecard', 'export', 'a.scorecard.json', '--to', 'pdf'];
      assert.equal((await runAiwb(output, { cwd: elsewhere.folder })).code, 2);
      const pdf = await runAiwb([...output, '-o', 'a.pdf'], { cwd: elsewhere.folder });
      assert.equal(pdf.code, 0, pdf.stderr);
      assert.equal(existsSync(`${elsewhere.folder}/.aiwb`), false);
    } finally {
      elsewhere.remove();
    }
  });

  it('makes nothing of a scorecard that was changed', async () => {
    const changed = JSON.parse(read('out/card.scorecard.json')) as { -readonly [K in keyof Scorecard]: Scorecard[K] };
    changed.record = { ...changed.record, score: 100 };
    writeFileSync(world.file('changed.scorecard.json'), JSON.stringify(changed));
    const made = await aiwb('scorecard', 'export', 'changed.scorecard.json', '--to', 'oscal');
    assert.deepEqual([made.code, made.stdout], [2, '']);
    assert.match(made.stderr, /is not exported as oscal/);
    assert.match((await aiwb('scorecard', 'show', 'changed.scorecard.json')).stdout, /changed afterwards/);
  });

  it('exports a stored assessment by its id', async () => {
    const { record } = JSON.parse(read('out/card.scorecard.json')) as Scorecard;
    const made = await aiwb('scorecard', 'export', record.id, '--to', 'csv');
    assert.equal(made.code, 0, made.stderr);
    assert.equal(made.stdout, read('out/csv'));
    assert.equal((await aiwb('scorecard', 'export', 'nothing', '--to', 'csv')).code, 2);
  });
});
