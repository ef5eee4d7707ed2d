import type { LineageGraph, LineageNode } from '../../schemas/generated/messages.ts';
import { t } from '../base/translate.ts';
import { factsTooltip, type OpenTarget, type RegistryItem } from './item.ts';
import { shortDigest } from './words.ts';

const icons: Record<LineageNode['kind'], string> = {
  dataset: 'database',
  prompt: 'comment',
  run: 'beaker',
  'tuning-job': 'go-to-file',
  'base-model': 'circuit-board',
  policy: 'law',
  assessment: 'checklist',
  version: 'package',
  'registry-version': 'server',
};

function kindWords(kind: LineageNode['kind']): string {
  switch (kind) {
    case 'dataset':
      return t('Dataset');
    case 'prompt':
      return t('Prompt');
    case 'run':
      return t('Run');
    case 'tuning-job':
      return t('Tuning job');
    case 'base-model':
      return t('Base model');
    case 'policy':
      return t('Policy');
    case 'assessment':
      return t('Assessment');
    case 'version':
      return t('Version');
    case 'registry-version':
      return t('Version in another registry');
  }
}

/**
 * What led to a version and what was made of it, as rows: first what the version itself is joined to, below each what that is joined to.
 * A node that several lead to stands below the nearest of them.
 */
export function lineageRows({ version, nodes, edges }: LineageGraph): readonly RegistryItem[] {
  const byId = new Map(nodes.map(node => [node.id, node]));
  const joined = new Map<string, { id: string; role: string }[]>();
  const join = (from: string, id: string, role: string): void => {
    joined.set(from, [...(joined.get(from) ?? []), { id, role }]);
  };
  for (const { from, to, role } of edges) {
    join(from, to, role);
    join(to, from, role);
  }
  const root =
    nodes.find(
      ({ kind, open }) => kind === 'version' && open?.id === version.model && open.version === version.version,
    ) ?? nodes.find(({ kind, label }) => kind === 'version' && label === `${version.model}@${version.version}`);
  const children = new Map<string, { node: LineageNode; role: string }[]>();
  const seen = new Set<string>(root === undefined ? [] : [root.id]);
  const queue = root === undefined ? [] : [root.id];
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    for (const { id, role } of joined.get(at) ?? []) {
      const node = byId.get(id);
      if (node === undefined || seen.has(id)) continue;
      seen.add(id);
      children.set(at, [...(children.get(at) ?? []), { node, role }]);
      queue.push(id);
    }
  }
  const rowsBelow = (id: string): RegistryItem[] =>
    (children.get(id) ?? []).map(({ node, role }) => nodeItem(node, role, rowsBelow(node.id)));
  const apart = nodes.filter(({ id }) => !seen.has(id)).map(node => nodeItem(node, '', []));
  return [...(root === undefined ? [] : rowsBelow(root.id)), ...apart];
}

function nodeItem(node: LineageNode, role: string, children: readonly RegistryItem[]): RegistryItem {
  const { kind, label, detail, digest } = node;
  const open = targetOf(node);
  return {
    label,
    description: [role, detail].filter(Boolean).join(' · '),
    icon: icons[kind],
    contextValue: 'aiwbLineage',
    tooltip: factsTooltip(label, [
      [undefined, kindWords(kind)],
      [undefined, role],
      [undefined, detail],
      [t('Digest'), shortDigest(digest)],
    ]),
    ...(open === undefined ? {} : { open }),
    ...(children.length === 0 ? {} : { children }),
  };
}

function targetOf({ open }: LineageNode): OpenTarget | undefined {
  switch (open?.kind) {
    case undefined:
      return undefined;
    case 'run':
      return { kind: 'run', runId: open.id };
    case 'assessment':
      return { kind: 'assessment', assessmentId: open.id };
    case 'file':
      return { kind: 'file', path: open.id };
    case 'version': {
      if (open.version === undefined) return undefined;
      const { registry, id: model, version } = open;
      return { kind: 'version', place: { model, version, ...(registry === undefined ? {} : { registry }) } };
    }
  }
}
