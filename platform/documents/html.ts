import { parse, type DefaultTreeAdapterTypes } from 'parse5';
import { TextBuilder, type DocumentLimits } from './limits.ts';
import { decodeText } from './plain.ts';
import type { WithNotes } from './protocol.ts';

type Node = DefaultTreeAdapterTypes.ChildNode;
type Element = DefaultTreeAdapterTypes.Element;

const neverText = new Set(
  'script style template noscript head iframe object embed svg math canvas audio video select textarea button'.split(
    ' ',
  ),
);
const blocks = new Set(
  'address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol p pre search section summary table tbody tfoot thead tr ul'.split(
    ' ',
  ),
);

/**
 * The text of a web page as a person would see it: nothing in it runs or is fetched, and what it hides is left out. Throws a
 * `DocumentFault`.
 */
export function readHtml(bytes: Uint8Array, limits: DocumentLimits): WithNotes {
  const beginning = new TextDecoder('latin1').decode(bytes.subarray(0, 4096));
  const declared = /<meta[^>]{0,200}charset\s{0,9}=\s{0,9}["']?([\w-]{1,40})/i.exec(beginning)?.[1];
  const { text, notes } = decodeText(bytes, declared);
  const builder = new TextBuilder(limits);
  const page = new PageText(builder);
  page.walk(parse(text, { scriptingEnabled: false }).childNodes);
  return {
    text: builder.finish(),
    notes: page.hidden === 0 ? notes : [...notes, 'Words that are hidden in it were left out.'],
  };
}

/** One visit of each node; its own stack, for pages may be nested deeper than a call stack is. */
class PageText {
  hidden = 0;
  readonly #builder: TextBuilder;
  readonly #counts: (number | undefined)[] = [];
  #text = '';
  #label = '';
  #preserved = 0;

  constructor(builder: TextBuilder) {
    this.#builder = builder;
  }

  walk(roots: readonly Node[]): void {
    const stack: ({ readonly node: Node } | { readonly leave: Element })[] = [];
    const push = (nodes: readonly Node[]): void => {
      for (let index = nodes.length - 1; index >= 0; index--) stack.push({ node: nodes[index]! });
    };
    push(roots);
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      if ('leave' in next) this.#leave(next.leave);
      else if (next.node.nodeName === '#text') this.#add((next.node as DefaultTreeAdapterTypes.TextNode).value);
      else if ('tagName' in next.node && this.#enter(next.node)) {
        stack.push({ leave: next.node });
        push(next.node.childNodes);
      }
    }
    this.#flush();
  }

  #enter(element: Element): boolean {
    const { tagName } = element;
    if (neverText.has(tagName)) return false;
    if (isHidden(element)) {
      this.hidden += 1;
      return false;
    }
    if (blocks.has(tagName)) this.#flush();
    if (tagName === 'ol') this.#counts.push(firstNumber(element));
    else if (tagName === 'ul' || tagName === 'menu') this.#counts.push(undefined);
    else if (tagName === 'li') this.#label = this.#labelItem();
    else if (tagName === 'pre') this.#preserved += 1;
    else if (tagName === 'br') this.#text += '\n';
    else if ((tagName === 'td' || tagName === 'th') && this.#text.trim() !== '') this.#text += ' \u2003';
    return true;
  }

  #leave(element: Element): void {
    const { tagName } = element;
    if (/^h[1-6]$/.test(tagName)) this.#flush(Number(tagName[1]));
    else if (blocks.has(tagName)) this.#flush();
    if (tagName === 'ol' || tagName === 'ul' || tagName === 'menu') this.#counts.pop();
    else if (tagName === 'pre') this.#preserved -= 1;
  }

  #labelItem(): string {
    const last = this.#counts.length - 1;
    const count = this.#counts[last];
    if (count === undefined) return '\u2022 ';
    this.#counts[last] = count + 1;
    return `${count}. `;
  }

  #add(text: string): void {
    this.#text += this.#preserved > 0 ? text : text.replace(/[ \t\r\n\f]+/g, ' ');
  }

  #flush(level?: number): void {
    const text = this.#text
      .replace(/ {2,}/g, ' ')
      .replace(/ ?\n ?/g, '\n')
      .trim();
    this.#text = '';
    if (text === '') return;
    this.#builder.add(`${this.#label}${text}`, level);
    this.#label = '';
  }
}

function isHidden({ attrs }: Element): boolean {
  return attrs.some(({ name, value }) => {
    if (name === 'hidden') return true;
    if (name !== 'style') return false;
    return /(?:^|;)(?:display:none|visibility:hidden|font-size:0(?:px|pt|em|%)?(?:;|$)|opacity:0(?:;|$))/.test(
      value.toLowerCase().replace(/\s+|!important/g, ''),
    );
  });
}

function firstNumber({ attrs }: Element): number {
  const start = Number(attrs.find(({ name }) => name === 'start')?.value ?? '1');
  return Number.isSafeInteger(start) ? start : 1;
}
