import { formatCount } from '../trees/words.ts';
import { plainItem, type RegistryItem } from './item.ts';
import type { FolderNode, OtherNode, RegistryNode } from './outline-nodes.ts';
import type { RegistryBook, RegistryPlace } from './registry-book.ts';
import { registeredModelItem, registryItem, versionItem } from './registry-items.ts';
import { groupItem } from './version-groups.ts';

/** How a row of the registries is drawn, with what is known of them now. */
export function itemOf(
  node: Exclude<RegistryNode, FolderNode | OtherNode>,
  book: Pick<RegistryBook, 'entry'>,
  parts: { readonly now: () => number; isReading(place: RegistryPlace): boolean },
): RegistryItem {
  switch (node.kind) {
    case 'registry':
      return registryItem(book.entry(node) ?? node.entry, parts.now(), parts.isReading(node));
    case 'modelGroup':
      return {
        ...plainItem(node.label, formatCount(node.models.length), 'symbol-folder'),
        contextValue: 'aiwbModelGroup',
      };
    case 'registeredModel':
      return { ...registeredModelItem(node.row, book.entry(node)), isOpen: node.isOpen };
    case 'version':
      return versionItem(node.row, book.entry(node));
    case 'versionGroup':
      return groupItem(node.group, node.entry.details, parts.now());
    case 'versionRow':
      return node.item;
  }
}
