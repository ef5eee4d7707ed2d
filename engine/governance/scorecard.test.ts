import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { checkOf, openAssessable, refused, type Assessable } from '../../test/fakes/assessable.ts';
import { day } from '../../test/fakes/evidence.ts';
import { signal } from '../../test/fakes/governed.ts';
import { createSeeded } from '../../test/fakes/seeded.ts';
import { WorkbenchError } from '../base/errors.ts';
import { requestWaiver } from '../promotion/waivers.ts';
import { readScorecard, readScorecardFile, serialiseScorecard, viewScorecard } from './scorecard.ts';
import { renderAssessmentMarkdown, renderAssessmentText } from './text.ts';
import { viewAssessment } from './view.ts';

describe('a scorecard, and what it rests on', () => {
  let world: Assessable;

  beforeEach(async () => {
    world = await openAssessable();
  });
  afterEach(() => world.close());

  it('writes a scorecard that shows every change made to it', async () => {
    await world.measure([world.version]);
    const { written, view } = await world.judge();
    assert.equal(written, 'cards/triage.scorecard.json');
    const text = readFileSync(world.file('cards/triage.scorecard.json'), 'utf8');
    const scorecard = await readScorecardFile(world.file('cards/triage.scorecard.json'), world.ports.files, signal);
    assert.deepEqual(scorecard.record, view.scorecard.record);
    assert.equal(viewScorecard(scorecard, world.ports.digest).verification.state, 'verified');
    const entries = await world.ports.store.ledger.readAudit(0, 1000);
    assert.deepEqual(scorecard.auditHead, {
      sequence: entries.at(-1)?.entry.sequence,
      hash: entries.at(-1)?.entry.hash,
    });
    for (const [from, to] of [
      ['"outcome": "not-assessed"', '"outcome": "compliant"'],
      ['author@x.example', 'nobody@x.example'],
      [scorecard.digest, 'f'.repeat(64)],
    ] as const) {
      assert.ok(text.includes(from), from);
      const forged = readScorecard(text.replace(from, to), 'forged.scorecard.json');
      assert.equal(viewScorecard(forged, world.ports.digest).verification.state, 'tampered', from);
    }
    const other = world.file('elsewhere.scorecard.json');
    assert.equal((await world.judge({ scorecard: other })).written, 'elsewhere.scorecard.json');
  });

  it('shows any byte of its record and its digest that was changed', async () => {
    await world.measure([world.version]);
    const text = serialiseScorecard((await world.judge()).view.scorecard);
    const isVerified = (changed: string): boolean => {
      try {
        return viewScorecard(readScorecard(changed, 'a.json'), world.ports.digest).verification.state === 'verified';
      } catch (error) {
        assert.ok(error instanceof WorkbenchError, String(error));
        return false;
      }
    };
    assert.ok(isVerified(text));
    const start = text.indexOf('"digest": "');
    const end = text.lastIndexOf('"schemaVersion"');
    assert.ok(end - start > 5_000);
    const random = createSeeded(21);
    for (let tried = 0; tried < 1_500; tried += 1) {
      const at = start + Math.floor(random() * (end - start));
      const other = String.fromCharCode(text.charCodeAt(at) ^ (1 << Math.floor(random() * 7)));
      const changed = text.slice(0, at) + other + text.slice(at + 1);
      // White space between its parts is no part of what the file says.
      if (/\s/.test(other) && /\s/.test(text.charAt(at))) continue;
      assert.ok(!isVerified(changed), `${text.slice(at - 20, at)}[${text.charAt(at)} to ${other}]`);
    }
  });

  it('lays a large file out for nobody, and reads it all the same', async () => {
    const { scorecard } = (await world.judge()).view;
    const [control] = scorecard.record.controls;
    const controls = Array.from({ length: 4_000 }, (_, index) => ({ ...control!, id: `C-${String(index)}` }));
    const large = { ...scorecard, record: { ...scorecard.record, controls } };
    const text = serialiseScorecard(large);
    assert.ok(text.length > 2 * 1024 * 1024);
    assert.equal(text.trimEnd().split('\n').length, 1);
    assert.deepEqual(readScorecard(text, 'large.json'), large);
    assert.ok(serialiseScorecard(scorecard).split('\n').length > 100);
  });

  it('refuses files that are no scorecards', () => {
    const cases = ['', '{', '[]', '{}', '{"schemaVersion":2}', ' '.repeat(33 * 1024 * 1024)];
    for (const text of cases)
      assert.throws(() => readScorecard(text, 'a.json'), refused('file-invalid', /a\.json is no scorecard/));
  });

  it('shows a record that was changed in the store as tampered', async () => {
    await world.measure([world.version]);
    const { view } = await world.judge();
    const { id } = view.scorecard.record;
    world.dropGuards();
    world.edit(
      `UPDATE audit_payloads SET payload = replace(payload, '"outcome":"not-assessed"', '"outcome":"compliant"')`,
    );
    const changed = await viewAssessment(id, world.ports, signal);
    assert.equal(changed.verification.state, 'tampered');
    world.edit(`UPDATE audit_payloads SET payload = replace(payload, '"schemaVersion":1', '"schemaVersion":9')`);
    await assert.rejects(viewAssessment(id, world.ports, signal), refused('record-tampered', /was changed/));
    await assert.rejects(viewAssessment('nothing', world.ports, signal), refused('record-not-found', /nothing/));
  });

  it('does not open a gate with a waiver that was changed', async () => {
    const expiresAt = world.clock.now() + 10 * day;
    const request = {
      model: 'triage',
      versions: ['1'],
      control: 'CARD',
      reason: 'Known.',
      expiresAt,
      folder: world.folder,
    };
    await requestWaiver(request, world.ports, signal);
    world.dropGuards();
    world.edit(`UPDATE audit_payloads SET payload = replace(payload, '"control":"CARD"', '"control":"PERF"')`);
    await assert.rejects(world.judge(), refused('record-tampered', /waiver/));
  });

  it('makes an error of an attestation, and of a card, that were changed', async () => {
    await world.judge();
    await world.attest();
    world.dropGuards();
    world.edit(`UPDATE audit_payloads SET payload = replace(payload, 'reviewer@x.example', 'somebody@x.example')`);
    const artifacts = await world.ports.store.registry.listArtifacts('triage', '1', signal);
    const card = artifacts.find(artifact => artifact.name === 'model-card');
    assert.ok(card?.artifactType === 'doc-artifact');
    writeFileSync(world.ports.store.blobs.locate(card.digest ?? ''), '# Triage\n\n## Use\n\nAnything at all.\n');
    const record = await world.recordOf();
    assert.equal(checkOf(record, 'LOOK.read')?.state, 'error');
    assert.equal(checkOf(record, 'CARD.use')?.state, 'error');
    assert.equal(record.gate.outcome, 'failed');
  });

  it('says the same in text and in Markdown, failures first', async () => {
    await world.measure([world.version], { value: 0.7 });
    const { view } = await world.judge();
    const text = renderAssessmentText(view);
    assert.match(
      text,
      /^triage@1: gate NOT passed\nFailed: 2 of 2 conditions are not met\. Control PERF keeps it shut\.\n/,
    );
    assert.match(text, /Score 26\.3 of 100; evidence coverage 50 %; waived controls 0/);
    assert.ok(text.indexOf('PERF') < text.indexOf('CARD'));
    assert.match(text, /not legal advice or certification\.$/);
    const markdown = renderAssessmentMarkdown(view);
    assert.match(markdown, /\| PERF \| Right often enough \| critical \| not compliant \| corp, stricter by team \|/);
    assert.match(markdown, /gate NOT passed/);
  });
});
