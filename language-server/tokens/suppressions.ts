import { scanLines } from '../syntax/lines.ts';
import type { ColouredPiece } from './legend.ts';

const directive = /(?:^|[ \t])#[ \t]*(aiwb-disable-(?:next-)?line)(?![\w-])([^\r\n]{0,400})/;

/** Comments that silence findings: what they do, and the codes they name. */
export function collectSuppressions(text: string): readonly ColouredPiece[] {
  if (!text.includes('aiwb-disable-')) return [];
  return scanLines(text).lines.flatMap(({ start, end, kind }): readonly ColouredPiece[] => {
    if (kind === 'blank' || kind === 'text') return [];
    const match = directive.exec(text.slice(start, end));
    const [whole = '', name = '', codes = ''] = match ?? [];
    if (match === null) return [];
    const codesStart = start + match.index + whole.length - codes.length;
    return [
      { start: codesStart - name.length, end: codesStart, type: 'keyword' },
      ...[...codes.matchAll(/[a-z][a-z-]*/g)].map(({ index, 0: code }) => ({
        start: codesStart + index,
        end: codesStart + index + code.length,
        type: 'enumMember' as const,
      })),
    ];
  });
}
