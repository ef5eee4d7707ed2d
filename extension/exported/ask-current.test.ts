import assert from 'node:assert/strict';
import { askCurrent } from './ask-current.ts';

describe('askCurrent', () => {
  it('asks what has replaced a file that was closed before it answered', async () => {
    let current = 'former';
    const closed = Promise.withResolvers<string>();
    const asked: string[] = [];
    const answer = askCurrent(
      () => current,
      name => {
        asked.push(name);
        return name === 'former' ? closed.promise : Promise.resolve(`rows of ${name}`);
      },
    );
    current = 'next';
    closed.reject(new Error('The file was closed.'));
    assert.equal(await answer, 'rows of next');
    assert.deepEqual(asked, ['former', 'next']);
  });

  it('fails where what is there fails', async () => {
    const failing = askCurrent(
      () => 'one',
      () => Promise.reject(new Error('damaged')),
    );
    await assert.rejects(failing, /damaged/);
  });
});
