/**
 * The stem of a lower-case English word after Porter, "An algorithm for suffix stripping", Program 14.3 (1980), with the departures of NLTK 3's
 * `PorterStemmer` in its default mode, which rouge-score uses: irregular forms, `ied` and `ies` of four letters, `y` after a consonant, `alli`, `fulli`, `logi`.
 */
export function stemWord(word: string): string {
  const irregular = irregulars.get(word);
  if (irregular !== undefined) return irregular;
  if (word.length <= 2) return word;
  let stem = stripPlural(word);
  stem = stripPast(stem);
  if (stem.length > 2 && stem.endsWith('y') && isConsonant(stem, stem.length - 2)) stem = `${stem.slice(0, -1)}i`;
  stem = stripDouble(stem);
  stem = applyRules(stem, thirdRules, 0);
  stem = stripFourth(stem);
  stem = stripFinalE(stem);
  return stem.endsWith('ll') && measure(stem.slice(0, -1)) > 1 ? stem.slice(0, -1) : stem;
}

const irregulars: ReadonlyMap<string, string> = new Map([
  ['sky', 'sky'],
  ['skies', 'sky'],
  ['dying', 'die'],
  ['lying', 'lie'],
  ['tying', 'tie'],
  ['news', 'news'],
  ['innings', 'inning'],
  ['inning', 'inning'],
  ['outings', 'outing'],
  ['outing', 'outing'],
  ['cannings', 'canning'],
  ['canning', 'canning'],
  ['howe', 'howe'],
  ['proceed', 'proceed'],
  ['exceed', 'exceed'],
  ['succeed', 'succeed'],
]);

type Rule = readonly [suffix: string, replacement: string];

/** Steps 2 to 4: of the rules in order the first whose suffix fits decides. */
const secondRules: readonly Rule[] = [
  ['ational', 'ate'],
  ['tional', 'tion'],
  ['enci', 'ence'],
  ['anci', 'ance'],
  ['izer', 'ize'],
  ['bli', 'ble'],
  ['alli', 'al'],
  ['entli', 'ent'],
  ['eli', 'e'],
  ['ousli', 'ous'],
  ['ization', 'ize'],
  ['ation', 'ate'],
  ['ator', 'ate'],
  ['alism', 'al'],
  ['iveness', 'ive'],
  ['fulness', 'ful'],
  ['ousness', 'ous'],
  ['aliti', 'al'],
  ['iviti', 'ive'],
  ['biliti', 'ble'],
  ['fulli', 'ful'],
];
const thirdRules: readonly Rule[] = [
  ['icate', 'ic'],
  ['ative', ''],
  ['alize', 'al'],
  ['iciti', 'ic'],
  ['ical', 'ic'],
  ['ful', ''],
  ['ness', ''],
];
const fourthRules: readonly Rule[] = 'al ance ence er ic able ible ant ement ment ent ou ism ate iti ous ive ize'
  .split(' ')
  .map(suffix => [suffix, ''] as const);

/** The word with its suffix replaced, if what is left measures more than `above`. */
function applyRules(word: string, rules: readonly Rule[], above: number): string {
  for (const [suffix, replacement] of rules) {
    if (!word.endsWith(suffix)) continue;
    const stem = word.slice(0, word.length - suffix.length);
    return measure(stem) > above ? stem + replacement : word;
  }
  return word;
}

/** Step 1a. */
function stripPlural(word: string): string {
  if (word.endsWith('ies')) return word.slice(0, word.length === 4 ? -1 : -2);
  if (word.endsWith('sses')) return word.slice(0, -2);
  return word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word;
}

/** Step 1b. */
function stripPast(word: string): string {
  if (word.endsWith('ied')) return word.slice(0, word.length === 4 ? -1 : -2);
  if (word.endsWith('eed')) return measure(word.slice(0, -3)) > 0 ? word.slice(0, -1) : word;
  for (const suffix of ['ed', 'ing']) {
    const stem = word.slice(0, word.length - suffix.length);
    if (word.endsWith(suffix) && hasVowel(stem)) return mendStem(stem);
  }
  return word;
}

function mendStem(stem: string): string {
  if (/(?:at|bl|iz)$/.test(stem)) return `${stem}e`;
  const last = stem.charAt(stem.length - 1);
  if (stem.length > 1 && last === stem.charAt(stem.length - 2) && isConsonant(stem, stem.length - 1)) {
    return 'lsz'.includes(last) ? stem : stem.slice(0, -1);
  }
  return measure(stem) === 1 && endsInClosedSyllable(stem) ? `${stem}e` : stem;
}

/** Step 2. */
function stripDouble(word: string): string {
  if (word.endsWith('alli') && measure(word.slice(0, -4)) > 0) return stripDouble(word.slice(0, -2));
  // NLTK measures what is left before `ogi` here.
  if (word.endsWith('logi')) return measure(word.slice(0, -3)) > 0 ? word.slice(0, -1) : word;
  return applyRules(word, secondRules, 0);
}

/** Step 4. */
function stripFourth(word: string): string {
  if (!word.endsWith('ion')) return applyRules(word, fourthRules, 1);
  const stem = word.slice(0, -3);
  return /[st]$/.test(stem) && measure(stem) > 1 ? stem : word;
}

/** Step 5a. */
function stripFinalE(word: string): string {
  if (!word.endsWith('e')) return word;
  const stem = word.slice(0, -1);
  const size = measure(stem);
  return size > 1 || (size === 1 && !endsInClosedSyllable(stem)) ? stem : word;
}

/** Which letters are consonants; `y` is one at the start and after a vowel. Digits count as consonants. */
function flagConsonants(word: string): boolean[] {
  const flags: boolean[] = [];
  for (const letter of word) {
    if ('aeiou'.includes(letter)) flags.push(false);
    else flags.push(letter !== 'y' || flags.length === 0 || !flags[flags.length - 1]);
  }
  return flags;
}

function isConsonant(word: string, index: number): boolean {
  return flagConsonants(word.slice(0, index + 1))[index]!;
}

function hasVowel(word: string): boolean {
  return flagConsonants(word).includes(false);
}

/** How often a vowel is followed by a consonant. */
function measure(word: string): number {
  const flags = flagConsonants(word);
  let size = 0;
  for (let index = 1; index < flags.length; index++) if (flags[index] && !flags[index - 1]) size++;
  return size;
}

/** Consonant, vowel, consonant other than w, x, y at the end; or a word of just vowel and consonant. */
function endsInClosedSyllable(word: string): boolean {
  const flags = flagConsonants(word);
  const [third, second, last] = [flags.at(-3), flags.at(-2), flags.at(-1)];
  if (word.length === 2) return second === false && last === true;
  return third === true && second === false && last === true && !'wxy'.includes(word.charAt(word.length - 1));
}
