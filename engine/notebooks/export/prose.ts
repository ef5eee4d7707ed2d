import MarkdownIt, { type Token } from 'markdown-it';
import { showUnseen } from '../../../schemas/unseen.ts';
import { escapeHtml } from '../static/escape-html.ts';

export interface Heading {
  readonly level: number;
  readonly text: string;
  readonly id: string;
}

/** Markdown of unknown origin as HTML: raw HTML in it is text, its links lead nowhere that runs, and its images are those that are given. */
export interface Prose {
  /** @param images what an image's address stands for, as a data URI */
  render(markdown: string, images: ReadonlyMap<string, string>): string;
  /** Headings so far, in the order of the document. */
  readonly headings: readonly Heading[];
}

export interface ProseOptions {
  /** `hidden` leaves HTML comments out; by default they are text like all HTML. */
  readonly comments?: 'hidden';
  /** `web` lets links lead to web pages, mail addresses and files beside this one only. */
  readonly links?: 'web';
}

export function createProse({ comments, links }: ProseOptions = {}): Prose {
  const parser = new MarkdownIt({ html: false, linkify: false, typographer: false });
  if (comments === 'hidden') hideComments(parser);
  if (links === 'web') parser.validateLink = isWebLink;
  const headings: Heading[] = [];
  const ids = new Map<string, number>();

  let known: ReadonlyMap<string, string> = new Map();

  parser.renderer.rules['image'] = (tokens, index) => {
    const token = tokens[index];
    const source = addressOf(token);
    const alt = escapeHtml(token?.content ?? '');
    const data = known.get(source);
    if (data !== undefined) return `<img src="${escapeHtml(data)}" alt="${alt}">`;
    return /^https?:/i.test(source) ? `<a href="${escapeHtml(source)}">${alt || 'image'}</a>` : `[image: ${alt}]`;
  };
  parser.renderer.rules['table_open'] = () =>
    '<div class="wide" role="group" tabindex="0" aria-label="Table">\n<table>\n';
  parser.renderer.rules['table_close'] = () => '</table>\n</div>\n';

  return {
    headings,
    render(markdown, images) {
      known = images;
      const tokens = parser.parse(showUnseen(markdown).toWellFormed(), {});
      for (const [index, token] of tokens.entries()) {
        if (token.type !== 'heading_open') continue;
        const text = plainText(tokens[index + 1]);
        const id = uniqueId(text, ids);
        token.attrSet('id', id);
        headings.push({ level: Number(token.tag.slice(1)), text, id });
      }
      return parser.renderer.render(tokens, parser.options, {});
    },
  };
}

/** Addresses of the images a Markdown text shows. */
export function listImages(markdown: string): readonly string[] {
  const parser = new MarkdownIt({ html: false });
  return parser
    .parse(markdown, {})
    .flatMap(({ children }) => children ?? [])
    .flatMap(token => (token.type === 'image' ? [addressOf(token)] : []));
}

function addressOf(token: Token | undefined): string {
  return String(token?.attrGet('src') ?? '');
}

function plainText(token: Token | undefined): string {
  return (token?.children ?? [])
    .map(({ type, content }) =>
      type === 'text' || type === 'code_inline' || type === 'image' ? content : type === 'softbreak' ? ' ' : '',
    )
    .join('');
}

/** As Jupyter makes them, so that a notebook's own links lead to its headings. `taken` counts how often a name was given. */
function uniqueId(text: string, taken: Map<string, number>): string {
  const base = text.trim().replace(/\s+/g, '-') || 'section';
  let number = taken.get(base) ?? 0;
  let id = base;
  do {
    number += 1;
    id = number === 1 ? base : `${base}-${String(number)}`;
  } while (number > 1 && taken.has(id));
  taken.set(base, number);
  if (id !== base) taken.set(id, 1);
  return id;
}

/** No scheme but those, and no address that leaves out its scheme to lead elsewhere. */
function isWebLink(address: string): boolean {
  const plain = address.trim();
  if (/^[\\/]{2}/.test(plain)) return false;
  return /^(?:https?|mailto):/i.test(plain) || !/^[^/?#]*:/.test(plain);
}

/** Finds where comments end. A text full of beginnings without an end is looked through once. */
function createEndFinder(): (source: string, from: number) => number {
  let known = { source: '', from: 0, end: -1 };
  return (source, from) => {
    const isKnown = source === known.source && from >= known.from && (known.end < 0 || from <= known.end);
    if (!isKnown) known = { source, from, end: source.indexOf('-->', from) };
    return known.end;
  };
}

/** Reads HTML comments as nothing, alone on their lines or inside a paragraph. */
function hideComments(parser: InstanceType<typeof MarkdownIt>): void {
  const [endOfBlock, endInLine] = [createEndFinder(), createEndFinder()];
  let unfit = { source: '', end: -1 };
  parser.block.ruler.before(
    'paragraph',
    'comment',
    (state, startLine, endLine, silent) => {
      const at = (state.bMarks[startLine] ?? 0) + (state.tShift[startLine] ?? 0);
      if (!state.src.startsWith('<!--', at)) return false;
      const end = endOfBlock(state.src, at + 4);
      if (end < 0 || (unfit.source === state.src && unfit.end === end)) return false;
      let line = startLine;
      while (line < endLine && (state.eMarks[line] ?? 0) < end + 3) line += 1;
      // What stands behind a comment on its line is a paragraph.
      if (line >= endLine || state.src.slice(end + 3, state.eMarks[line]).trim() !== '') {
        unfit = { source: state.src, end };
        return false;
      }
      if (!silent) state.line = line + 1;
      return true;
    },
    { alt: ['paragraph', 'reference', 'blockquote', 'list'] },
  );
  parser.inline.ruler.before('html_inline', 'comment', state => {
    if (!state.src.startsWith('<!--', state.pos)) return false;
    const end = endInLine(state.src, state.pos + 4);
    if (end < 0) return false;
    state.pos = end + 3;
    return true;
  });
}
