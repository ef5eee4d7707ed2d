import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Scorecard, ScorecardView } from '../../schemas/generated/messages.ts';
import { mostScorecardBytes } from '../../schemas/verify-scorecard.ts';
import { FailureError } from '../base/failure.ts';
import { readScorecard } from './read-scorecard.ts';

const folder = path.join(import.meta.dirname, '../../test/fixtures/scorecards');
const fixture = (name: string): Scorecard =>
  (JSON.parse(readFileSync(path.join(folder, `${name}.json`), 'utf8')) as ScorecardView).scorecard;
const bytes = (value: unknown): Uint8Array =>
  new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));

async function failureOf(content: Uint8Array) {
  try {
    await readScorecard(content, 'a.scorecard.json');
  } catch (error) {
    assert.ok(error instanceof FailureError);
    return error.failure;
  }
  return assert.fail('It was read.');
}

describe('readScorecard', () => {
  it('verifies a file as it was written, whatever its spacing and order of keys', async () => {
    const scorecard = fixture('passed');
    const view = await readScorecard(bytes(JSON.stringify(scorecard, undefined, 4)), 'a.scorecard.json');
    assert.equal(view.verification.state, 'verified', view.verification.sentence);
    assert.equal(view.source, 'file');
    assert.deepEqual(view.scorecard, scorecard);
    const { record, ...rest } = scorecard;
    const reordered = { ...rest, record: Object.fromEntries(Object.entries(record).reverse()) };
    assert.equal((await readScorecard(bytes(reordered), 'a')).verification.state, 'verified');
  });

  it('finds any change of the record', async () => {
    const changes: ((scorecard: Scorecard) => void)[] = [
      ({ record }) => (record.score = 12.5),
      ({ record }) => (record.gate.outcome = record.gate.outcome === 'passed' ? 'failed' : 'passed'),
      ({ record }) => (record.subject.version += '0'),
      ({ record }) => record.controls.pop(),
      scorecard => (scorecard.digest = '0'.repeat(64)),
    ];
    for (const change of changes) {
      const scorecard = fixture('passed');
      change(scorecard);
      const { verification } = await readScorecard(bytes(scorecard), 'a');
      assert.equal(verification.state, 'tampered', change.toString());
    }
  });

  it('says what is wrong with a file that is none, and where to look', async () => {
    const cases: [content: Uint8Array, message: RegExp][] = [
      [bytes('{"schemaVersion": 1,'), /a\.scorecard\.json is no scorecard: it is no JSON/],
      [bytes('[]'), /is no scorecard/],
      [bytes({ schemaVersion: 2 }), /is no scorecard/],
      [bytes({ ...fixture('passed'), approval: { state: 'sure', sentence: '' } }), /at \/approval\/state/],
      [new Uint8Array([0xff, 0xfe, 0x00]), /it is no JSON/],
    ];
    for (const [content, message] of cases) {
      const failure = await failureOf(content);
      assert.equal(failure.code, 'file-invalid');
      assert.match(failure.message, message);
      assert.match(failure.remedy ?? '', /as text/);
    }
  });

  it('does not parse what is too large', async () => {
    const failure = await failureOf(new Uint8Array(mostScorecardBytes + 1));
    assert.equal(failure.code, 'file-too-large');
    assert.match(failure.message, /32\.0 MiB, and at most 32 are read/);
  });
});
