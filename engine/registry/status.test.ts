import assert from 'node:assert/strict';
import { isUndecided, shownStatus } from './status.ts';

describe('the status a version is shown with', () => {
  it('follows what was measured and assessed until governance decides', () => {
    assert.equal(shownStatus('candidate', { measured: false, assessed: false }), 'candidate');
    assert.equal(shownStatus('candidate', { measured: true, assessed: false }), 'evaluated');
    assert.equal(shownStatus('candidate', { measured: true, assessed: true }), 'assessed');
    assert.equal(shownStatus('candidate', { measured: false, assessed: true }), 'assessed');
    for (const status of ['approved', 'baseline', 'production', 'retired', 'revoked', 'untracked'] as const) {
      assert.equal(shownStatus(status, { measured: true, assessed: true }), status);
      assert.equal(isUndecided(status), false);
    }
  });
});
