import assert from 'node:assert/strict';
import { createManualClock } from '../../../test/fakes/clock.ts';
import { fixedCredential, readExpiry, renewedCredential } from './credential.ts';

const { signal } = new AbortController();

function token(claims: object): string {
  return `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`;
}

describe('a credential', () => {
  it('that does not change is there at once', () => {
    assert.equal(fixedCredential('k').current(), 'k');
  });

  it('is renewed five minutes before its own expiry', async () => {
    const clock = createManualClock(1_000_000);
    const first = token({ exp: (1_000_000 + 3_600_000) / 1000 });
    let fetched = 0;
    const credential = renewedCredential(first, () => Promise.resolve(`fresh${++fetched}`), clock);
    await clock.advance(54 * 60_000);
    assert.equal(credential.current(), first);
    await clock.advance(2 * 60_000);
    assert.equal(credential.current(), undefined);
    assert.deepEqual(await Promise.all([credential.renew(signal), credential.renew(signal)]), ['fresh1', 'fresh1']);
    assert.equal(credential.current(), 'fresh1');
  });

  it('that says nothing of its life is renewed after a quarter of an hour', async () => {
    const clock = createManualClock(5);
    const credential = renewedCredential('opaque', () => Promise.resolve('fresh'), clock);
    await clock.advance(14 * 60_000);
    assert.equal(credential.current(), 'opaque');
    await clock.advance(2 * 60_000);
    assert.equal(credential.current(), undefined);
  });

  it('whose source fails says so, and is asked for again', async () => {
    const clock = createManualClock();
    let attempts = 0;
    const fetch = () => (++attempts === 1 ? Promise.reject(new Error('no network')) : Promise.resolve('t'));
    const credential = renewedCredential(undefined, fetch, clock);
    await assert.rejects(credential.renew(signal), /no network/);
    assert.equal(await credential.renew(signal), 't');
  });

  it('has an expiry only where it is a JSON Web Token', () => {
    assert.equal(readExpiry(token({ exp: 12 })), 12_000);
    for (const other of ['', 'abc', 'a.b.c', token({}), token({ exp: 'soon' }), token({ exp: 1e999 }), 'x.AAAA.y'])
      assert.equal(readExpiry(other), undefined, other);
  });
});
