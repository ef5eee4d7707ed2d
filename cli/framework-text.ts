import type {
  FrameworkChange,
  FrameworkComparison,
  FrameworkDetails,
  FrameworkEntryDetails,
  FrameworkSummary,
  FrameworkUpgrade,
  NamedEntry,
} from '../schemas/generated/messages.ts';
import { layTable } from './output.ts';

/** A table of what policies can refer to. */
export function listText(frameworks: readonly FrameworkSummary[]): string {
  const header = ['Framework', 'Version', 'Ids', 'Policies', 'Title', 'From'].map((text, index) => ({
    text,
    ...(index === 2 || index === 3 ? { align: 'right' as const } : {}),
  }));
  const rows = frameworks.map(({ id, version, entries, policies = 0, title, file }) => [
    { text: id },
    { text: version },
    { text: String(entries), align: 'right' as const },
    { text: String(policies), align: 'right' as const },
    { text: title },
    { text: file ?? 'built in' },
  ]);
  return layTable(header, rows, ['Title', 'From']);
}

/** A framework with its ids by group, or one entry with all that is known of it. */
export function showText(details: FrameworkDetails, isOne: boolean): string {
  const { framework, entries, retired } = details;
  const [entry] = entries;
  if (isOne && entry !== undefined) return entryText(entry, details);
  const { title, version, publisher, license, note, url, file } = framework;
  const head = [
    `${title} ${version}${publisher === undefined ? '' : `, ${publisher}`}`,
    ...[license, note, url, file === undefined ? undefined : `Described by ${file}`].filter(line => line !== undefined),
    '',
  ];
  const width = Math.max(...entries.map(({ id }) => id.length));
  const lines = entries.map(({ id, name, group }) =>
    `${id.padEnd(width)}  ${name}${group === undefined ? '' : `  (${group})`}`.trimEnd(),
  );
  const gone = retired.map(
    ({ id, name, replacedBy }) => `${id}  ${name}${replacedBy === undefined ? '' : `, now ${replacedBy}`}`,
  );
  return [...head, ...lines, ...(gone.length === 0 ? [] : ['', 'Retired', ...gone])].join('\n');
}

function entryText(
  entry: FrameworkEntryDetails,
  { framework, relatedTitle = 'Related', predecessor }: FrameworkDetails,
): string {
  const { id, name, description, group, parents, children, related, relatedBy, predecessors = [] } = entry;
  const lines = [`${id}  ${name}`, `${framework.title} ${framework.version}`];
  if (description !== undefined) lines.push('', description);
  const ties: string[] = [];
  if (parents.length > 0) ties.push(`Part of: ${names(parents)}`);
  else if (group !== undefined) ties.push(`Group: ${group}`);
  if (predecessors.length > 0) ties.push(`In ${predecessor ?? 'the version before'}: ${predecessors.join(', ')}`);
  if (related.length > 0) ties.push(`${relatedTitle}: ${names(related)}`);
  if (relatedBy.length > 0)
    ties.push(`${relatedTitle === 'Mitigated by' ? 'Mitigates' : 'Named by'}: ${names(relatedBy)}`);
  if (children.length > 0) ties.push(`Consists of: ${names(children)}`);
  return [...lines, ...(ties.length === 0 ? [] : ['', ...ties])].join('\n');
}

function names(entries: readonly NamedEntry[]): string {
  return entries.map(({ id, name }) => `${id} ${name}`).join('; ');
}

const titles: Readonly<Record<FrameworkChange['change'], string>> = {
  retired: 'Retired',
  continued: 'Under another id',
  added: 'Added',
  renamed: 'Renamed',
  moved: 'Moved to another group',
  relinked: 'Linked to other ids',
};

/** What changed, kind by kind, and which mappings that concerns. */
export function comparisonText(comparison: FrameworkComparison): string {
  const { title, from, to, changes, unchanged, policies, affected } = comparison;
  const counts = Object.entries(titles).flatMap(([kind, words]) => {
    const count = changes.filter(({ change }) => change === kind).length;
    return count === 0 ? [] : [`${count} ${words.toLowerCase()}`];
  });
  const lines = [`${title} ${from} → ${to}: ${[...counts, `${unchanged} the same`].join(', ')}.`];
  for (const [kind, words] of Object.entries(titles)) {
    const listed = changes.filter(({ change }) => change === kind);
    if (listed.length > 0) lines.push('', words, ...listed.map(change => `  ${changeText(change)}`));
  }
  lines.push('', policies.length === 0 ? `No policy here means ${from}.` : `Mappings of policies that mean ${from}`);
  for (const { file, line, control, id, name, changes: own } of affected) {
    lines.push(
      `  ${file}:${line}  ${control}  ${id}${name === undefined ? '' : ` ${name}`}: ${own.map(consequence).join('; ')}`,
    );
  }
  if (policies.length > 0 && affected.length === 0) lines.push(`  None of them is to an id that changed.`);
  return lines.join('\n');
}

function changeText({ change, id, name, before = '', after = '', replacement }: FrameworkChange): string {
  switch (change) {
    case 'renamed':
      return `${id}  ${before} → ${after}`;
    case 'relinked':
      return `${id}  ${name}: ${linkDifference(before, after)}`;
    case 'moved':
      return `${id}  ${name}: ${before === '' ? 'none' : before} → ${after === '' ? 'none' : after}`;
    default:
      return `${id}  ${name}${replacement === undefined ? '' : ` → ${replacement.id} ${replacement.name}`}`;
  }
}

/** Which links came and which went: `+AML.M0035, −AML.M0001`. */
function linkDifference(before: string, after: string): string {
  const [old, now] = [before, after].map(list => (list === '' ? [] : list.split(', ')));
  const came = now?.filter(id => old?.includes(id) === false) ?? [];
  const went = old?.filter(id => now?.includes(id) === false) ?? [];
  return [...came.map(id => `+${id}`), ...went.map(id => `−${id}`)].join(', ');
}

function consequence({ change, before = '', after = '', replacement }: FrameworkChange): string {
  switch (change) {
    case 'retired':
      return replacement === undefined
        ? 'retired, map what took its place'
        : `retired, now ${replacement.id} ${replacement.name}`;
    case 'continued':
      return `now ${replacement?.id ?? ''}`;
    case 'renamed':
      return `now called ${after}`;
    case 'moved':
      return `moved from ${before === '' ? 'no group' : before} to ${after === '' ? 'none' : after}`;
    default:
      return `linked to other ids (${linkDifference(before, after)})`;
  }
}

/** The edits, file by file, and what is left to a person. */
export function upgradeText({ policies }: FrameworkUpgrade, isWritten: boolean): string {
  const lines: string[] = [];
  for (const { file, edits, open } of policies) {
    lines.push(`${file}: ${edits.length} ${edits.length === 1 ? 'edit' : 'edits'}${isWritten ? ' written' : ''}`);
    for (const { line, before, after } of edits) lines.push(`  ${line + 1}: ${before} → ${after}`);
    for (const { line, control, id, why } of open) lines.push(`  ${line}: ${control} maps ${id}. ${why}`);
  }
  return lines.join('\n');
}
