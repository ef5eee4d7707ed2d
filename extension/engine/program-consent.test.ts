import assert from 'node:assert/strict';
import type { Memory } from '../base/memory.ts';
import { createProgramConsent } from './program-consent.ts';

describe('consent to programs', () => {
  const held = new Map<string, unknown>();
  const memory: Memory = {
    get: <T>(key: string, fallback: T) => (held.get(key) as T | undefined) ?? fallback,
    update: async (key, value) => void held.set(key, value),
  };
  let answer = true;
  let trusted = true;
  const asked: string[] = [];
  const allow = createProgramConsent({
    memory,
    isTrusted: () => trusted,
    confirm: async (_question, detail) => {
      asked.push(detail);
      return answer;
    },
  });
  beforeEach(() => {
    held.clear();
    asked.length = 0;
    answer = trusted = true;
  });

  it('shows the exact command, and asks once for each', async () => {
    const commands = [['python3', 'score.py', '--name', 'a b; rm']];
    assert.equal(await allow('/w', { commands }), true);
    assert.match(asked[0] ?? '', /python3 score\.py --name "a b; rm"/);
    assert.equal(await allow('/w', { commands }), true);
    assert.equal(asked.length, 1);
    assert.equal(JSON.stringify([...held]).includes('score'), false);
  });

  it('asks whether libraries may be installed, each time, and never in Restricted Mode', async () => {
    const install = { libraries: ['torch==2.0'], folder: '/cache' };
    assert.equal(await allow('/w', { commands: [], install }), true);
    assert.match(asked[0] ?? '', /gigabytes.*\/cache.*torch==2\.0/s);
    answer = false;
    assert.equal(await allow('/w', { commands: [], install }), false);
    trusted = false;
    assert.equal(await allow('/w', { commands: [], install }), false);
    assert.equal(asked.length, 2);
  });

  it('asks again for another word or another folder, and only about what is new', async () => {
    await allow('/w', { commands: [['a']] });
    await allow('/w', { commands: [['a'], ['a', 'b']] });
    assert.doesNotMatch(asked[1] ?? '', /^a$/m);
    await allow('/v', { commands: [['a']] });
    // A boundary between words is part of the command.
    await allow('/w', { commands: [['a b']] });
    assert.equal(asked.length, 4);
  });

  it('remembers no refusal, and never asks in Restricted Mode', async () => {
    answer = false;
    assert.equal(await allow('/w', { commands: [['a']] }), false);
    assert.equal(await allow('/w', { commands: [['a']] }), false);
    trusted = false;
    answer = true;
    assert.equal(await allow('/w', { commands: [['a']] }), false);
    assert.equal(asked.length, 2);
  });
});
