import type {
  AffectedMapping,
  FrameworkChange,
  FrameworkComparison,
  FrameworkUpgrade,
} from '../../schemas/generated/messages.ts';
import { escapeMarkdown } from '../base/markdown.ts';
import { t } from '../base/translate.ts';

type Kind = FrameworkChange['change'];

/** The address of a line of a workspace file, for links. */
export type LinkTo = (file: string, line: number) => string;

/** What another version of a framework means, as a document to read before policies are changed. */
export function describeUpgrade({ comparison, policies }: FrameworkUpgrade, linkTo: LinkTo): string {
  const { title, from, to, affected } = comparison;
  const lines = [
    `# ${escapeMarkdown(t('{0}: {1} → {2}', title, from, to))}`,
    '',
    escapeMarkdown(countChanges(comparison)),
  ];
  lines.push('', `## ${t('Controls of your policies')}`, '', ...describeAffected(comparison, affected, linkTo));
  const open = policies.flatMap(({ file, open: left }) => left.map(mapping => ({ ...mapping, file })));
  if (open.length > 0) {
    lines.push('', `## ${t('Left to you')}`, '');
    for (const { file, line, control, id, why } of open)
      lines.push(
        `- ${link(file, line, linkTo)} **${escapeMarkdown(control)}** ${escapeMarkdown(id)}: ${escapeMarkdown(why)}`,
      );
  }
  for (const kind of kinds) {
    const listed = comparison.changes.filter(({ change }) => change === kind);
    if (listed.length === 0) continue;
    lines.push(
      '',
      `## ${titleOf(kind)} (${String(listed.length)})`,
      '',
      ...listed.map(change => `- ${describeChange(change)}`),
    );
  }
  return `${lines.join('\n')}\n`;
}

/** Most consequential first. */
const kinds: readonly Kind[] = ['retired', 'continued', 'added', 'renamed', 'moved', 'relinked'];

function titleOf(kind: Kind): string {
  switch (kind) {
    case 'retired':
      return t('Retired');
    case 'continued':
      return t('Under another id');
    case 'added':
      return t('Added');
    case 'renamed':
      return t('Renamed');
    case 'moved':
      return t('Moved to another group');
    case 'relinked':
      return t('Linked to other ids');
  }
}

function countChanges({ changes, unchanged }: FrameworkComparison): string {
  const counts = kinds.flatMap(kind => {
    const count = changes.filter(({ change }) => change === kind).length;
    return count === 0 ? [] : [t('{0}: {1}', titleOf(kind), count)];
  });
  return [...counts, t('{0}: {1}', t('The same'), unchanged)].join(' · ');
}

function describeAffected(
  { from, policies }: FrameworkComparison,
  affected: readonly AffectedMapping[],
  linkTo: LinkTo,
): readonly string[] {
  if (policies.length === 0) return [escapeMarkdown(t('No policy of this workspace means {0}.', from))];
  if (affected.length === 0) return [escapeMarkdown(t('None of them maps to an id that changed.'))];
  return [
    `| ${t('Where')} | ${t('Control')} | ${t('Maps to')} | ${t('What changed')} |`,
    '| --- | --- | --- | --- |',
    ...affected.map(({ file, line, control, title = '', id, name = '', changes }) =>
      [
        '',
        link(file, line, linkTo),
        `${escapeMarkdown(control)} ${escapeMarkdown(title)}`.trim(),
        `${escapeMarkdown(id)} ${escapeMarkdown(name)}`.trim(),
        changes.map(consequence).map(escapeMarkdown).join('; '),
        '',
      ]
        .join(' | ')
        .trim(),
    ),
  ];
}

function consequence({ change, before = '', after = '', replacement }: FrameworkChange): string {
  switch (change) {
    case 'retired':
      return replacement === undefined
        ? t('retired; nothing is known to have taken its place')
        : t('retired; {0} took its place', `${replacement.id} ${replacement.name}`);
    case 'continued':
      return t('now {0}', replacement?.id ?? '');
    case 'renamed':
      return t('now called {0}', after);
    case 'moved':
      return t('moved from {0} to {1}', before === '' ? t('no group') : before, after === '' ? t('no group') : after);
    default:
      return t('linked to other ids');
  }
}

function describeChange({ change, id, name, before = '', after = '', replacement }: FrameworkChange): string {
  const what = `**${escapeMarkdown(id)}** ${escapeMarkdown(change === 'renamed' ? before : name)}`;
  if (replacement !== undefined)
    return `${what} → **${escapeMarkdown(replacement.id)}** ${escapeMarkdown(replacement.name)}`;
  if (change === 'renamed') return `${what} → ${escapeMarkdown(after)}`;
  if (change === 'moved' || change === 'relinked')
    return `${what}: ${escapeMarkdown(before === '' ? '–' : before)} → ${escapeMarkdown(after === '' ? '–' : after)}`;
  return what;
}

function link(file: string, line: number, linkTo: LinkTo): string {
  return `[${escapeMarkdown(`${file}:${String(line)}`)}](<${linkTo(file, line).replaceAll(/[<>\n]/g, encodeURIComponent)}>)`;
}
