/** What a character may be in plain YAML; see `readPlainYaml`. */
const [keyStart, keyPart, scalarStart, notText] = [1, 2, 4, 8];

const classes = new Uint8Array(128);
for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_')
  allow(character, keyStart | keyPart | scalarStart);
for (const character of '0123456789') allow(character, keyPart | scalarStart);
for (const character of '.') allow(character, keyPart | scalarStart);
for (const character of '-') allow(character, keyPart);
for (const character of '+=<~^$()/\\;') allow(character, scalarStart);
// The core schema's numbers, `null`, `true` and `false` begin so.
for (const character of '+-.0123456789~nNtTfF') allow(character, notText);

function allow(character: string, what: number): void {
  const code = character.charCodeAt(0);
  classes[code] = (classes[code] ?? 0) | what;
}

function is(code: number, what: number): boolean {
  return ((classes[code] ?? 0) & what) !== 0;
}

export const startsKey = (code: number): boolean => is(code, keyStart);

export const continuesKey = (code: number): boolean => is(code, keyPart);

/** Whether a plain text may start so whatever follows; other starts have a meaning, or may have one. */
export const startsScalar = (code: number): boolean => code > 127 || is(code, scalarStart);

/** Whether a plain scalar that starts so may be something else than text. */
export const mayBeNoText = (code: number): boolean => is(code, notText);

export const newline = 10;
export const space = 32;
export const doubleQuote = 34;
export const hash = 35;
export const singleQuote = 39;
export const comma = 44;
export const dash = 45;
export const colon = 58;
export const openBracket = 91;
export const backslash = 92;
export const closeBracket = 93;
export const openBrace = 123;
export const pipe = 124;
export const closeBrace = 125;
export const greater = 62;
