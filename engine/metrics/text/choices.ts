/** Longer answers are read at their end only: that is where a conclusion stands. */
const maxText = 20_000;

// Quotes, emphasis, formula signs and opening brackets around a letter. Every repeat below is bounded, so that no answer can make the search slow.
const marks = '"\'“‘*_`$([{';
const closing = '"\'”’*_`$)\\]}';
const after = "(?![\\p{L}\\p{N}_'’])";

const boxed = /\\boxed\{\s?(?:\\text\{)?\s?\(?([A-Za-z])\)?\s?\}/gu;
const concluded = new RegExp(
  '\\b(?:answer|choice|option)(?:[*_]{0,3}\\s{1,3}(?:is|would be|should be|must be)[*_]{0,3}\\s{0,2}:?|[*_]{0,3}\\s{0,2}[:=])' +
    `[\\s${marks}]{0,8}(?:(?:option|choice|letter)\\s{1,2}[${marks}]{0,6})?([A-Za-z])${after}`,
  'giu',
);
const approved = new RegExp(
  `(?<![\\p{L}\\p{N}_'’])([A-Z])[${closing}]{0,6} (?:is|would be) (?:the )?(?:correct|right|best)\\b`,
  'gu',
);
const opening = new RegExp(
  `^[\\s${marks}]{0,12}(?:(?:option|choice)\\s{1,2}[${marks}]{0,6})?([A-Za-z])(?:[${closing}]{0,6}[ \\t]{0,4}(?:$|\\n)|[${closing}]{0,6}[)\\].:,])`,
  'iu',
);
const ending = new RegExp(
  `^[\\s${marks}]{0,12}(?:(?:option|choice)\\s{1,2}[${marks}]{0,6})?([A-Za-z])[.\\s${closing}]{0,12}$`,
  'iu',
);
const bracketed = /[([]([A-Z])[)\]]/gu;

/**
 * The letter that a chat answer to a multiple choice question settles on: an upper-case letter, one of the first `count` from A; `undefined` where it settles on none.
 *
 * Looked for in this order, so that reasoning about other choices does not count:
 * 1. `\boxed{B}`, the last;
 * 2. "the answer is (B)", "Final answer: **B**", "the correct option would be B", the last;
 * 3. "(B) is correct", the last;
 * 4. a letter that the answer starts with: "B", "(b)", "B. Paris", "**B**: …";
 * 5. a last line of just a letter;
 * 6. a letter in brackets, if no other letter is in brackets.
 *
 * A lower-case letter counts only in brackets or at the end of a sentence, since "the answer is a matter of taste" settles nothing.
 * @throws RangeError unless there are 1 to 26 choices.
 */
export function extractChoice(answer: string, count: number): string | undefined {
  if (!(count >= 1 && count <= 26)) throw new RangeError('There are 1 to 26 choices.');
  const text = answer.length > maxText ? answer.slice(-maxText) : answer;
  const toLetter = (found: string | undefined): string | undefined => {
    const letter = found?.toUpperCase();
    return letter !== undefined && letter.charCodeAt(0) - 64 <= count ? letter : undefined;
  };
  const findLast = (pattern: RegExp): string | undefined =>
    Array.from(text.matchAll(pattern))
      .filter(match => isLetter(text, match))
      .map(match => toLetter(match[1]))
      .findLast(letter => letter !== undefined);

  const lastLine = text.trimEnd().split('\n').at(-1)!;
  return (
    findLast(boxed) ??
    findLast(concluded) ??
    findLast(approved) ??
    toLetter(opening.exec(text)?.[1]) ??
    toLetter(ending.exec(lastLine)?.[1]) ??
    findOnly(Array.from(text.matchAll(bracketed), match => toLetter(match[1])))
  );
}

/** Whether what was found is meant as a letter and not as the word "a" or "I". */
function isLetter(text: string, match: RegExpExecArray): boolean {
  const letter = match[1]!;
  const at = match.index + match[0].lastIndexOf(letter);
  const rest = text.slice(at + 1, at + 20);
  if (letter === 'I') return !/^ [a-z]/.test(rest);
  if (letter < 'a' || /[([{]/.test(text.charAt(at - 1))) return true;
  return /^["'”’*_`$)\]}]{0,6}[.,;!]?[ \t]{0,8}(?:\n|$)/.test(rest);
}

function findOnly(letters: readonly (string | undefined)[]): string | undefined {
  const named = new Set(letters.filter(letter => letter !== undefined));
  return named.size === 1 ? [...named][0] : undefined;
}
