import assert from 'node:assert/strict';
import type { Memory } from '../base/memory.ts';
import { createLentConsents } from './consent.ts';

const models = [{ connection: 'house', family: 'gpt-4o', vendor: 'copilot', requests: 120 }];

describe('consent to lend models', () => {
  function create(answer: boolean) {
    const held = new Map<string, unknown>();
    const memory: Memory = {
      get: <T>(key: string, fallback: T) => (held.get(key) as T | undefined) ?? fallback,
      update: async (key, value) => void held.set(key, value),
    };
    const asked: string[] = [];
    const consents = createLentConsents(memory, async (question, detail) => {
      asked.push(`${question}\n${detail}`);
      return answer;
    });
    return { consents, asked };
  }

  it('names the models, the number of requests and whose quota it is', async () => {
    const { consents, asked } = create(true);
    assert.equal(await consents.ask({ run: 'triage', models }), true);
    assert.match(asked[0] ?? '', /Let triage use VS Code's copilot\/gpt-4o\?/);
    assert.match(asked[0] ?? '', /at least 120 requests\n\n.*quota/);
  });

  it('is not asked for again of a run that was agreed to before it began', async () => {
    const { consents, asked } = create(true);
    await consents.ask({ run: 'triage', models });
    consents.agreed('r1');
    assert.equal(await consents.ask({ run: 'triage', runId: 'r1', models }), true);
    assert.equal(asked.length, 1);
  });

  it('is asked for once for a run from elsewhere, however many requests come', async () => {
    for (const answer of [true, false]) {
      const { consents, asked } = create(answer);
      const request = { run: 'triage', runId: 'r1', models };
      assert.deepEqual(await Promise.all([consents.ask(request), consents.ask(request)]), [answer, answer]);
      assert.equal(await consents.ask(request), answer);
      assert.equal(asked.length, 1);
    }
  });
});
