import assert from 'node:assert/strict';
import type { ListModels, ListVersions, ModelRow, RegistryEntry } from '../../schemas/generated/messages.ts';
import {
  makeModelRow,
  makeRegistryEntry,
  makeVersionRow,
  pageOfModels,
  pageOfVersions,
} from '../../test/fakes/registry-rows.ts';
import { makeVersion } from '../../test/fakes/versions.ts';
import { createEmitter, type Nothing } from '../base/emitter.ts';
import { FailureError } from '../base/failure.ts';
import type { Engine, EngineState } from '../engine/engine.ts';
import type { Row } from '../trees/row.ts';
import { createOutline } from './outline.ts';
import { nodeKey, type RegistryNode } from './outline-nodes.ts';
import { createRegistryBook } from './registry-book.ts';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const shared = makeRegistryEntry({
  name: 'shared',
  type: 'mlflow',
  url: 'https://mlflow.example',
  cache: { models: 10_000, versions: 20_000, syncedAt: 1 },
});

interface Situation {
  readonly registries?: readonly RegistryEntry[];
  readonly models?: readonly ModelRow[];
  readonly folders?: readonly string[];
  readonly failure?: FailureError;
}

/** Ten thousand models, every third approved. */
const many = Array.from({ length: 10_000 }, (_, index) =>
  makeModelRow({
    registry: 'shared',
    name: `model-${String(index).padStart(5, '0')}`,
    provider: index % 2 === 0 ? 'Acme' : 'Marlo',
    tasks: index % 5 === 0 ? ['asr', 'ocr'] : ['asr'],
    statuses: index % 3 === 0 ? ['approved', 'candidate'] : ['candidate'],
  }),
);

function open({ registries = [makeRegistryEntry()], models = [], folders = ['/w'], failure }: Situation = {}) {
  const asked: { method: string; query: ListModels & ListVersions }[] = [];
  const state = { failure, models };
  const engines = folders.map(
    folder =>
      ({
        folder,
        state: { kind: 'idle' } as EngineState,
        onRegistryChanged: createEmitter<Nothing>().event,
        onStateChanged: createEmitter<EngineState>().event,
        async request(method: string, query: ListModels & ListVersions, signal?: AbortSignal) {
          asked.push({ method, query });
          await Promise.resolve();
          signal?.throwIfAborted();
          if (state.failure !== undefined) throw state.failure;
          const word = query.filter ?? '';
          switch (method) {
            case 'registries/list':
              return { registries };
            case 'registry/models':
              return pageOfModels(
                state.models.filter(({ name }) => name.includes(word)),
                query,
              );
            case 'registry/versions':
              return pageOfVersions(
                [
                  makeVersionRow({ registry: query.registry, model: query.model ?? '', version: '2' }),
                  makeVersionRow({ registry: query.registry, model: query.model ?? '', version: '1' }),
                ],
                query,
              );
            case 'registry/version':
              return makeVersion({ model: 'triage', version: '2' });
            default:
              throw new FailureError({ code: 'internal', message: `Unhandled method ${method}` });
          }
        },
      }) as unknown as Engine,
  );
  const book = createRegistryBook({ all: () => engines, onChanged: createEmitter<Nothing>().event }, quiet);
  const shown: string[] = [];
  const redrawn: (RegistryNode | undefined)[] = [];
  const outline = createOutline({
    book,
    now: () => 0,
    onShown: ({ registry }) => shown.push(registry),
    isReading: () => false,
    redraw: node => redrawn.push(node),
    recoveryRows: () => [{ key: 'again', label: 'Try Again' }],
    moreRow: (key, left, show): Row => ({
      key: `more ${key}`,
      label: `${String(left)} left`,
      open: { kind: 'command', command: 'more', title: '', arguments: [show] },
    }),
  });
  return { outline, book, asked, shown, redrawn, state };
}

function press(node: RegistryNode | undefined): void {
  assert.equal(node?.kind, 'other');
  assert.equal(node.row.open?.kind, 'command');
  (node.row.open.arguments[0] as () => void)();
}

const kinds = (nodes: readonly RegistryNode[]): string[] => [...new Set(nodes.map(({ kind }) => kind))];

