/** Words that YAML 1.1 or 1.2 reads as something other than text. */
const reserved = /^(?:y|n|yes|no|on|off|true|false|null|nil|none|nan|inf)$/i;

/**
 * A value as block YAML that readers of YAML 1.1 (PyYAML, which the Hub's own client uses) and of 1.2 read alike: what could be
 * taken for a number, a date or a truth value is quoted, and numbers are written without a bare exponent. Ends without a line break.
 */
export function yamlText(key: string, value: unknown): string {
  return pair(key, value, 0).join('\n');
}

function pair(key: string, value: unknown, depth: number): string[] {
  const name = `${'  '.repeat(depth)}${scalar(key)}:`;
  if (Array.isArray(value) && value.length > 0) return [name, ...items(value, depth + 1)];
  if (isObject(value) && Object.keys(value).length > 0) return [name, ...pairs(value, depth + 1)];
  return [`${name} ${inline(value)}`];
}

function pairs(value: Readonly<Record<string, unknown>>, depth: number): string[] {
  return Object.entries(value).flatMap(([key, inner]) => (inner === undefined ? [] : pair(key, inner, depth)));
}

function items(values: readonly unknown[], depth: number): string[] {
  const dash = `${'  '.repeat(depth)}- `;
  return values.flatMap(value => {
    if (!isObject(value) || Object.keys(value).length === 0) return [`${dash}${inline(value)}`];
    const [first = '', ...rest] = pairs(value, depth + 1);
    return [dash + first.trimStart(), ...rest];
  });
}

/** Lists in lists do not occur in cards; they are written as JSON, which is YAML. */
function inline(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? '[]' : JSON.stringify(value);
  if (isObject(value)) return '{}';
  return scalar(value);
}

function scalar(value: unknown): string {
  if (typeof value === 'number') return numeral(value);
  if (typeof value === 'boolean' || value === null || value === undefined) return String(value ?? null);
  const text = (typeof value === 'string' ? value : JSON.stringify(value)).toWellFormed();
  if (/^[A-Za-z][A-Za-z0-9_./@+-]*(?: [A-Za-z0-9_./@+(),-]+)*$/.test(text) && !reserved.test(text)) return text;
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function numeral(value: number): string {
  if (!Number.isFinite(value)) return 'null';
  const text = String(value);
  if (!text.includes('e')) return text;
  if (Math.abs(value) >= 1) return BigInt(value).toString();
  return value.toFixed(100).replace(/0+$/, '').replace(/\.$/, '.0');
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
