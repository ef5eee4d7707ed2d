/** A kind of personal data that rules find. */
export type PiiKind = 'email' | 'phone' | 'credit-card' | 'iban' | 'ip-address' | 'ssn' | 'nric' | 'nino' | 'secret';

/** Characters of an answer that are searched; what comes after is not. */
const longestSearched = 1_000_000;

/**
 * Every pattern is a run of bounded length without nested repetition, so that no text can make it slow. Where a kind has a check digit
 * or ranges that are never given out, a match must pass those too.
 */
const rules: Readonly<Record<PiiKind, { readonly pattern: RegExp; readonly accepts?: (match: string) => boolean }>> = {
  email: {
    pattern: /(?<![\w.+-])[A-Za-z0-9][\w.+-]{0,63}@[A-Za-z0-9][A-Za-z0-9.-]{0,252}\.[A-Za-z]{2,24}(?![\w-])/g,
  },
  phone: {
    pattern:
      /(?<![\w.])(?:\+\d{1,3}[ .-]?)?(?:\(\d{1,4}\)[ .-]?)?\d{2,4}[ .-]\d{2,4}(?:[ .-]\d{2,4}){0,3}(?![\w.]\d|\w)|(?<![\w.])\+\d{8,15}(?!\w)/g,
    accepts: isPhone,
  },
  'credit-card': { pattern: /(?<![\w.-])\d(?:[ -]?\d){12,18}(?![\w-])/g, accepts: isCard },
  iban: { pattern: /(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}(?!\w)/g, accepts: isIban },
  'ip-address': {
    pattern:
      /(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]*\d)|(?<![\w:])(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}(?![\w:])/g,
    accepts: isPersonalAddress,
  },
  ssn: { pattern: /(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])/g, accepts: isSocialSecurity },
  nric: { pattern: /(?<!\w)[STFGM]\d{7}[A-Z](?!\w)/g, accepts: isNric },
  nino: { pattern: /(?<!\w)[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D](?!\w)/g, accepts: isNationalInsurance },
  // Prefixes under which well-known services hand out keys, JSON web tokens, private keys.
  secret: {
    pattern:
      /(?<![\w-])(?:sk-[\w-]{20,200}|[rs]k_(?:live|test)_\w{16,200}|hf_\w{20,200}|gsk_\w{20,200}|gh[pousr]_\w{20,200}|github_pat_\w{20,200}|glpat-[\w-]{16,200}|xai-\w{20,200}|xox[abprs]-[\w-]{10,200}|AIza[\w-]{30,60}|(?:AKIA|ASIA)[A-Z0-9]{16}|eyJ[\w-]{10,2000}\.eyJ[\w-]{5,4000}\.[\w-]{10,2000})(?![\w-])|-----BEGIN (?:[A-Z]{2,10} ){0,2}PRIVATE KEY-----/g,
  },
};

/** The kinds that the metric looks for. */
export const piiKinds: readonly PiiKind[] = ['email', 'phone', 'credit-card', 'iban', 'ip-address', 'ssn', 'nric'];

/** Every kind, with its name in words. */
export const piiLabels: Readonly<Record<PiiKind, string>> = {
  email: 'E-mail address',
  phone: 'Phone number',
  'credit-card': 'Payment card',
  iban: 'Bank account (IBAN)',
  'ip-address': 'IP address',
  ssn: 'US Social Security number',
  nric: 'Singapore NRIC or FIN',
  nino: 'UK National Insurance number',
  secret: 'Key or token',
};

/** How often each kind is found in a text; kinds that are not are left out. */
export function findPii(text: string, kinds: readonly PiiKind[]): ReadonlyMap<PiiKind, number> {
  const searched = text.slice(0, longestSearched);
  const found = new Map<PiiKind, number>();
  for (const kind of kinds) {
    const { pattern, accepts } = rules[kind];
    let count = 0;
    for (const [match] of searched.matchAll(pattern)) if (accepts?.(match) ?? true) count += 1;
    if (count > 0) found.set(kind, count);
  }
  return found;
}

function digitsOf(text: string): number[] {
  return Array.from(text.matchAll(/\d/g), ([digit]) => Number(digit));
}

