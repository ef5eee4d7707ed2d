import path from 'node:path';
import type { DueItem, Failure } from '../../schemas/generated/messages.ts';
import { describeFailure } from '../base/failure.ts';
import { t } from '../base/translate.ts';
import type { Row, RowTarget } from '../trees/row.ts';
import { formatCount } from '../trees/words.ts';

/** What is due in a folder, or why that is not known. */
export type DueState = { readonly items: readonly DueItem[] } | { readonly failure: Failure };

const icons: Record<DueItem['kind'], string> = {
  attestation: 'edit',
  'waiver-approval': 'shield',
  'waiver-expiry': 'shield',
  'evidence-expiry': 'history',
  'policy-review': 'law',
  'policy-approval': 'law',
  'document-review': 'quote',
  approval: 'pass',
  assessment: 'beaker',
};

const colors: Partial<Record<DueItem['state'], string>> = {
  overdue: 'list.errorForeground',
  due: 'list.warningForeground',
};

/** The section above the policies: what waits for a person, overdue first. None where nothing does. */
export function dueSection(folder: string, due: DueState | undefined): Row[] {
  if (due === undefined) return [];
  if ('failure' in due) {
    const tooltip = describeFailure(due.failure);
    const label = t('What is due cannot be read');
    return [
      {
        key: `due ${folder}`,
        label,
        description: due.failure.message,
        tooltip,
        icon: 'warning',
        color: 'list.warningForeground',
      },
    ];
  }
  const { items } = due;
  if (items.length === 0) return [];
  const overdue = countOverdue(items);
  return [
    {
      key: `due ${folder}`,
      label: t('Due'),
      description: overdue === 0 ? formatCount(items.length) : t('{0} · {1} overdue', items.length, overdue),
      icon: 'bell',
      ...(overdue === 0 ? {} : { color: 'list.errorForeground' }),
      contextValue: 'aiwbDue',
      tooltip: t('What waits for a person, or will within thirty days.'),
      isOpen: overdue > 0,
      children: () => items.map((item, index) => dueRow(folder, item, index)),
    },
  ];
}

export function countOverdue(items: readonly DueItem[]): number {
  return items.filter(({ state }) => state === 'overdue').length;
}

function dueRow(folder: string, item: DueItem, index: number): Row {
  const { kind, title, detail, state, dueAt, role } = item;
  const when = dueAt === undefined ? undefined : new Date(dueAt).toISOString().slice(0, 10);
  const word = state === 'overdue' ? t('overdue') : undefined;
  const facts = [word, when, role].filter(fact => fact !== undefined);
  const color = colors[state];
  return {
    key: `due ${folder}\n${String(index)} ${kind} ${title}`,
    label: title,
    description: facts.join(' · '),
    icon: icons[kind],
    ...(color === undefined ? {} : { color }),
    tooltip: [title, ...facts, ...(detail === undefined ? [] : [detail])].join('\n'),
    accessibleLabel: [title, ...facts, detail ?? ''].filter(Boolean).join(', '),
    contextValue: `aiwbDueItem ${kind}`,
    ...openOf(folder, item),
  };
}

/** Where it is done: a command that asks for the rest, the scorecard, or the policy file. */
function openOf(folder: string, item: DueItem): { readonly open?: RowTarget } {
  const { kind, model, version, control, waiverId, assessmentId, path: file } = item;
  const run = (command: string, title: string, ...given: unknown[]): { readonly open: RowTarget } => ({
    open: { kind: 'command', command, title, arguments: given },
  });
  const place = model === undefined || version === undefined ? undefined : { folder, model, version };
  switch (kind) {
    case 'attestation':
      return place === undefined ? {} : run('aiwb.attestControl', t('Attest'), place, control);
    case 'waiver-approval':
      return run('aiwb.approveWaiver', t('Approve Waiver'), { folder, waiverId });
    case 'waiver-expiry':
      return place === undefined ? {} : run('aiwb.requestWaiver', t('Request Waiver'), place, control);
    case 'approval':
      return place === undefined ? {} : run('aiwb.approveVersion', t('Approve'), place);
    case 'policy-review':
    case 'policy-approval':
      return file === undefined ? {} : { open: { kind: 'file', path: path.resolve(folder, file) } };
    case 'evidence-expiry':
    case 'document-review':
    case 'assessment':
      return assessmentId === undefined ? {} : run('aiwb.openScorecard', t('Open Scorecard'), assessmentId);
  }
}
