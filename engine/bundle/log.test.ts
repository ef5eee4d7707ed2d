import assert from 'node:assert/strict';
import { bundleTools } from '../../cli/proof/tools.ts';
import { openGoverned, signal, type Governed } from '../../test/fakes/governed.ts';
import { approved, takeSteps } from '../../test/fakes/release-steps.ts';
import { createSeeded } from '../../test/fakes/seeded.ts';
import { readAnchor, writeAnchor } from '../audit/anchor.ts';
import { exportAudit } from '../audit/export.ts';
import { readLog } from './log.ts';

describe('an exported audit log', () => {
  let world: Governed;
  let bytes: Uint8Array;
  before(async () => {
    world = await openGoverned();
    await takeSteps(world, approved, await world.register('w1'));
    bytes = await exported(() => true);
  });
  after(() => world.close());

  async function exported(shows: (sequence: number) => boolean): Promise<Uint8Array> {
    let text = '';
    for await (const part of exportAudit(world.ports.store.ledger, shows, signal)) text += part;
    return new TextEncoder().encode(text);
  }
  /** Whether the log holds; one that cannot be read does not. */
  const holds = (log: Uint8Array): boolean => {
    try {
      return readLog(log, undefined, bundleTools.sha256).checks.every(({ result }) => result !== 'failed');
    } catch {
      return false;
    }
  };
  const flip = (log: Uint8Array, at: number, bit: number): Uint8Array => {
    const changed = Uint8Array.from(log);
    changed[at] = (changed[at] ?? 0) ^ (1 << bit);
    return changed;
  };

  it('holds, with and without what it records', async () => {
    assert.ok(holds(bytes));
    const bare = await exported(() => false);
    assert.ok(holds(bare));
    const { records, hidden } = readLog(bytes, undefined, bundleTools.sha256);
    assert.deepEqual(
      records.map(({ kind }) => kind),
      ['assessment', 'approval-request', 'approval'],
    );
    const read = readLog(bare, undefined, bundleTools.sha256);
    assert.deepEqual([read.records, read.hidden.length - hidden.length], [[], read.entries]);
  });

  it('does not hold with any byte of a small one flipped', async () => {
    const small = await exported(() => false);
    for (let at = 0; at < small.length; at += 1) assert.ok(!holds(flip(small, at, at % 7)), String(at));
  });

  it('does not hold with a byte anywhere in a larger one flipped', () => {
    const random = createSeeded(7);
    for (let round = 0; round < 300; round += 1) {
      const at = Math.floor(random() * bytes.length);
      const bit = Math.floor(random() * 8);
      assert.ok(!holds(flip(bytes, at, bit)), `${String(at)} bit ${String(bit)}`);
    }
  });

  it('is found cut short or rewritten by an anchor alone', () => {
    const lines = new TextDecoder().decode(bytes).trimEnd().split('\n');
    const { head } = readLog(bytes, undefined, bundleTools.sha256);
    const cut = new TextEncoder().encode(`${lines.slice(0, -1).join('\n')}\n`);
    assert.ok(holds(cut));
    const failuresBy = (log: Uint8Array, anchor: string): string[] =>
      readLog(log, readAnchor(anchor), bundleTools.sha256)
        .checks.filter(({ result }) => result === 'failed')
        .map(({ sentence }) => sentence);
    assert.deepEqual(failuresBy(bytes, writeAnchor(head)), []);
    assert.match(failuresBy(cut, writeAnchor(head)).join(), /its end was cut off/);
    assert.match(failuresBy(bytes, `1:${head.hash}`).join(), /was rewritten/);
  });
});

describe('an anchor', () => {
  const hash = 'a'.repeat(64);
  it('is read out of a text', () => {
    assert.deepEqual(readAnchor(`AI Workbench audit log 42:${hash}\n`), { sequence: 42, hash });
    assert.deepEqual(readAnchor(`42:${hash} and 42:${hash}`), { sequence: 42, hash });
  });
  for (const text of ['', '42', `42:${hash}b`, `42:${hash} 43:${hash}`, `x:${hash}`])
    it(`is not ${JSON.stringify(text.slice(0, 12))}`, () => assert.throws(() => readAnchor(text), /anchor/));
});
