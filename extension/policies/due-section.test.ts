import assert from 'node:assert/strict';
import path from 'node:path';
import type { DueItem } from '../../schemas/generated/messages.ts';
import { rowsBelow } from '../../test/fakes/rows.ts';
import { countOverdue, dueSection } from './due-section.ts';

const items: readonly DueItem[] = [
  { kind: 'assessment', title: 'Assess m@3 again', state: 'overdue', assessmentId: 'a1', model: 'm', version: '3' },
  { kind: 'policy-review', title: 'Review House', state: 'due', dueAt: Date.UTC(2027, 0, 2), path: 'p/h.policy.yaml' },
  {
    kind: 'attestation',
    title: 'Attest LOOK',
    state: 'open',
    role: 'reviewer',
    model: 'm',
    version: '3',
    control: 'LOOK',
  },
  { kind: 'waiver-approval', title: 'Approve the waiver', detail: '1 of 2', state: 'open', waiverId: 'w1' },
  { kind: 'waiver-expiry', title: 'It ends', state: 'due', dueAt: 1, model: 'm', version: '3', control: 'C' },
  { kind: 'approval', title: 'Approve m@3', state: 'open', model: 'm', version: '3' },
];

describe('rows of what is due', () => {
  it('are none where nothing is', () => {
    assert.deepEqual([dueSection('/w', undefined), dueSection('/w', { items: [] })], [[], []]);
  });

  it('say how many, and stand open where something is overdue', () => {
    const [row] = dueSection('/w', { items });
    assert.deepEqual([row?.label, row?.description, row?.isOpen], ['Due', '6 · 1 overdue', true]);
    const [calm] = dueSection('/w', { items: items.slice(1) });
    assert.deepEqual([calm?.description, calm?.isOpen, calm?.color], ['5', false, undefined]);
    assert.equal(countOverdue(items), 1);
  });

  it('lead to where it is done', async () => {
    const [section] = dueSection('/w', { items });
    assert.ok(section);
    const rows = await rowsBelow(section);
    assert.equal(new Set(rows.map(({ key }) => key)).size, items.length);
    assert.deepEqual(
      rows.map(({ open }) => (open?.kind === 'command' ? [open.command, ...open.arguments] : [open?.path])),
      [
        ['aiwb.openScorecard', 'a1'],
        [path.resolve('/w', 'p/h.policy.yaml')],
        ['aiwb.attestControl', { folder: '/w', model: 'm', version: '3' }, 'LOOK'],
        ['aiwb.approveWaiver', { folder: '/w', waiverId: 'w1' }],
        ['aiwb.requestWaiver', { folder: '/w', model: 'm', version: '3' }, 'C'],
        ['aiwb.approveVersion', { folder: '/w', model: 'm', version: '3' }],
      ],
    );
    assert.deepEqual(
      rows.map(({ description }) => description),
      ['overdue', '2027-01-02', 'reviewer', '', '1970-01-01', ''],
    );
    assert.match(rows[3]?.accessibleLabel ?? '', /1 of 2/);
  });

  it('say why where it cannot be read', () => {
    const [row, ...others] = dueSection('/w', { failure: { code: 'record-tampered', message: 'It was changed.' } });
    assert.deepEqual([row?.label, row?.description, others], ['What is due cannot be read', 'It was changed.', []]);
  });
});
