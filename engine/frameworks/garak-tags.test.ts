import assert from 'node:assert/strict';
import { readOwaspTag } from './garak-tags.ts';
import { createFrameworkLibrary } from './library.ts';

describe('readOwaspTag', () => {
  it('reads the first edition’s numbers, which are not those of 2025', () => {
    assert.deepEqual(readOwaspTag('owasp:llm01'), {
      id: 'LLM01:2023',
      edition: '2023',
      name: 'Prompt Injection',
      in2025: 'LLM01:2025',
    });
    assert.deepEqual(readOwaspTag('OWASP:LLM06')?.in2025, 'LLM02:2025');
    assert.deepEqual(readOwaspTag('owasp:llm10'), { id: 'LLM10:2023', edition: '2023', name: 'Model Theft' });
  });

  it('takes no other tag for one', () => {
    for (const tag of [
      'owasp:llm00',
      'owasp:llm11',
      'owasp:llm1',
      'owasp:llm01:2025',
      'avid-effect:security:S0403',
      '',
    ])
      assert.equal(readOwaspTag(tag), undefined, tag);
  });

  it('leads only to ids that the 2025 edition has, each once', () => {
    const edition = createFrameworkLibrary().find('owasp-llm-top10', '2025');
    const ids = Array.from({ length: 10 }, (_, index) =>
      readOwaspTag(`owasp:llm${String(index + 1).padStart(2, '0')}`),
    ).flatMap(tag => tag?.in2025 ?? []);
    for (const id of ids) assert.ok(edition?.byId.has(id), id);
    assert.equal(new Set(ids).size, ids.length);
  });
});
