import assert from 'node:assert/strict';
import { createRequests, RequestFailed } from './requests.ts';

type Asked = { readonly type: 'samples'; readonly request: number };
type Answer = {
  readonly type: string;
  readonly request?: number;
  readonly failure?: { code: string; message: string };
};

describe('createRequests', () => {
  function open() {
    const posted: Asked[] = [];
    const stopped: number[] = [];
    const requests = createRequests<Asked, Answer>(
      message => posted.push(message),
      request => stopped.push(request),
    );
    return { posted, stopped, requests };
  }
  const build = (request: number): Asked => ({ type: 'samples', request });
  const { signal } = new AbortController();

  it('pairs answers with questions in whichever order they come', async () => {
    const { posted, requests } = open();
    const asked = [requests.ask(build, signal), requests.ask(build, signal)];
    const [first, second] = posted.map(({ request }) => request);
    assert.ok(requests.receive({ type: 'samples', request: second! }));
    assert.ok(
      requests.receive({ type: 'failure', request: first!, failure: { code: 'store-busy', message: 'Busy.' } }),
    );
    await assert.rejects(asked[0]!, (error: unknown) => error instanceof RequestFailed && error.message === 'Busy.');
    assert.deepEqual(await asked[1], { type: 'samples', request: second });
  });

  it('leaves to others what is no answer, and ignores an answer that nobody waits for', () => {
    const { requests } = open();
    assert.equal(requests.receive({ type: 'failure' }), false);
    assert.equal(requests.receive({ type: 'samples', request: -7 }), true);
  });

  it('tells once what is not needed any more, and only while it is open', async () => {
    const { posted, stopped, requests } = open();
    const given = new AbortController();
    const asked = requests.ask(build, given.signal);
    given.abort(new Error('Enough.'));
    await assert.rejects(asked, /Enough/);
    assert.deepEqual(stopped, [posted[0]?.request]);
    const answered = new AbortController();
    const other = requests.ask(build, answered.signal);
    requests.receive({ type: 'samples', request: posted[1]!.request });
    await other;
    answered.abort();
    assert.equal(stopped.length, 1);
  });

  it('numbers no two questions alike, whoever asks', () => {
    const [one, two] = [open(), open()];
    void one.requests.ask(build, signal);
    void two.requests.ask(build, signal);
    assert.notEqual(one.posted[0]?.request, two.posted[0]?.request);
  });
});