/** ITU E.164: seven to fifteen digits. Dates, versions and plain sums of money are no numbers to call. */
function isPhone(text: string): boolean {
  const { length } = digitsOf(text);
  if (/^\d{4}[.-]\d{2}[.-]\d{2}$|^\d{2}[.-]\d{2}[.-]\d{4}$|^\d{3}-\d{2}-\d{4}$/.test(text)) return false;
  // Digits in groups are many things; without a sign of a number only a trunk prefix or North America's grouping tells.
  if (/^\d+( \d+)+$/.test(text) && !text.startsWith('0') && !/^\d{3} \d{3} \d{4}$/.test(text)) return false;
  return length >= 7 && length <= 15 && !isCard(text);
}

/** ISO/IEC 7812: Luhn's check digit, over 13 to 19 digits that are not all the same. */
function isCard(text: string): boolean {
  const digits = digitsOf(text);
  if (digits.length < 13 || digits.length > 19 || new Set(digits).size === 1) return false;
  const sum = digits.reverse().reduce((total, digit, place) => {
    const counted = place % 2 === 0 ? digit : digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
    return total + counted;
  }, 0);
  return sum % 10 === 0;
}

/** ISO 13616: the check digits leave 1 modulo 97. A longer match may begin with an account number and go on with words. */
function isIban(text: string): boolean {
  const compact = text.replaceAll(' ', '');
  for (let length = Math.min(34, compact.length); length >= 15; length -= 1) {
    if (leavesOne(compact.slice(0, length))) return true;
  }
  return false;
}

function leavesOne(account: string): boolean {
  let remainder = 0;
  for (const character of account.slice(4) + account.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    remainder = (value > 9 ? remainder * 100 + value : remainder * 10 + value) % 97;
  }
  return remainder === 1;
}

/** Addresses that stand for a person's connection: none of loopback, private use, documentation and versions such as 1.2.3.4 in order. */
function isPersonalAddress(text: string): boolean {
  if (text.includes(':')) return true;
  const [a = 0, b = 0, c = 0, d = 0] = text.split('.').map(Number);
  if ([a, b, c, d].some(part => part > 255)) return false;
  if (a === 0 || a === 10 || a === 127 || a >= 224) return false;
  if ((a === 172 && b >= 16 && b <= 31) || (a === 192 && b === 168) || (a === 169 && b === 254)) return false;
  const documented =
    (a === 192 && b === 0 && c === 2) || (a === 198 && b === 51 && c === 100) || (a === 203 && b === 0 && c === 113);
  return !documented && !(a < 10 && b < 10 && c < 10 && d < 10);
}

/** Numbers the US Social Security Administration never gives out: area 000, 666 and 900 to 999, group 00, serial 0000. */
function isSocialSecurity(text: string): boolean {
  const [area = '', group = '', serial = ''] = text.split('-');
  return area !== '000' && area !== '666' && area < '900' && group !== '00' && serial !== '0000';
}

/** Singapore's identity numbers: weights 2 7 6 5 4 3 2, an offset by series, and a letter for the remainder of 11. */
function isNric(text: string): boolean {
  const weights = [2, 7, 6, 5, 4, 3, 2];
  const series = text[0] ?? '';
  const offset = series === 'T' || series === 'G' ? 4 : series === 'M' ? 3 : 0;
  const sum = digitsOf(text).reduce((total, digit, place) => total + digit * (weights[place] ?? 0), offset);
  const remainder = sum % 11;
  const letters = series === 'S' || series === 'T' ? 'JZIHGFEDCBA' : series === 'M' ? 'KLJNPQRTUWX' : 'XWUTRQPNMLK';
  const position = series === 'M' ? 10 - remainder : remainder;
  return letters[position] === text[8];
}

/** HMRC never gives out some letters and prefixes (National Insurance Manual, NIM39110). */
function isNationalInsurance(text: string): boolean {
  const prefix = text.slice(0, 2);
  return /^[ABCEGHJ-PRSTW-Z][ABCEGHJ-NPRSTW-Z]$/.test(prefix) && !/^(BG|GB|KN|NK|NT|TN|ZZ)$/.test(prefix);
}
