import type { ModelRow, RegistryEntry, VersionRow } from '../../schemas/generated/messages.ts';
import { t } from '../base/translate.ts';
import type { Row } from '../trees/row.ts';
import type { Grouping } from './group-models.ts';
import { plainItem, type RegistryItem } from './item.ts';
import { localRegistry, type RegistryPlace, type VersionEntry } from './registry-book.ts';
import type { VersionGroup } from './version-groups.ts';

export interface FolderNode {
  readonly kind: 'folder';
  readonly folder: string;
}

export interface RegistryRootNode extends RegistryPlace {
  readonly kind: 'registry';
  readonly entry: RegistryEntry;
}

/** Models that share a provider, a task or a status. */
export interface ModelGroupNode extends RegistryPlace {
  readonly kind: 'modelGroup';
  readonly by: Exclude<Grouping, 'none'>;
  readonly value: string;
  readonly label: string;
  readonly models: readonly ModelRow[];
}

export interface RegisteredModelNode extends RegistryPlace {
  readonly kind: 'registeredModel';
  readonly model: string;
  readonly row: ModelRow;
  /** Whether its versions are shown at first: where there are few models. */
  readonly isOpen: boolean;
  /** The group it stands in. */
  readonly group?: string;
}

export interface VersionNode extends RegistryPlace {
  readonly kind: 'version';
  readonly model: string;
  readonly version: string;
  readonly row: VersionRow;
  readonly group?: string;
}

export interface VersionGroupNode {
  readonly kind: 'versionGroup';
  readonly parent: VersionNode;
  readonly group: VersionGroup;
  readonly entry: VersionEntry;
}

/** A row below a version's group; `item.open` is what a click or a menu acts on. */
export interface VersionRowNode {
  readonly kind: 'versionRow';
  readonly version: VersionNode;
  readonly key: string;
  readonly item: RegistryItem;
}

/** A row that is no part of the registry: what went wrong, what can be done about it, how to see more. */
export interface OtherNode {
  readonly kind: 'other';
  readonly row: Row;
}

export type RegistryNode =
  | FolderNode
  | RegistryRootNode
  | ModelGroupNode
  | RegisteredModelNode
  | VersionNode
  | VersionGroupNode
  | VersionRowNode
  | OtherNode;

export function modelNode(
  { folder, registry }: RegistryPlace,
  row: ModelRow,
  isOpen: boolean,
  group?: string,
): RegisteredModelNode {
  const named = { kind: 'registeredModel', folder, registry, model: row.name, row, isOpen } as const;
  return group === undefined ? named : { ...named, group };
}

export function rowNodes(version: VersionNode, key: string, items: readonly RegistryItem[]): RegistryNode[] {
  return items.map((item, index) => ({ kind: 'versionRow', version, key: `${key}\n${String(index)}`, item }));
}

export function noLineage(version: VersionNode): RegistryNode {
  const item = plainItem(t('Nothing is known of where this version comes from.'), '', 'info', 'aiwbNote');
  return { kind: 'versionRow', version, key: 'lineage\nnone', item };
}

export function others(rows: readonly Row[]): OtherNode[] {
  return rows.map(row => ({ kind: 'other', row }));
}

export function keyOfPlace({ folder, registry }: RegistryPlace): string {
  return `${folder}\n${registry}`;
}

/** Tells a node from all others of the view, and stays the same when the view is drawn again. */
export function nodeKey(node: RegistryNode): string {
  switch (node.kind) {
    case 'folder':
      return `folder ${node.folder}`;
    case 'registry':
      return `registry ${keyOfPlace(node)}`;
    case 'modelGroup':
      return `group ${keyOfPlace(node)}\n${node.by} ${node.value}`;
    case 'registeredModel':
      // VS Code keeps what a row of a key was at first: one of the few that a filter leaves is another row than one of many.
      return `model ${keyOfPlace(node)}\n${node.isOpen ? 'few' : 'many'}\n${node.group ?? ''}\n${node.model}`;
    case 'version':
      return `version ${keyOfPlace(node)}\n${node.group ?? ''}\n${node.model}\n${node.version}`;
    case 'versionGroup':
      return `${nodeKey(node.parent)}\n${node.group}`;
    case 'versionRow':
      return `${nodeKey(node.version)}\n${node.key}`;
    case 'other':
      return node.row.key;
  }
}

/** Whether a registry is one of those elsewhere. */
export function isElsewhere({ registry }: RegistryPlace): boolean {
  return registry !== localRegistry;
}