describe('the outline of the registries', () => {
  it('begins with the models where there is but the local registry', async () => {
    const { outline } = open({ models: [makeModelRow(), makeModelRow({ name: 'other' })] });
    const roots = await outline.children();
    assert.deepEqual(
      roots.map(node => node.kind === 'registeredModel' && [node.model, node.isOpen]),
      [
        ['triage', true],
        ['other', true],
      ],
    );
  });

  it('has a row a registry where there are several, and asks none before it is opened up', async () => {
    const { outline, asked, shown } = open({ registries: [makeRegistryEntry(), shared] });
    const roots = await outline.children();
    assert.deepEqual(
      roots.map(node => node.kind === 'registry' && outline.item(node).label),
      ['Local Registry', 'shared'],
    );
    assert.deepEqual([asked.map(({ method }) => method), shown], [['registries/list'], []]);
    await outline.children(roots[1]);
    assert.deepEqual(shown, ['shared']);
    assert.deepEqual(asked.at(-1)?.query, { registry: 'shared', limit: 200 });
  });

  it('asks a registry that was never read for no list, and says why there is none', async () => {
    const failure = { code: 'registry-unreachable', message: 'No answer.' };
    const rowsOf = async (cache: Partial<RegistryEntry['cache']>) => {
      const unread = { ...shared, cache: { models: 0, versions: 0, ...cache } };
      const { outline, asked, shown } = open({ registries: [makeRegistryEntry(), unread] });
      const [, root] = await outline.children();
      const rows = await outline.children(root);
      assert.deepEqual([asked.map(({ method }) => method), shown], [['registries/list'], ['shared']]);
      return rows.map(node => node.kind === 'other' && node.row.label);
    };
    assert.deepEqual(await rowsOf({}), ['Read the Registry']);
    assert.deepEqual(await rowsOf({ syncing: true }), ['Reading the registry…']);
    assert.deepEqual(await rowsOf({ failure }), ['No answer.']);
  });

  it('has a row a folder where there are several', async () => {
    const { outline } = open({ folders: ['/a', '/b'], models: [makeModelRow()] });
    const roots = await outline.children();
    assert.deepEqual(kinds(roots), ['folder']);
    assert.deepEqual(kinds(await outline.children(roots[1])), ['registeredModel']);
  });

  it('shows ten thousand models a page at a time, and keeps what was shown when it is old', async () => {
    const { outline, asked, redrawn, state } = open({ registries: [makeRegistryEntry(), shared], models: many });
    const [, root] = await outline.children();
    const first = await outline.children(root);
    assert.equal(first.length, 201);
    assert.equal(first[0]?.kind === 'registeredModel' && first[0].isOpen, false);
    const more = first.at(-1);
    assert.equal(more?.kind === 'other' && more.row.label, '9800 left');
    press(more);
    assert.deepEqual(redrawn, [root]);
    assert.equal((await outline.children(root)).length, 401);
    asked.length = 0;
    state.models = many.slice(1);
    outline.expire();
    const again = await outline.children(root);
    assert.equal(again.length, 401);
    assert.equal(again[0]?.kind === 'registeredModel' && again[0].model, 'model-00001');
    assert.equal(asked.length, 1);
    await outline.children(root);
    assert.equal(asked.length, 1);
  });

  it('passes the filter and the wish for archived ones to the engine, and forgets what was shown', async () => {
    const { outline, asked } = open({ models: many.map(row => ({ ...row, registry: 'local' })) });
    assert.equal((await outline.children()).length, 201);
    outline.view = { ...outline.view, filter: 'model-0001', archived: true };
    const roots = await outline.children();
    assert.equal(roots.length, 10);
    assert.deepEqual(asked.at(-1)?.query, { registry: 'local', archived: true, filter: 'model-0001', limit: 200 });
    await outline.children(roots[3]);
    assert.deepEqual(asked.at(-1)?.query, {
      registry: 'local',
      archived: true,
      filter: 'model-0001',
      model: 'model-00013',
      limit: 200,
    });
  });

  it('calls off what is being asked when the filter changes', async () => {
    const { outline } = open({ models: many });
    const reading = outline.children();
    await Promise.resolve();
    outline.view = { ...outline.view, filter: 'model-00007' };
    assert.deepEqual(kinds(await reading).length <= 1, true);
    assert.equal((await outline.children()).length, 1);
  });

  it('groups all models by provider, task or status, a page at a time below each', async () => {
    const { outline, asked, redrawn } = open({ registries: [makeRegistryEntry(), shared], models: many });
    const groupsOf = async (grouping: 'provider' | 'task' | 'status') => {
      outline.view = { ...outline.view, grouping };
      const [, root] = await outline.children();
      return await outline.children(root);
    };
    const words = (nodes: readonly RegistryNode[]) =>
      nodes.map(node => node.kind === 'modelGroup' && [node.label, node.models.length]);
    assert.deepEqual(words(await groupsOf('task')), [
      ['asr', 10_000],
      ['ocr', 2_000],
    ]);
    assert.deepEqual(words(await groupsOf('status')), [
      ['approved', 3_334],
      ['candidate', 10_000],
    ]);
    asked.length = 0;
    const [acme] = await groupsOf('provider');
    assert.equal(asked.filter(({ method }) => method === 'registry/models').length, 10);
    const shown = await outline.children(acme);
    assert.equal(shown.length, 201);
    press(shown.at(-1));
    assert.deepEqual(redrawn, [acme]);
    assert.equal((await outline.children(acme)).length, 401);
    assert.equal(new Set((await outline.children(acme)).map(nodeKey)).size, 401);
  });

  it('asks for what lies under a version when it is opened up, and tells in a row what fails', async () => {
    const { outline, asked } = open({ models: [makeModelRow()] });
    const [model] = await outline.children();
    const [version] = await outline.children(model);
    asked.length = 0;
    const groups = await outline.children(version);
    assert.deepEqual(
      groups.map(node => node.kind === 'versionGroup' && outline.item(node).label),
      ['Lineage'],
    );
    assert.deepEqual(
      asked.map(({ method }) => method),
      ['registry/version'],
    );
    const [failed] = await outline.children(groups[0]);
    assert.equal(failed?.kind === 'other' && failed.row.label, 'Unhandled method registry/lineage');
  });

  it('tells in a row what failed, and asks again', async () => {
    const { outline, state } = open({ models: [makeModelRow()] });
    const [model] = await outline.children();
    state.failure = new FailureError({ code: 'registry-unreachable', message: 'No answer.' });
    const [failed] = await outline.children(model);
    assert.equal(failed?.kind === 'other' && failed.row.label, 'No answer.');
    state.failure = undefined;
    assert.deepEqual(kinds(await outline.children(model)), ['version']);
  });

  it('offers what can be done where the registries cannot be listed', async () => {
    const failure = new FailureError({ code: 'node-missing', message: 'No Node.' });
    const { outline } = open({ failure });
    assert.deepEqual(
      (await outline.children()).map(node => node.kind === 'other' && node.row.label),
      ['Try Again'],
    );
  });

  it('learns words for filters from the rows it knows', async () => {
    const { outline } = open({ models: many.slice(0, 20) });
    await outline.children();
    assert.deepEqual([...(outline.words().values.provider ?? [])], ['Acme', 'Marlo']);
  });
});
