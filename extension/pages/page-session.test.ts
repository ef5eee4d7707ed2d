import assert from 'node:assert/strict';
import type { ShowFailure } from '../../schemas/generated/messages.ts';
import { FailureError } from '../base/failure.ts';
import { createPageSession, type PageMessage } from './page-session.ts';

type Out = { type: 'shown'; count: number } | ShowFailure;

/** A page whose answers the test gives. */
function open() {
  const posted: Out[] = [];
  const waiting: { resolve(count: number): void; reject(error: unknown): void }[] = [];
  let refresh: () => void = () => {};
  let followed = 0;
  let unfollowed = 0;
  const session = createPageSession<PageMessage, Out>({
    load: () =>
      new Promise((resolve, reject) => {
        waiting.push({
          resolve: count => resolve({ title: `${count}`, message: { type: 'shown', count } }),
          reject,
        });
      }),
    follow(again) {
      followed++;
      refresh = again;
      return { dispose: () => (unfollowed += 1) };
    },
    async answer() {
      throw new FailureError({ code: 'usage', message: 'No.' });
    },
    post: message => posted.push(message),
    onTitle: () => {},
  });
  return {
    session,
    posted,
    waiting,
    refresh: () => refresh(),
    counts: () => ({ followed, unfollowed }),
  };
}

const settle = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

describe('page session', () => {
  it('asks again after the answer under way, once for all changes meanwhile', async () => {
    const { session, posted, waiting, refresh } = open();
    void session.receive({ type: 'ready' });
    refresh();
    refresh();
    assert.equal(waiting.length, 1);
    waiting[0]?.resolve(1);
    await settle();
    assert.equal(waiting.length, 2);
    waiting[1]?.resolve(2);
    await settle();
    assert.equal(waiting.length, 2);
    assert.deepEqual(posted, [
      { type: 'shown', count: 1 },
      { type: 'shown', count: 2 },
    ]);
    session.dispose();
  });

  it('shows again to a page that was hidden, and follows only once', async () => {
    const { session, waiting, counts } = open();
    void session.receive({ type: 'ready' });
    waiting[0]?.resolve(1);
    await settle();
    void session.receive({ type: 'ready' });
    assert.equal(waiting.length, 2);
    session.dispose();
    assert.deepEqual(counts(), { followed: 1, unfollowed: 1 });
  });

  it('shows a failure, and goes on', async () => {
    const { session, posted, waiting, refresh } = open();
    void session.receive({ type: 'ready' });
    waiting[0]?.reject(new FailureError({ code: 'store-busy', message: 'Busy.' }));
    await settle();
    refresh();
    waiting[1]?.resolve(2);
    await settle();
    assert.deepEqual(posted, [
      { type: 'failure', failure: { code: 'store-busy', message: 'Busy.' } },
      { type: 'shown', count: 2 },
    ]);
    session.dispose();
  });

  it('says nothing once it is closed', async () => {
    const { session, posted, waiting } = open();
    void session.receive({ type: 'ready' });
    session.dispose();
    waiting[0]?.resolve(1);
    await settle();
    assert.deepEqual(posted, []);
  });

  it('answers a question that fails with its number', async () => {
    const { session, posted } = open();
    await session.receive({ type: 'samples', request: 7 });
    assert.deepEqual(posted, [{ type: 'failure', request: 7, failure: { code: 'usage', message: 'No.' } }]);
    session.dispose();
  });
});
