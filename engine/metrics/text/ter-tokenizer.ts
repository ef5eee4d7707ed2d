import { splitWords, stripEnd } from './python-text.ts';

export interface TerOptions {
  /** Part punctuation from words, undo XML escapes, join lines; default false. */
  readonly normalized?: boolean;
  /** Leave out punctuation; default false. */
  readonly ignorePunctuation?: boolean;
  /** Default false: texts are lower-cased. */
  readonly caseSensitive?: boolean;
  /** Let `normalized` part Chinese characters and Japanese marks, and `ignorePunctuation` know East Asian marks; default false. */
  readonly asianSupport?: boolean;
}

const asianMarks = /[\u3001\u3002\u3008-\u3011\u3014-\u301f\uff61-\uff65\u30fb]/g;
const fullWidthMarks = /[\uff0e\uff0c\uff1f\uff1a\uff1b\uff01\uff02\uff08\uff09]/g;
/**
 * Blocks whose characters become words, one class a pass as in tercom. Its passes for hiragana and katakana ask for the start of the text, where the
 * Western rules have put a space by then: they never match, and are left out.
 */
const asianBlocks = [
  /[\u4e00-\u9fff\u3400-\u4dbf]/g,
  /[\u31c0-\u31ef\u2e80-\u2eff]/g,
  /[\u3300-\u33ff\uf900-\ufaff\ufe30-\ufe4f]/g,
  /[\u3200-\u3f22]/g,
  asianMarks,
  fullWidthMarks,
];

/** The words of one line as sacrebleu 2.6.0's tercom tokenizer has them. */
export function tokenizeForTer(text: string, options: TerOptions): string[] {
  let line = stripEnd(text);
  if (!options.caseSensitive) line = line.toLowerCase();
  if (options.normalized) {
    line = normalizeWestern(line);
    if (options.asianSupport) for (const block of asianBlocks) line = line.replace(block, ' $& ');
  }
  if (options.ignorePunctuation) {
    line = line.replace(/[.,?:;!"()]/g, '');
    if (options.asianSupport) line = line.replace(asianMarks, '').replace(fullWidthMarks, '');
  }
  return splitWords(line);
}

function normalizeWestern(text: string): string {
  if (text === '') return text;
  const line = text
    .replaceAll('\n-', '')
    .replaceAll('\n', ' ')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>');
  return ` ${line} `
    .replace(/[{-~[-` -&(-+:-@/]/g, ' $& ')
    .replaceAll("'s ", " 's ")
    .replace(/'s$/, " 's")
    .replace(/([^0-9])([.,])/gu, '$1 $2 ')
    .replace(/([.,])([^0-9])/gu, ' $1 $2')
    .replace(/([0-9])(-)/g, '$1 $2 ');
}
