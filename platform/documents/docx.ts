import { createNumbering, type Numbering } from './docx-numbering.ts';
import { openDocx } from './docx-parts.ts';
import { TextBuilder, type DocumentLimits } from './limits.ts';
import type { WithNotes } from './protocol.ts';
import { walkXml } from './xml.ts';

/** What a paragraph style makes of its paragraphs. */
interface Style {
  readonly level?: number;
  readonly list?: string;
  readonly listLevel?: number;
}

/**
 * The text of a Word document: its body with the numbers Word shows, then its footnotes. Deleted and hidden words, comments, headers and
 * footers are left out. Macros are never run, and nothing outside the file is read. Throws a `DocumentFault`.
 */
export async function readDocx(bytes: Uint8Array, limits: DocumentLimits): Promise<WithNotes> {
  const parts = await openDocx(bytes, limits);
  const builder = new TextBuilder(limits);
  const styles = readStyles(parts.styles);
  const numbering = createNumbering(parts.numbering);
  let hidden = readStory(parts.document, styles, numbering, builder);
  if (parts.footnotes !== undefined) hidden += readStory(parts.footnotes, styles, numbering, builder);
  const notes: string[] = [];
  if (parts.hasMacros) notes.push('It holds macros, which are never run.');
  if (hidden > 0) notes.push('Words that are hidden in it were left out.');
  return { text: builder.finish(), notes };
}

/** Paragraph styles by id: headings are told by their names, which Word keeps in English, or by their outline level. */
function readStyles(xml: string | undefined): ReadonlyMap<string, Style> {
  const styles = new Map<string, { level?: number; list?: string; listLevel?: number }>();
  let current: { level?: number; list?: string; listLevel?: number } | undefined;
  if (xml !== undefined)
    walkXml(xml, {
      open(name, attributes) {
        const value = attributes.get('w:val') ?? '';
        if (name === 'w:style') {
          current = {};
          styles.set(attributes.get('w:styleId') ?? '', current);
        } else if (current === undefined) return;
        else if (name === 'w:name') {
          const digits = /^heading ([1-9])$/i.exec(value);
          if (digits !== null) current.level = Number(digits[1]);
          else if (/^title$/i.test(value)) current.level = 1;
        } else if (name === 'w:outlineLvl' && /^[0-8]$/.test(value)) current.level = Number(value) + 1;
        else if (name === 'w:numId') current.list = value;
        else if (name === 'w:ilvl') current.listLevel = Number(value) || 0;
      },
      close(name) {
        if (name === 'w:style') current = undefined;
      },
      text: () => undefined,
    });
  return styles;
}

interface Paragraph {
  text: string;
  style: Style;
  level?: number;
  list?: string;
  listLevel?: number;
}

/** Adds a story's paragraphs, and tells how many runs were hidden. */
function readStory(
  xml: string,
  styles: ReadonlyMap<string, Style>,
  numbering: Numbering,
  builder: TextBuilder,
): number {
  const paragraphs: Paragraph[] = [];
  let row: string[] | undefined;
  let isText = false;
  let isHidden = false;
  let inRun = false;
  let skipped = 0;
  let hidden = 0;

  const finish = (paragraph: Paragraph): void => {
    const list = paragraph.list ?? paragraph.style.list;
    const label = list === undefined ? '' : numbering.next(list, paragraph.listLevel ?? paragraph.style.listLevel ?? 0);
    const words = paragraph.text.replace(/[^\S\n]+/g, ' ').trim();
    const text = words === '' || label === '' ? words : `${label} ${words}`;
    if (row !== undefined) row.push(text);
    else builder.add(text, paragraph.level ?? paragraph.style.level);
  };

  walkXml(xml, {
    open(name, attributes) {
      // Text boxes are stored twice, the second time for readers that do not know the first.
      if (name === 'mc:Fallback') skipped += 1;
      if (skipped > 0) return;
      const paragraph = paragraphs.at(-1);
      const value = attributes.get('w:val') ?? '';
      if (name === 'w:p') paragraphs.push({ text: '', style: {} });
      else if (name === 'w:tr') row = [];
      else if (name === 'w:r') {
        inRun = true;
        isHidden = false;
      } else if (name === 'w:vanish' && inRun) isHidden = value !== '0' && value !== 'false';
      else if (name === 'w:t') isText = true;
      else if (paragraph === undefined) return;
      else if (name === 'w:pStyle') paragraph.style = styles.get(value) ?? {};
      else if (name === 'w:outlineLvl' && /^[0-8]$/.test(value)) paragraph.level = Number(value) + 1;
      else if (name === 'w:numId' && !inRun) paragraph.list = value;
      else if (name === 'w:ilvl' && !inRun) paragraph.listLevel = Number(value) || 0;
      else if (!inRun || isHidden) return;
      else if (name === 'w:tab') paragraph.text += ' ';
      else if (name === 'w:br' || name === 'w:cr') paragraph.text += '\n';
      else if (name === 'w:noBreakHyphen') paragraph.text += '-';
    },
    close(name) {
      if (name === 'mc:Fallback') skipped -= 1;
      if (skipped > 0) return;
      if (name === 'w:t') isText = false;
      else if (name === 'w:r') inRun = false;
      else if (name === 'w:p') {
        const paragraph = paragraphs.pop();
        if (paragraph !== undefined) finish(paragraph);
      } else if (name === 'w:tr') {
        const cells = (row ?? []).filter(cell => cell !== '');
        row = undefined;
        builder.add(cells.join(' \u2003'));
      }
    },
    text(text) {
      const paragraph = paragraphs.at(-1);
      if (!isText || skipped > 0 || paragraph === undefined) return;
      if (isHidden) hidden += 1;
      else paragraph.text += text;
    },
  });
  return hidden;
}
