import assert from 'node:assert/strict';
import { parse } from 'yaml';
import {
  validateBenchmark,
  validatePolicy,
  validatePrompt,
  validateTuningJob,
} from '../../schemas/generated/validators.js';
import { benchmarkSnippet, plainText, policySnippet, promptSnippet, tuningSnippet } from './file-templates.ts';

describe('templates of new files', () => {
  const templates = [
    ['benchmark', benchmarkSnippet, validateBenchmark],
    ['tuning job', tuningSnippet, validateTuningJob],
    ['policy', policySnippet, validatePolicy],
    ['prompt', promptSnippet, validatePrompt],
  ] as const;
  for (const [name, snippet, validate] of templates) {
    it(`are valid from the first moment: ${name}`, () => {
      const text = plainText(snippet);
      assert.ok(!text.includes('${'), text);
      assert.ok(validate(parse(text)), JSON.stringify(validate.errors));
    });
  }
});
