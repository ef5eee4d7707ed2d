import { visit } from 'yaml';
import { diagnosticCodes, isDiagnosticCode } from '../../engine/documents/codes.ts';
import { lineEnd, lineStart, eolOf } from '../../engine/edits/places.ts';
import { offerFix, type FixMaker, type Scene } from './offer.ts';
import { spanOf } from './spots.ts';

const comment = /^[ \t]*#[ \t]*aiwb-disable-next-line(?:[ \t]+[^\s,]+(?:[ \t]*,[ \t]*[^\s,]+|[ \t]+(?!--)[^\s,]+)*)?/;

/** A comment above the line hides the finding; one that is there already takes the code in. */
export const suppress: FixMaker = (finding, scene) => {
  const { code } = finding;
  // An empty file stays so with a comment in it, and the finding on its first line.
  if (!isDiagnosticCode(code) || diagnosticCodes[code].isSyntax === true || code === 'empty-file') return [];
  const { text } = scene.parsed;
  const line = lineStart(text, spanOf(finding, scene).start);
  if (isInsideText(scene, line)) return [];
  const title = `Hide \`${code}\` on this line`;
  const above = lineStart(text, line - 1);
  const known = line === 0 ? null : comment.exec(text.slice(above, lineEnd(text, above)));
  if (known !== null) {
    const at = above + known[0].length;
    const isEmpty = /next-line$/.test(known[0]);
    return offerFix(title, [{ start: at, end: at, text: `${isEmpty ? ' ' : ', '}${code}` }]);
  }
  const indent = /^[ \t]*/.exec(text.slice(line))?.[0] ?? '';
  const written = `${indent}# aiwb-disable-next-line ${code}${eolOf(text)}`;
  return offerFix(title, [{ start: line, end: line, text: written }]);
};

/** A line above would be part of the text there. */
function isInsideText({ parsed }: Scene, line: number): boolean {
  let isInside = false;
  if (parsed.contents === undefined) return line > 0;
  visit(parsed.contents, {
    Scalar(_key, { range }) {
      isInside = range !== null && range !== undefined && range[0] < line && line < range[1];
      return isInside ? visit.BREAK : undefined;
    },
  });
  return isInside;
}
