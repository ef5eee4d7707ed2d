import * as vscode from 'vscode';
import type { PolicyEntry } from '../../schemas/generated/messages.ts';
import type { Engines } from '../engine/engines.ts';
import { followEngines } from '../trees/follow-engines.ts';
import { createListView, type ListView } from '../trees/list-view.ts';
import { policyFacts, policyRows, policyTags } from './policy-rows.ts';

/** A policy's findings depend on the benchmarks whose figures it checks, and on the frameworks it maps to. */
const watched = ['**/*.{policy,framework}.{yaml,yml}', '**/*.bench.{yaml,yml}'];

/** Creates the Policies view: policy files by level, with what is wrong with them and how versions came out. */
export function createPoliciesView(engines: Engines): ListView<PolicyEntry> {
  return createListView<PolicyEntry>(engines, {
    name: 'Policies',
    viewId: 'aiwb.policies',
    list: async engine => (await engine.request('policies/list', {})).policies,
    tags: policyTags,
    facts: policyFacts,
    rows: (folder, policies) =>
      policyRows(
        folder,
        policies,
        async ({ path }) => {
          const engine = engines.at(folder) ?? engines.of(vscode.Uri.file(folder));
          return await engine.request('policies/describe', { path });
        },
        Date.now(),
      ),
    watched,
    changes: refresh => followEngines(engines, engine => engine.onRegistryChanged(refresh)),
  });
}
