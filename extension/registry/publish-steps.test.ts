import assert from 'node:assert/strict';
import type { Asker, Choice } from '../connect/ask.ts';
import { runFlow } from '../connect/flow.ts';
import { makeRegistryEntry } from '../../test/fakes/registry-rows.ts';
import { publishedRun, publishRunSteps, registryChoices, type RunDraft } from './publish-steps.ts';

/** Answers by a script of labels and texts; `<` goes back. */
function scripted(script: readonly string[]) {
  let at = 0;
  const titles: string[] = [];
  const asker: Asker = {
    async pick<T>({ title, choices }: { title: string; choices: readonly Choice<T>[] }) {
      titles.push(title);
      const wanted = script[at++];
      if (wanted === '<') return 'back';
      const choice = choices.find(({ label }) => label === wanted);
      if (choice?.value === undefined) return assert.fail(`${title} has no ${String(wanted)}`);
      return { value: choice.value };
    },
    async input({ title }) {
      titles.push(title);
      return { value: script[at++] ?? '' };
    },
    file: () => assert.fail('no file is asked for'),
  };
  return { asker, titles };
}

const registries = [
  makeRegistryEntry(),
  makeRegistryEntry({ name: 'shared', type: 'kubeflow', url: 'https://r.example' }),
  makeRegistryEntry({ name: 'public', type: 'mlflow', readOnly: true }),
];

describe('publishing a run', () => {
  it('asks for registry, kind, use case and what is said of the data', async () => {
    const { asker, titles } = scripted([
      'shared',
      'Custom Evaluation',
      'covenants',
      '<',
      'triage',
      'Name and Place as Well',
    ]);
    const draft = await runFlow<RunDraft>({}, publishRunSteps(asker, registries));
    assert.ok(draft);
    assert.equal(titles.length, 6);
    assert.deepEqual(publishedRun('r1', draft), {
      runId: 'r1',
      private: false,
      registry: 'shared',
      scope: 'custom',
      useCase: 'triage',
    });
  });

  it('asks for no registry where there is but one, and for no use case of a baseline', async () => {
    const { asker, titles } = scripted(['Baseline', 'Digest and Number of Rows Only']);
    const draft = await runFlow<RunDraft>({}, publishRunSteps(asker, registries.slice(0, 1)));
    assert.ok(draft);
    assert.equal(titles.length, 2);
    assert.deepEqual(publishedRun('r1', { ...draft, useCase: 'left over' }), {
      runId: 'r1',
      private: true,
      scope: 'baseline',
    });
  });

  it('keeps data private where nothing else was said', () => {
    assert.deepEqual(publishedRun('r1', { registry: '' }), { runId: 'r1', private: true });
  });

  it('offers no registry that nothing may be written to', () => {
    assert.deepEqual(
      registryChoices(registries).map(({ value }) => value),
      ['local', 'shared'],
    );
  });
});
