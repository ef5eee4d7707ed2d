import assert from 'node:assert/strict';
import type { ListModels, ModelPage } from '../../schemas/generated/messages.ts';
import { makeRegistryEntry } from '../../test/fakes/registry-rows.ts';
import { FailureError } from '../base/failure.ts';
import { countMatches } from './count-matches.ts';
import type { RegistryBook } from './registry-book.ts';

function bookOf(answers: Record<string, ModelPage | Error>) {
  const asked: ListModels[] = [];
  const registries = Object.keys(answers).map(name =>
    makeRegistryEntry({ name, cache: { models: 1, versions: 1, ...(name === 'unread' ? {} : { syncedAt: 1 }) } }),
  );
  const book = {
    load: () => Promise.resolve(),
    folders: () => [{ folder: '/w', registries }],
    async models(_folder: string, query: ListModels, signal: AbortSignal) {
      asked.push(query);
      await Promise.resolve();
      signal.throwIfAborted();
      const answer = answers[query.registry];
      if (answer instanceof Error) throw answer;
      return answer;
    },
  } as unknown as RegistryBook;
  return { book, asked };
}

const page = (total: number, unmatched?: string[]): ModelPage => ({
  models: [],
  total,
  ...(unmatched === undefined ? {} : { unmatched }),
});

describe('countMatches', () => {
  it('adds up the registries that answer, and asks none for more than a count', async () => {
    const failure = new FailureError({ code: 'registry-unreachable', message: 'No answer.' });
    const { book, asked } = bookOf({ local: page(3), shared: page(40), down: failure, unread: page(5) });
    const found = await countMatches(book, 'task:asr', false, new AbortController().signal);
    assert.deepEqual(found, { models: 43, unmatched: [] });
    assert.deepEqual(asked[0], { registry: 'local', limit: 1, filter: 'task:asr' });
    assert.ok(!asked.some(({ registry }) => registry === 'unread'));
  });

  it('tells words that mean nothing in any of them', async () => {
    const { book } = bookOf({ local: page(0, ['ttft_p90<200', 'x<1']), shared: page(4, ['x<1']) });
    const found = await countMatches(book, 'ttft_p90<200 x<1', true, new AbortController().signal);
    assert.deepEqual(found.unmatched, ['x<1']);
  });

  it('can be called off', async () => {
    const { book } = bookOf({ local: page(0) });
    const calling = new AbortController();
    const counting = countMatches(book, 'a', false, calling.signal);
    calling.abort();
    await assert.rejects(counting, { name: 'AbortError' });
  });
});
