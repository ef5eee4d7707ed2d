import path from 'node:path';
import type { Failure } from '../../schemas/generated/messages.ts';
import type { Row } from './row.ts';

/** What stands below a row whose own rows cannot be had. */
export function failureRow(key: string, failure: Failure): Row {
  const { place } = failure;
  return {
    key: `failure ${key}`,
    label: failure.message,
    icon: 'warning',
    color: 'list.warningForeground',
    contextValue: 'aiwbFailure',
    tooltip: [failure.message, failure.remedy].filter(Boolean).join('\n'),
    accessibleLabel: [failure.message, failure.remedy].filter(Boolean).join(' '),
    ...(place === undefined || !path.isAbsolute(place.path)
      ? {}
      : { open: { kind: 'file', path: place.path, ...(place.line === undefined ? {} : { line: place.line }) } }),
  };
}
