import * as vscode from 'vscode';
import type { DatasetEntry } from '../../schemas/generated/messages.ts';
import type { Engines } from '../engine/engines.ts';
import { createListView, type ListView } from '../trees/list-view.ts';
import { dataRows, dataTags, datasetFacts } from './data-rows.ts';

/** Data files, and the files that name them. */
const watched = ['**/*.{jsonl,ndjson,json,csv,tsv,parquet,gz,wav}', '**/*.{bench,tune}.{yaml,yml}'];

/** Creates the Data view: datasets that benchmarks and tuning jobs name, and data files that none does. */
export function createDataView(engines: Engines): ListView<DatasetEntry> {
  return createListView<DatasetEntry>(engines, {
    name: 'Data',
    viewId: 'aiwb.data',
    list: async engine => (await engine.request('datasets/list', {})).datasets,
    tags: dataTags,
    facts: datasetFacts,
    rows: (folder, entries) =>
      dataRows(folder, entries, async ({ path }) => {
        const engine = engines.at(folder) ?? engines.of(vscode.Uri.file(folder));
        return await engine.request('datasets/describe', { path });
      }),
    watched,
    changes: () => vscode.Disposable.from(),
  });
}
