import type { ModelPage, ModelRow, VersionPage, VersionRow } from '../../schemas/generated/messages.ts';
import type { Disposable } from '../base/emitter.ts';
import { toFailure } from '../base/failure.ts';
import { t } from '../base/translate.ts';
import { failureRow } from '../trees/failure-row.ts';
import type { Row } from '../trees/row.ts';
import { formatCount } from '../trees/words.ts';
import { collectWords, type KnownWords } from './filter-words.ts';
import { groupModels, type Grouping } from './group-models.ts';
import { plainItem, type RegistryItem } from './item.ts';
import { lineageRows } from './lineage-rows.ts';
import { itemOf } from './outline-items.ts';
import {
  modelNode,
  rowNodes,
  noLineage,
  others,
  keyOfPlace,
  nodeKey,
  isElsewhere,
  type FolderNode,
  type ModelGroupNode,
  type RegisteredModelNode,
  type VersionNode,
  type VersionGroupNode,
  type OtherNode,
  type RegistryNode,
} from './outline-nodes.ts';
import { createPagedLists, type KnownList, type Page } from './paged-lists.ts';
import type { RegistryBook, RegistryPlace, VersionEntry } from './registry-book.ts';
import { groupRows, versionGroups } from './version-groups.ts';

/** What of the registries is shown. */
export interface OutlineView {
  readonly archived: boolean;
  /** In the filter language of the engine; empty: everything. */
  readonly filter: string;
  readonly grouping: Grouping;
}

export interface Outline extends Disposable {
  view: OutlineView;
  /** Never rejects: what went wrong is a row. */
  children(parent?: RegistryNode): Promise<RegistryNode[]>;
  item(node: Exclude<RegistryNode, FolderNode | OtherNode>): RegistryItem;
  /** What is known is asked for anew when it is next shown. */
  expire(): void;
  /** What the rows that are known have, for completion. */
  words(): KnownWords;
}

export interface OutlineParts {
  readonly book: RegistryBook;
  readonly now: () => number;
  /** Told of a registry whose models are to be shown; it may be old. */
  onShown(place: RegistryPlace): void;
  isReading(place: RegistryPlace): boolean;
  /** Draws a node's children again, or everything. */
  redraw(node: RegistryNode | undefined): void;
  /** What can be done where nothing can be read. */
  recoveryRows(): Row[];
  moreRow(key: string, left: number, show: () => void): Row;
}

const pageRows = 200;

const largestPage = 1_000;

const fewModels = 12;

/** Groups are made of the whole list; nobody reads on beyond. */
const mostGrouped = 20_000;

type ModelList = Page<ModelRow> & { readonly page: ModelPage };

type VersionList = Page<VersionRow> & { readonly page: VersionPage };

