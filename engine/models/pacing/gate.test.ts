import assert from 'node:assert/strict';
import { createGate } from './gate.ts';

const { signal } = new AbortController();

describe('concurrency gate', () => {
  it('lets in as many as the limit and the rest in order of arrival', async () => {
    const gate = createGate(2);
    const order: number[] = [];
    assert.equal(gate.enter(signal), undefined);
    assert.equal(gate.enter(signal), undefined);
    const third = gate.enter(signal)?.then(() => order.push(3));
    const fourth = gate.enter(signal)?.then(() => order.push(4));
    gate.leave();
    await third;
    gate.leave();
    await fourth;
    assert.deepEqual(order, [3, 4]);
    assert.equal(gate.active, 2);
  });

  it('does not let a newcomer overtake those who wait', () => {
    const gate = createGate(1);
    void gate.enter(signal);
    void gate.enter(signal);
    gate.leave();
    assert.equal(gate.active, 1);
    assert.notEqual(gate.enter(signal), undefined);
  });

  it('gives up a wait on abort and holds no place for it', async () => {
    const gate = createGate(1);
    const controller = new AbortController();
    void gate.enter(signal);
    const waiting = gate.enter(controller.signal);
    const reason = new Error('stop');
    controller.abort(reason);
    await assert.rejects(async () => waiting, reason);
    gate.leave();
    assert.equal(gate.active, 0);
    assert.equal(gate.enter(signal), undefined);
    await assert.rejects(async () => gate.enter(controller.signal), reason);
    assert.equal(gate.active, 1);
  });

  it('halves once for all requests sent under the same limit, never below 1', () => {
    const gate = createGate(16);
    const first = gate.epoch;
    gate.cut(first);
    gate.cut(first);
    gate.cut(first);
    assert.equal(gate.limit, 8);
    for (let i = 0; i < 10; i++) gate.cut(gate.epoch);
    assert.equal(gate.limit, 1);
  });

  it('recovers by one after as many successes as the limit, up to the configured concurrency', () => {
    const gate = createGate(4);
    gate.cut(gate.epoch);
    assert.equal(gate.limit, 2);
    gate.grow();
    assert.equal(gate.limit, 2);
    gate.grow();
    assert.equal(gate.limit, 3);
    for (let i = 0; i < 20; i++) gate.grow();
    assert.equal(gate.limit, 4);
  });

  it('admits nobody while more are under way than a cut limit allows', async () => {
    const gate = createGate(4);
    for (let i = 0; i < 4; i++) void gate.enter(signal);
    let entered = false;
    const fifth = gate.enter(signal)?.then(() => (entered = true));
    gate.cut(gate.epoch);
    gate.leave();
    gate.leave();
    await Promise.resolve();
    assert.equal(entered, false);
    gate.leave();
    await fifth;
    assert.equal(gate.active, 2);
  });
});
