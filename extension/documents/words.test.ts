import assert from 'node:assert/strict';
import type { SourceDocument } from '../../schemas/generated/messages.ts';
import { describeDraftEstimate, describeDrafted, documentRow } from './words.ts';

const document: SourceDocument = {
  digest: 'a'.repeat(64),
  name: 'policy\u202E.pdf',
  mediaType: 'application/pdf',
  size: 10,
  addedAt: 0,
  addedBy: { email: 'a@x.example', assurance: 'self-asserted' },
  state: 'read',
  characters: 1234,
  pages: 2,
  notes: [],
};

describe('words about documents', () => {
  it('tell a document by its size, or by why it could not be read', () => {
    const { label, detail } = documentRow(document);
    assert.doesNotMatch(label, /\u202E/);
    assert.equal(detail, '2 pages, 1,234 characters');
    const { pages, ...text } = document;
    assert.equal(pages, 2);
    assert.equal(documentRow(text).detail, '1,234 characters');
    assert.equal(
      documentRow({ ...document, state: 'encrypted', fault: 'It needs a password.' }).detail,
      'It needs a password.',
    );
  });

  it('tell a draft with its notes', () => {
    const drafted = { document, text: '', file: 'p.policy.yaml', notes: ['One was dropped.'] };
    assert.equal(
      describeDrafted({ ...drafted, controls: 1 }),
      '1 control proposed; nothing counts until a person has read it. One was dropped.',
    );
    assert.match(describeDrafted({ ...drafted, controls: 1200 }), /^1,200 controls proposed/);
  });

  it('tell what would be sent, and claim no cost without a price', () => {
    const estimate = { model: 'gpt', requests: 3, inputTokens: 9000, outputTokens: 12_288 };
    assert.match(
      describeDraftEstimate(estimate),
      /3 requests with about 9,000 tokens; at most 12,288 .*No price is known/,
    );
    assert.match(describeDraftEstimate({ ...estimate, cost: 0.14 }), /costs at most .*0\.14/);
  });
});
