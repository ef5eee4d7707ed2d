import path from 'node:path';
import type { PolicyEntry } from '../../schemas/generated/messages.ts';
import { t } from '../base/translate.ts';
import type { Row } from '../trees/row.ts';

/** The day a policy is to be looked at again counts in full. */
export function isOverdue({ reviewBy }: PolicyEntry, now: number): boolean {
  return reviewBy !== undefined && reviewBy < dayOf(now);
}

/** What the newest assessment rests on has begun to expire. */
export function isExpired({ last }: PolicyEntry, now: number): boolean {
  return last?.validUntil !== undefined && last.validUntil <= now;
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/** Who has approved it, and by when what is to be looked at again. */
export function dueFacts({ reviewBy, owner, approval, last }: PolicyEntry): string[] {
  return [
    ...(owner === undefined ? [] : [t('Owner: {0}', owner)]),
    ...(approval?.state === 'approved' ? [t('Approved by {0}', approval.by?.email ?? '')] : []),
    ...(approval?.state === 'draft' ? [t('Put together from a document; nobody has approved it yet.')] : []),
    ...(reviewBy === undefined ? [] : [t('To be reviewed by {0}', reviewBy)]),
    ...(last?.validUntil === undefined ? [] : [t('Evidence begins to expire on {0}', dayOf(last.validUntil))]),
  ];
}

/** Dates that somebody has to see to, as rows; what has passed is marked. */
export function dueRows(key: string, policy: PolicyEntry, absolute: string, now: number): Row[] {
  const { reviewBy, approval, last } = policy;
  const warned = (isLate: boolean, icon: string) =>
    isLate ? { icon: 'warning', color: 'list.warningForeground' } : { icon };
  return [
    ...(approval === undefined
      ? []
      : [
          {
            key: `${key}\napproval`,
            label: approval.state === 'draft' ? t('Draft, not approved') : t('Approved'),
            description: approval.by?.email ?? '',
            ...warned(approval.state === 'draft', 'pass'),
            ...(approval.state === 'draft'
              ? {
                  open: {
                    kind: 'command' as const,
                    command: 'aiwb.approvePolicy',
                    title: t('Approve Policy'),
                    arguments: [{ kind: 'policy', folder: path.dirname(absolute), path: path.basename(absolute) }],
                  },
                }
              : {}),
          },
        ]),
    ...(reviewBy === undefined
      ? []
      : [
          {
            key: `${key}\nreview`,
            label: isOverdue(policy, now) ? t('Review overdue') : t('To be reviewed'),
            description: reviewBy,
            ...warned(isOverdue(policy, now), 'calendar'),
          },
        ]),
    ...(last?.validUntil === undefined
      ? []
      : [
          {
            key: `${key}\nexpiry`,
            label: isExpired(policy, now) ? t('Evidence expired') : t('Evidence begins to expire'),
            description: dayOf(last.validUntil),
            ...warned(isExpired(policy, now), 'history'),
          },
        ]),
  ];
}
