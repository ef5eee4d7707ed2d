import { toWorkbenchError } from '../../base/errors.ts';
import type { ScanContext } from './findings.ts';

/** Archives inside archives that are looked into. */
export const deepest = 4;

export function reportAmbiguous(file: string, why: string, { report }: ScanContext): void {
  report({
    rule: 'archive-ambiguous',
    severity: 'unsafe',
    file,
    message: `Tools may differ in what this archive holds: ${why}.`,
    remedy: 'Ask for an archive as the usual tools write it.',
  });
}

export function reportTooDeep(file: string, { report }: ScanContext): void {
  report({
    rule: 'archive-too-deep',
    severity: 'unsafe',
    file,
    message: `Archives lie in archives deeper than ${String(deepest)} levels.`,
    remedy: 'Take the model unpacked.',
  });
}

export function reportUnread(error: unknown, file: string, { report, signal }: ScanContext): void {
  signal.throwIfAborted();
  const { code, message } = toWorkbenchError(error);
  if (code !== 'file-unreadable' && code !== 'file-too-large' && code !== 'file-invalid') throw error;
  report({
    rule: code === 'file-too-large' ? 'archive-bomb' : 'archive-broken',
    severity: 'unsafe',
    file,
    message:
      code === 'file-too-large' ? 'It unpacks to far more than its size.' : `It cannot be looked into: ${message}`,
    remedy: 'Fetch it again; where it stays like this, do not take it.',
  });
}
