import assert from 'node:assert/strict';
import type { FrameworkUpgrade } from '../../schemas/generated/messages.ts';
import { describeUpgrade } from './comparison-markdown.ts';

const retired = { change: 'retired' as const, id: 'A-1', name: 'First | <b>', replacement: { id: 'B-1', name: 'New' } };
const gone = { change: 'retired' as const, id: 'A-2', name: 'Second' };
const renamed = { change: 'renamed' as const, id: 'A-3', name: 'Now', before: 'Then', after: 'Now' };
const mapping = { policy: 'p', file: 'policies/p (1).policy.yaml', control: 'C-1', title: 'Title' };

const upgrade: FrameworkUpgrade = {
  comparison: {
    framework: 'acme',
    title: 'Acme_controls',
    from: '1',
    to: '2',
    changes: [retired, gone, renamed],
    unchanged: 7,
    policies: [mapping.file],
    affected: [
      { ...mapping, line: 9, id: 'A-1', name: 'First | <b>', changes: [retired] },
      { ...mapping, line: 10, id: 'A-2', changes: [gone] },
    ],
  },
  policies: [
    {
      path: '/w/policies/p (1).policy.yaml',
      file: mapping.file,
      policy: 'p',
      edits: [],
      open: [{ line: 10, control: 'C-1', id: 'A-2', why: 'Nobody knows.' }],
    },
  ],
};
const linkTo = (file: string, line: number): string => `file:///w/${encodeURI(file)}#L${String(line)}`;

describe('describeUpgrade', () => {
  it('says which controls are concerned, where, and by what', () => {
    const text = describeUpgrade(upgrade, linkTo);
    assert.match(text, /^# Acme\\_controls: 1 → 2\n\nRetired: 2 · Renamed: 1 · The same: 7\n/);
    assert.ok(text.includes('](<file:///w/policies/p%20(1).policy.yaml#L9>) | C-1 Title | A-1 First'));
    assert.match(text, /retired; B-1 New took its place \|\n/);
    assert.match(text, /## Left to you\n\n- \[[^\n]*#L10>\) \*\*C-1\*\* A-2: Nobody knows\.\n/);
    assert.match(text, /## Renamed \(1\)\n\n- \*\*A-3\*\* Then → Now\n/);
  });

  it('shows names as texts: no markup, no end of a cell', () => {
    const text = describeUpgrade(upgrade, linkTo);
    assert.ok(!text.includes('<b>'));
    const row = text.split('\n').find(line => line.includes('#L9')) ?? '';
    assert.equal(row.replaceAll('\\|', '').split('|').length, 6);
  });

  it('says so where no policy is concerned', () => {
    const comparison = { ...upgrade.comparison, policies: [], affected: [] };
    assert.match(describeUpgrade({ comparison, policies: [] }, linkTo), /No policy of this workspace means 1\./);
  });
});
