import type { PromptEntry } from '../../schemas/generated/messages.ts';
import type { Engines } from '../engine/engines.ts';
import { isEnded } from '../../schemas/run-states.ts';
import { followEngines } from '../trees/follow-engines.ts';
import { createListView, type ListView } from '../trees/list-view.ts';
import { promptFacts, promptRows, promptTags } from './prompt-rows.ts';

const watched = ['**/*.prompt.{yaml,yml}', '**/*.bench.{yaml,yml}'];

/** Creates the Prompts view: prompt files with their variables, users and last figures. */
export function createPromptsView(engines: Engines): ListView<PromptEntry> {
  return createListView<PromptEntry>(engines, {
    name: 'Prompts',
    viewId: 'aiwb.prompts',
    list: async engine => (await engine.request('prompts/list', {})).prompts,
    tags: promptTags,
    facts: promptFacts,
    rows: (folder, prompts) => promptRows(folder, prompts, Date.now()),
    watched,
    changes: refresh =>
      followEngines(engines, engine =>
        engine.onRunsChanged(runs => {
          if (runs.some(({ state }) => isEnded(state))) refresh();
        }),
      ),
  });
}
