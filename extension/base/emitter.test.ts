import assert from 'node:assert/strict';
import { createEmitter, disposeAll } from './emitter.ts';

describe('createEmitter', () => {
  it('calls the others when one listener throws', () => {
    const errors: unknown[] = [];
    const emitter = createEmitter<number>(error => errors.push(error));
    const heard: number[] = [];
    emitter.event(() => {
      throw new Error('no');
    });
    const second = emitter.event(value => heard.push(value));
    emitter.fire(1);
    second.dispose();
    emitter.fire(2);
    assert.deepEqual(heard, [1]);
    assert.equal(errors.length, 2);
  });
});

describe('disposeAll', () => {
  it('disposes in reverse order and once', () => {
    const order: string[] = [];
    const parts = ['a', 'b'].map(name => ({ dispose: () => void order.push(name) }));
    const all = disposeAll(...parts);
    all.dispose();
    all.dispose();
    assert.deepEqual(order, ['b', 'a']);
  });
});
