import assert from 'node:assert/strict';
import { createDigest } from '../../platform/host/digest.ts';
import type { AuditEntry } from '../../schemas/generated/messages.ts';
import { omit } from '../base/omit.ts';
import { auditOrigin, type AuditLine } from '../ports/ledger.ts';
import { checkLink, sealEntry } from './entry.ts';

describe('an audit entry', () => {
  const { sha256 } = createDigest();
  const seal = (payload: string, head = auditOrigin): AuditLine => {
    const event = { at: 1_700_000_000_000, actor: 'ada@example.com', action: 'alias.moved', subject: 'm@1', payload };
    return { entry: sealEntry(event, head, sha256), payload };
  };
  const first = seal('{"a":1}');
  const second = seal('{"a":2}', first.entry);

  it('follows the one before it, the first one 64 zeros', () => {
    assert.deepEqual([first.entry.sequence, first.entry.previous], [1, '0'.repeat(64)]);
    assert.deepEqual([second.entry.sequence, second.entry.previous], [2, first.entry.hash]);
    assert.deepEqual(checkLink(first, auditOrigin, sha256), []);
    assert.deepEqual(checkLink(second, first.entry, sha256), []);
  });

  it('has a hash anybody can compute from its canonical JSON', () => {
    // Computed apart: printf '%s' '{"a":1}' | sha256sum, then the same over the entry without its hash, keys in order.
    const payloadDigest = '015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862';
    assert.equal(first.entry.payloadDigest, payloadDigest);
    const text =
      '{"action":"alias.moved","actor":"ada@example.com","at":1700000000000,' +
      `"payloadDigest":"${payloadDigest}","previous":"${'0'.repeat(64)}","sequence":1,"subject":"m@1"}`;
    assert.equal(first.entry.hash, sha256(text));
  });

  it('seals what is kept of its payload beside it', () => {
    const event = { at: 1_700_000_000_000, actor: 'ada@example.com', action: 'alias.moved', subject: 'm@1' };
    const kept = '{"alias":"a"}';
    const entry = sealEntry({ ...event, payload: '{"a":1}', kept }, auditOrigin, sha256);
    // Computed apart, as above.
    assert.equal(entry.keptDigest, '20b4d34d1dbbfd0db08141ccc7ae1be0c3d24928858d35e365a8795bcd6b2380');
    assert.equal(entry.hash, 'd08572a7709202ccffb46ac6078ee39a5d35fbc8881269124a05e6cfc6464957');
    assert.deepEqual(checkLink({ entry, payload: undefined, kept }, auditOrigin, sha256), []);
    const changed = checkLink({ entry, payload: undefined, kept: '{"alias":"b"}' }, auditOrigin, sha256);
    assert.deepEqual(changed, ['What entry 1 keeps was changed after it was written.']);
    assert.match(
      checkLink({ entry: omit(entry, 'keptDigest'), payload: undefined }, auditOrigin, sha256).join(),
      /Entry 1 was changed/,
    );
  });

  it('still holds when its payload was erased', () => {
    assert.deepEqual(checkLink({ ...second, payload: undefined }, first.entry, sha256), []);
  });

  const changes: readonly [keyof AuditEntry, string | number, RegExp][] = [
    ['sequence', 3, /Entry 3 stands where entry 2 should be/],
    ['at', 1, /Entry 2 was changed/],
    ['actor', 'eve@example.com', /Entry 2 was changed/],
    ['action', 'alias.removed', /Entry 2 was changed/],
    ['subject', 'm@2', /Entry 2 was changed/],
    ['payloadDigest', sha256('{}'), /What entry 2 records was changed/],
    ['previous', '1'.repeat(64), /does not follow the entry before it/],
    ['hash', '1'.repeat(64), /Entry 2 was changed/],
  ];
  for (const [field, value, expected] of changes) {
    it(`does not hold with another ${field}`, () => {
      const faults = checkLink({ ...second, entry: { ...second.entry, [field]: value } }, first.entry, sha256);
      assert.match(faults.join('\n'), expected);
    });
  }

  it('does not hold with another payload, on another entry, or sealed anew over a changed past', () => {
    assert.match(checkLink({ ...second, payload: '{"a":3}' }, first.entry, sha256).join(), /What entry 2 records/);
    const other = seal('{"a":9}');
    assert.match(checkLink(second, other.entry, sha256).join(), /does not follow/);
    assert.match(
      checkLink(second, auditOrigin, sha256).join('\n'),
      /stands where entry 1 should be[^]*does not follow/,
    );
  });
});
