import * as vscode from 'vscode';
import type { PolicyEntry } from '../../schemas/generated/messages.ts';
import { toFailure } from '../base/failure.ts';
import type { Engine } from '../engine/engine.ts';
import type { Engines } from '../engine/engines.ts';
import { followEngines } from '../trees/follow-engines.ts';
import { createListView, type ListView } from '../trees/list-view.ts';
import { countOverdue, dueSection, type DueState } from './due-section.ts';
import { policyFacts, policyRows, policyTags } from './policy-rows.ts';

/** A policy's findings depend on the benchmarks whose figures it checks, and on the frameworks it maps to. */
const watched = ['**/*.{policy,framework}.{yaml,yml}', '**/*.bench.{yaml,yml}'];

/** Creates the Policies view: policy files by level, with what is wrong with them and how versions came out. */
export function createPoliciesView(engines: Engines): ListView<PolicyEntry> {
  /** By folder, as it was read with the policies. */
  const due = new Map<string, DueState>();
  return createListView<PolicyEntry>(engines, {
    name: 'Policies',
    viewId: 'aiwb.policies',
    async list(engine) {
      const [{ policies }, state] = await Promise.all([engine.request('policies/list', {}), readDue(engine)]);
      due.set(engine.folder, state);
      return policies;
    },
    badge: () => dueBadge([...due.values()]),
    tags: policyTags,
    facts: policyFacts,
    rows: (folder, policies) => [
      ...dueSection(folder, due.get(folder)),
      ...policyRows(
        folder,
        policies,
        async ({ path }) => {
          const engine = engines.at(folder) ?? engines.of(vscode.Uri.file(folder));
          return await engine.request('policies/describe', { path });
        },
        Date.now(),
      ),
    ],
    watched,
    changes: refresh => followEngines(engines, engine => engine.onRegistryChanged(refresh)),
  });
}

/** A list of what is due that cannot be read keeps nobody from seeing the policies. */
async function readDue(engine: Engine): Promise<DueState> {
  try {
    return await engine.request('governance/due', {});
  } catch (error) {
    return { failure: toFailure(error) };
  }
}

function dueBadge(states: readonly DueState[]): vscode.ViewBadge | undefined {
  const overdue = states.reduce((sum, state) => sum + ('items' in state ? countOverdue(state.items) : 0), 0);
  if (overdue === 0) return undefined;
  const tooltip =
    overdue === 1 ? vscode.l10n.t('1 thing is overdue') : vscode.l10n.t('{0} things are overdue', overdue);
  return { value: overdue, tooltip };
}
