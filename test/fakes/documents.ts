import { deflateSync } from 'node:zlib';
import type { SourceText } from '../../schemas/generated/messages.ts';
import { makeZip, type ArchiveEntry } from './archives.ts';

/** A line on a page: its size in points, where it stands, and whether it draws its words one by one. */
export interface PdfLine {
  readonly text: string;
  readonly size?: number;
  /** From the left edge and the bottom, in points. */
  readonly x?: number;
  readonly y?: number;
}

export interface PdfOptions {
  /** Asks for a password nobody knows. */
  readonly encrypted?: boolean;
  /** Draws rectangles, as a scan has its images. */
  readonly scanned?: boolean;
  /** Appended to each page's drawing. */
  readonly drawing?: string;
  /** Raw entries of the catalogue. */
  readonly catalogue?: string;
}

/** A PDF file in Helvetica, one array of lines a page, from the top down. */
export function makePdf(pages: readonly (readonly (string | PdfLine)[])[], options: PdfOptions = {}): Buffer {
  const objects: string[] = [];
  const kids = pages.map((_, index) => `${index * 2 + 4} 0 R`).join(' ');
  objects.push(`<< /Type /Catalog /Pages 2 0 R ${options.catalogue ?? ''} >>`);
  objects.push(`<< /Type /Pages /Kids [${kids}] /Count ${pages.length} >>`);
  objects.push('<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>');
  for (const [index, lines] of pages.entries()) {
    const content = options.scanned === true ? '0.5 g 50 50 500 700 re f' : drawLines(lines);
    const stream = deflateSync(Buffer.from(`${content}\n${options.drawing ?? ''}`, 'latin1')).toString('latin1');
    objects.push(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> /Contents ${index * 2 + 5} 0 R >>`,
      `<< /Filter /FlateDecode /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
    );
  }
  const secret = '41'.repeat(32);
  if (options.encrypted === true)
    objects.push(`<< /Filter /Standard /V 1 /R 2 /O <${secret}> /U <${secret}> /P -44 >>`);
  return assemble(objects, options.encrypted === true ? `/Encrypt ${objects.length} 0 R /ID [<00> <00>]` : '');
}

function assemble(objects: readonly string[], trailer: string): Buffer {
  const parts = ['%PDF-1.4\n'];
  const offsets: number[] = [];
  let length = parts[0]!.length;
  for (const [index, object] of objects.entries()) {
    const part = `${index + 1} 0 obj\n${object}\nendobj\n`;
    offsets.push(length);
    length += part.length;
    parts.push(part);
  }
  const rows = offsets.map(offset => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  parts.push(`xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows}`);
  parts.push(`trailer\n<< /Size ${objects.length + 1} /Root 1 0 R ${trailer} >>\nstartxref\n${length}\n%%EOF\n`);
  return Buffer.from(parts.join(''), 'latin1');
}

function drawLines(lines: readonly (string | PdfLine)[]): string {
  let y = 740;
  return lines
    .map(line => (typeof line === 'string' ? { text: line } : line))
    .map(({ text, size = 11, x = 72, y: own }) => {
      const at = own ?? y;
      y = at - size * 1.25;
      return text === '' ? '' : `BT /F1 ${size} Tf ${x} ${at} Td (${text.replace(/[\\()]/g, '\\$&')}) Tj ET`;
    })
    .join('\n');
}

/** A paragraph of a Word document: its words, or its XML. */
export interface DocxParagraph {
  readonly text?: string;
  readonly style?: string;
  readonly list?: string;
  readonly level?: number;
  readonly xml?: string;
}

export interface DocxOptions {
  readonly styles?: string;
  readonly numbering?: string;
  readonly footnotes?: string;
  readonly others?: readonly ArchiveEntry[];
  /** Written before the document's root. */
  readonly prolog?: string;
}

const wordNamespace = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"';

export function makeDocx(paragraphs: readonly (string | DocxParagraph)[], options: DocxOptions = {}): Buffer {
  const body = paragraphs.map(each => paragraphXml(typeof each === 'string' ? { text: each } : each)).join('');
  const part = (name: string, root: string, inner: string | undefined): ArchiveEntry[] =>
    inner === undefined
      ? []
      : [{ name, content: `<?xml version="1.0"?>\n<w:${root} ${wordNamespace}>${inner}</w:${root}>` }];
  return makeZip([
    { name: '[Content_Types].xml', content: '<Types/>' },
    {
      name: 'word/document.xml',
      content: `<?xml version="1.0"?>\n${options.prolog ?? ''}<w:document ${wordNamespace}><w:body>${body}</w:body></w:document>`,
    },
    ...part('word/styles.xml', 'styles', options.styles),
    ...part('word/numbering.xml', 'numbering', options.numbering),
    ...part('word/footnotes.xml', 'footnotes', options.footnotes),
    ...(options.others ?? []),
  ]);
}

function paragraphXml({ text = '', style, list, level, xml }: DocxParagraph): string {
  const properties = [
    style === undefined ? '' : `<w:pStyle w:val="${style}"/>`,
    list === undefined ? '' : `<w:numPr><w:ilvl w:val="${level ?? 0}"/><w:numId w:val="${list}"/></w:numPr>`,
  ].join('');
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<w:p><w:pPr>${properties}</w:pPr>${xml ?? `<w:r><w:t xml:space="preserve">${escaped}</w:t></w:r>`}</w:p>`;
}

/** What Word writes for an encrypted document: a container of its older kind that names the package in it. */
export function makeEncryptedDocx(): Buffer {
  const head = Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
  return Buffer.concat([head, Buffer.alloc(504), Buffer.from('EncryptedPackage', 'utf16le'), Buffer.alloc(512)]);
}

/** The text of a Markdown document as it is read. */
export function markdownText(text: string): SourceText {
  const headings = [...text.matchAll(/^(#{1,6}) +(.+)$/gm)].map(match => {
    const start = match.index + match[0].length - match[2]!.length;
    return { level: match[1]!.length, start, end: start + match[2]!.length };
  });
  return { digest: 'a'.repeat(64), name: 'policy.md', text, pages: [], headings };
}
