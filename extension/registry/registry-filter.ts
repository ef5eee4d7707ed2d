import type { VersionStatus } from '../../schemas/generated/messages.ts';
import { t } from '../base/translate.ts';
import type { FilterFacts, FilterTag } from '../trees/filter.ts';
import type { VersionEntry } from './registry-book.ts';
import { gateWords, newestAssessment, statusWords, versionName } from './words.ts';

const statuses: readonly VersionStatus[] = ['candidate', 'approved', 'baseline', 'production', 'retired'];

export function versionTags(): FilterTag[] {
  return [
    ...statuses.map(status => ({ tag: status, group: 'status', label: t('Status: {0}', statusWords(status)) })),
    { tag: 'passed', group: 'gate', label: t('Newest assessment: {0}', gateWords('passed')) },
    { tag: 'not-passed', group: 'gate', label: t('Newest assessment: {0}', gateWords('failed')) },
    { tag: 'not-assessed', group: 'gate', label: gateWords(undefined) },
    { tag: 'approval-requested', group: 'approval', label: t('Approval requested') },
  ];
}

export function versionFilterFacts({ model, details }: VersionEntry): FilterFacts {
  const { version, approval } = details;
  const newest = newestAssessment(details);
  return {
    text: [
      versionName(details),
      model.description ?? '',
      model.owner ?? '',
      version.description ?? '',
      version.author.email,
      ...(model.tasks ?? []),
      ...version.aliases.map(alias => `@${alias}`),
    ].join('\n'),
    tags: [
      version.status,
      // An alias is written with an `@` too, and may be called like a status.
      ...version.aliases,
      newest === undefined ? 'not-assessed' : newest.gate === 'passed' ? 'passed' : 'not-passed',
      ...(approval.state === 'requested' ? ['approval-requested'] : []),
    ],
  };
}