/** The rows of the Registry view. They are asked for when they are to be seen, a page at a time, and kept until they are old. */
export function createOutline(parts: OutlineParts): Outline {
  const { book } = parts;
  const models = createPagedLists<ModelRow, ModelList>(pageRows, largestPage);
  const versions = createPagedLists<VersionRow, VersionList>(pageRows, largestPage);
  const details = createPagedLists<VersionEntry, Page<VersionEntry>>(1, 1);
  let view: OutlineView = { archived: false, filter: '', grouping: 'none' };

  function queryOf({ registry }: RegistryPlace) {
    const { archived, filter } = view;
    return { registry, ...(archived ? { archived } : {}), ...(filter === '' ? {} : { filter }) };
  }

  async function readModels(place: RegistryPlace): Promise<KnownList<ModelRow, ModelList>> {
    return await models.read(keyOfPlace(place), async (after, limit, signal) => {
      const asked = { ...queryOf(place), limit, ...(after === undefined ? {} : { after }) };
      const page = await book.models(place.folder, asked, signal);
      return { items: page.models, total: page.total, page, ...(page.next === undefined ? {} : { next: page.next }) };
    });
  }

  async function roots(): Promise<RegistryNode[]> {
    await book.load();
    const folders = book.folders();
    if (book.state.kind === 'failed' && folders.length === 0) return others(parts.recoveryRows());
    const [only] = folders;
    if (only === undefined) return [];
    if (folders.length === 1) return await registriesOf(only.folder);
    return folders.map(({ folder }) => ({ kind: 'folder', folder }));
  }

  /** The models themselves where there is but the local registry. */
  async function registriesOf(folder: string): Promise<RegistryNode[]> {
    const registries = book.folders().find(one => one.folder === folder)?.registries ?? [];
    const [only, ...more] = registries;
    if (only === undefined) return [];
    if (more.length === 0) return await modelsOf({ folder, registry: only.name });
    return registries.map(entry => ({ kind: 'registry', folder, registry: entry.name, entry }));
  }

  async function modelsOf(place: RegistryPlace, parent?: RegistryNode): Promise<RegistryNode[]> {
    parts.onShown(place);
    const unread = unreadRow(place);
    if (unread !== undefined) return others([unread]);
    const { grouping } = view;
    const key = keyOfPlace(place);
    if (grouping !== 'none') models.setWanted(key, mostGrouped);
    const list = await readModels(place);
    const isFew = !list.hasMore && list.items.length <= fewModels;
    if (grouping === 'none') return withMore(list, key, models, parent, row => modelNode(place, row, isFew));
    const groups = groupModels(list.items, grouping).map((group): RegistryNode => ({
      kind: 'modelGroup',
      folder: place.folder,
      registry: place.registry,
      by: grouping,
      ...group,
    }));
    if (!list.hasMore) return groups;
    const note = t('Grouped are the first {0} of {1} models.', formatCount(list.items.length), formatCount(list.total));
    return [...groups, ...others([{ key: `capped ${key}`, label: note, icon: 'info', contextValue: 'aiwbNote' }])];
  }

  /** A registry that was never read is not asked for a list: whether it is read, and when, is for `onShown` to decide. */
  function unreadRow(place: RegistryPlace): Row | undefined {
    const entry = book.entry(place);
    if (entry === undefined || !isElsewhere(place) || entry.cache.syncedAt !== undefined) return undefined;
    const key = keyOfPlace(place);
    const isReading = parts.isReading(place) || entry.cache.syncing === true;
    if (isReading)
      return { key: `reading ${key}`, label: t('Reading the registry…'), icon: 'sync', contextValue: 'aiwbNote' };
    if (entry.cache.failure !== undefined) return failureRow(key, entry.cache.failure);
    const read = { kind: 'registry', folder: place.folder, registry: place.registry };
    const label = t('Read the Registry');
    return {
      key: `unread ${key}`,
      label,
      icon: 'refresh',
      contextValue: 'aiwbNote',
      open: { kind: 'command', command: 'aiwb.refreshRegistry', title: label, arguments: [read] },
    };
  }

  function withMore<T, P extends Page<T>>(
    list: KnownList<T, P>,
    key: string,
    lists: { more(key: string): void },
    parent: RegistryNode | undefined,
    toNode: (row: T) => RegistryNode,
  ): RegistryNode[] {
    const nodes = list.items.map(toNode);
    if (!list.hasMore) return nodes;
    const left = Math.max(1, list.total - list.items.length);
    const show = (): void => {
      lists.more(key);
      parts.redraw(parent);
    };
    return [...nodes, ...others([parts.moreRow(key, left, show)])];
  }

  /** Of a large group the first rows, then more with each wish; its models are known already. */
  const shownOfGroup = new Map<string, number>();
  function groupChildren(node: ModelGroupNode): RegistryNode[] {
    const key = nodeKey(node);
    const end = shownOfGroup.get(key) ?? pageRows;
    const shown = node.models.slice(0, end).map(row => modelNode(node, row, false, `${node.by} ${node.value}`));
    if (node.models.length <= end) return shown;
    const show = (): void => {
      shownOfGroup.set(key, end + pageRows);
      parts.redraw(node);
    };
    return [...shown, ...others([parts.moreRow(key, node.models.length - end, show)])];
  }

  async function versionsOf(node: RegisteredModelNode): Promise<RegistryNode[]> {
    const { folder, registry, model, group } = node;
    const key = `${keyOfPlace(node)}\n${model}`;
    const list = await versions.read(key, async (after, limit, signal) => {
      const asked = { ...queryOf(node), model, limit, ...(after === undefined ? {} : { after }) };
      const page = await book.versions(folder, asked, signal);
      return { items: page.versions, total: page.total, page, ...(page.next === undefined ? {} : { next: page.next }) };
    });
    return withMore(list, key, versions, node, row => ({
      kind: 'version',
      folder,
      registry,
      model,
      version: row.version,
      row,
      ...(group === undefined ? {} : { group }),
    }));
  }

  async function detailsOf(node: VersionNode): Promise<VersionEntry | undefined> {
    const { folder, registry, model, version } = node;
    const key = `${keyOfPlace(node)}\n${model}\n${version}`;
    const { items } = await details.read(key, async (_after, _limit, signal) => {
      const entry = await book.find({ folder, registry, model, version }, signal);
      return { items: [entry], total: 1 };
    });
    return items[0];
  }

  async function groupsOf(parent: VersionNode): Promise<RegistryNode[]> {
    const entry = await detailsOf(parent);
    if (entry === undefined) return [];
    const { cachedAt } = entry.details;
    const groups = versionGroups(entry.details, parts.now()).map((group): RegistryNode => ({
      kind: 'versionGroup',
      parent,
      group,
      entry,
    }));
    if (cachedAt === undefined) return groups;
    const when = new Date(cachedAt).toLocaleString();
    const item = plainItem(t('The registry does not answer: this was read {0}', when), '', 'warning', 'aiwbNote');
    return [{ kind: 'versionRow', version: parent, key: 'cached', item }, ...groups];
  }

  async function rowsOf({ parent, group, entry }: VersionGroupNode): Promise<RegistryNode[]> {
    const items =
      group === 'lineage' ? lineageRows(await book.lineage(parent)) : groupRows(group, entry.details, parts.now());
    if (items.length === 0) return [noLineage(parent)];
    return rowNodes(parent, group, items);
  }

  async function ask(parent: RegistryNode | undefined): Promise<RegistryNode[]> {
    switch (parent?.kind) {
      case undefined:
        return await roots();
      case 'folder':
        return await registriesOf(parent.folder);
      case 'registry':
        return await modelsOf(parent, parent);
      case 'modelGroup':
        return groupChildren(parent);
      case 'registeredModel':
        return await versionsOf(parent);
      case 'version':
        return await groupsOf(parent);
      case 'versionGroup':
        return await rowsOf(parent);
      case 'versionRow':
        return rowNodes(parent.version, parent.key, parent.item.children ?? []);
      case 'other':
        return [];
    }
  }

  function clear(): void {
    for (const lists of [models, versions, details]) lists.clear();
    shownOfGroup.clear();
  }

  return {
    get view() {
      return view;
    },
    set view(next) {
      view = next;
      clear();
    },
    async children(parent) {
      try {
        return await ask(parent);
      } catch (error) {
        const failure = toFailure(error);
        // What was called off is asked for again with what is shown now.
        return failure.code === 'cancelled'
          ? []
          : others([failureRow(parent === undefined ? '' : nodeKey(parent), failure)]);
      }
    },
    item: node => itemOf(node, book, parts),
    expire() {
      for (const lists of [models, versions, details]) lists.expire();
    },
    words: () =>
      collectWords(
        models.known(),
        [...versions.known()].flatMap(({ figures }) => figures),
      ),
    dispose() {
      for (const lists of [models, versions, details]) lists.dispose();
    },
  };
}
