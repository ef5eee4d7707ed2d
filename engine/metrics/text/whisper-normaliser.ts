import spellings from './data/whisper-spellings.json' with { type: 'json' };
import { spaceClass, splitWords, wordBoundary } from './python-text.ts';
import { joinSpaces, removeBracketed, replaceSymbols, replaceSymbolsAndAccents } from './whisper-symbols.ts';
import { writeNumbers } from './whisper-numbers.ts';

const american: ReadonlyMap<string, string> = new Map(Object.entries(spellings));

/** What is said in short and written in full, in this order; `^` and `$` stand for a word's start and end. */
const contractions: readonly (readonly [pattern: string, replacement: string])[] = [
  ["^won't$", 'will not'],
  ["^can't$", 'can not'],
  ["^let's$", 'let us'],
  ["^ain't$", 'aint'],
  ["^y'all$", 'you all'],
  ['^wanna$', 'want to'],
  ['^gotta$', 'got to'],
  ['^gonna$', 'going to'],
  ["^i'ma$", 'i am going to'],
  ['^imma$', 'i am going to'],
  ['^woulda$', 'would have'],
  ['^coulda$', 'could have'],
  ['^shoulda$', 'should have'],
  ["^ma'am$", 'madam'],
  ['^mr$', 'mister '],
  ['^mrs$', 'missus '],
  ['^st$', 'saint '],
  ['^dr$', 'doctor '],
  ['^prof$', 'professor '],
  ['^capt$', 'captain '],
  ['^gov$', 'governor '],
  ['^ald$', 'alderman '],
  ['^gen$', 'general '],
  ['^sen$', 'senator '],
  ['^rep$', 'representative '],
  ['^pres$', 'president '],
  ['^rev$', 'reverend '],
  ['^hon$', 'honorable '],
  ['^asst$', 'assistant '],
  ['^assoc$', 'associate '],
  ['^lt$', 'lieutenant '],
  ['^col$', 'colonel '],
  ['^jr$', 'junior '],
  ['^sr$', 'senior '],
  ['^esq$', 'esquire '],
  ["'d been$", ' had been'],
  ["'s been$", ' has been'],
  ["'d gone$", ' had gone'],
  ["'s gone$", ' has gone'],
  ["'d done$", ' had done'],
  ["'s got$", ' has got'],
  ["n't$", ' not'],
  ["'re$", ' are'],
  ["'s$", ' is'],
  ["'d$", ' would'],
  ["'ll$", ' will'],
  ["'t$", ' not'],
  ["'ve$", ' have'],
  ["'m$", ' am'],
];

interface Replacer {
  readonly pattern: RegExp;
  readonly replacement: string;
}

let replacers: readonly Replacer[] | undefined;

/** The contractions with what is written instead. Made when first needed: the patterns take longer to build than most programs to start. */
function replacersOf(): readonly Replacer[] {
  replacers ??= contractions.map(([pattern, replacement]) => ({
    pattern: new RegExp(pattern.replace(/[$^]/g, wordBoundary), 'gu'),
    replacement,
  }));
  return replacers;
}

const fillers = new RegExp(`${wordBoundary}(?:hmm|mm|mhm|mmm|uh|um)${wordBoundary}`, 'gu');
// The look behind starts at a run's first space only, so that a long run is read once.
const spacedApostrophe = new RegExp(`(?<![${spaceClass}])[${spaceClass}]+'`, 'gu');

/**
 * English text as published speech recognition figures compare it: lower case, no fillers, contractions in full, numbers in digits, American spelling, no
 * punctuation. Source: openai-whisper 20250625, `EnglishTextNormalizer`.
 */
export function normalizeEnglish(text: string): string {
  let result = removeBracketed(text.toLowerCase()).replace(fillers, '').replace(spacedApostrophe, "'");
  for (const { pattern, replacement } of replacersOf()) result = result.replace(pattern, replacement);
  result = result.replace(/(\p{Nd}),(\p{Nd})/gu, '$1$2').replace(/\.([^0-9]|$)/gu, ' $1');
  result = writeNumbers(replaceSymbolsAndAccents(result, '.%$¢€£'));
  result = splitWords(result)
    .map(word => american.get(word) ?? word)
    .join(' ');
  return joinSpaces(result.replace(/[.$¢€£]([^0-9])/gu, ' $1').replace(/([^0-9])%/gu, '$1 '));
}

export interface BasicNormaliserOptions {
  /** Default false. */
  readonly removeDiacritics?: boolean;
  /** Part every character (grapheme) from the next, for languages written without spaces; default false. */
  readonly splitLetters?: boolean;
}

/** Text of any language in lower case without punctuation and symbols. Source: openai-whisper 20250625, `BasicTextNormalizer`. */
export function normalizeBasic(text: string, { removeDiacritics, splitLetters }: BasicNormaliserOptions): string {
  const bare = removeBracketed(text.toLowerCase());
  const result = (removeDiacritics ? replaceSymbolsAndAccents(bare, '') : replaceSymbols(bare)).toLowerCase();
  return joinSpaces(splitLetters ? splitGraphemes(result) : result);
}

function splitGraphemes(text: string): string {
  return Array.from(
    new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text),
    part => part.segment,
  ).join(' ');
}
