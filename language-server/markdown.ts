import { allowedValues, type SchemaNode } from '../engine/documents/schema.ts';

/** What the place of a field says of it, beside its schema. */
export interface FieldFacts {
  /** Absent where nobody knows. */
  readonly required?: boolean;
  /** What its text must look like, in words. */
  readonly form?: string | undefined;
  /** False where the title stands beside the help already. */
  readonly isTitled?: boolean;
}

/** A field's help: title, description, type, range, default, allowed values and an example, all from the schema. */
export function describeSchema(schema: SchemaNode, { required, form, isTitled = true }: FieldFacts = {}): string {
  const parts: string[] = [];
  if (isTitled && schema.title !== undefined) parts.push(`**${schema.title}**`);
  if (schema.description !== undefined) parts.push(schema.description);
  const facts: string[] = [];
  const allowed = allowedValues(schema);
  const types = typeNames(schema);
  const need = required === undefined ? [] : [required ? 'required' : 'optional'];
  const what = [...(types.length === 0 ? [] : [types.join(' or ')]), ...need].join(', ');
  if (what !== '') facts.push(capitalise(what));
  if (form !== undefined) facts.push(`Form: ${form}`);
  if (allowed.length > 0 && !types.includes('true or false')) facts.push(`Allowed: ${allowed.map(code).join(', ')}`);
  const range = describeRange(schema);
  if (range !== undefined) facts.push(range);
  if (schema.minItems !== undefined && schema.minItems > 0)
    facts.push(`At least ${schema.minItems === 1 ? 'one item' : `${schema.minItems} items`}`);
  if (schema.default !== undefined) facts.push(`Default: ${code(schema.default)}`);
  const example = schema.examples?.[0];
  if (example !== undefined) facts.push(`Example: ${code(example)}`);
  if (facts.length > 0) parts.push(facts.join('  \n'));
  return parts.join('\n\n');
}

const shortTypes: Readonly<Record<string, string>> = {
  object: 'mapping',
  array: 'list',
  string: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: 'true or false',
};

/** Some fields of our schemas take several plain types, written as a list. */
function typeNames({ type, anyOf, enum: values }: SchemaNode): readonly string[] {
  const own = (type === undefined ? [] : [type].flat()).flatMap(name => shortTypes[name] ?? []);
  const listed = values?.every(value => typeof value === 'string') === true ? ['text'] : [];
  return [...new Set([...own, ...listed, ...(anyOf ?? []).flatMap(typeNames)])];
}

function describeRange({ minimum, exclusiveMinimum, maximum }: SchemaNode): string | undefined {
  if (minimum === undefined && exclusiveMinimum === undefined)
    return maximum === undefined ? undefined : `At most ${maximum}`;
  if (minimum === undefined)
    return maximum === undefined ? `Above ${exclusiveMinimum}` : `Above ${exclusiveMinimum}, at most ${maximum}`;
  return maximum === undefined ? `At least ${minimum}` : `From ${minimum} to ${maximum}`;
}

export function capitalise(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** At most so many UTF-16 units, with `…` for what was cut; never half a character. */
export function shorten(text: string, most: number): string {
  if (text.length <= most) return text;
  const cut = /[\uD800-\uDBFF]$/.test(text.slice(0, most - 1)) ? most - 2 : most - 1;
  return `${text.slice(0, cut)}…`;
}

/** A text over several lines as a block of code, cut to what a hover can hold. */
export function codeBlock(text: string, language: string, mostLines = 12): string {
  const lines = text.split(/\r\n|\r|\n/);
  const shown = shorten(lines.slice(0, mostLines).join('\n'), 800);
  return `${fenceFor(shown, 3)}${language}\n${shown}${lines.length > mostLines ? '\n…' : ''}\n${fenceFor(shown, 3)}`;
}

/** A fence that the text does not have itself. */
function fenceFor(text: string, least: number): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map(run => run.length));
  return '`'.repeat(Math.max(least, longest + 1));
}

/** Our own Markdown for clients that show none. */
export function toPlainText(markdown: string): string {
  return markdown
    .split('\n')
    .filter(line => !/^(?:---|`{3,}.*)$/.test(line))
    .map(line =>
      line
        .replaceAll(/\[((?:[^\]\\]|\\.)*)\]\(([^)\s]*)\)/g, '$1 ($2)')
        .replaceAll(/\*\*((?:[^*\\]|\\.)+)\*\*/g, '$1')
        .replaceAll(/(?<![`\\])(`+)((?:(?!\1)[^])+?)\1(?!`)/g, '$2')
        .replaceAll(/\\([\\`*_{}[\]()#+!|<>~])/g, '$1')
        .trimEnd(),
    )
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n');
}

/** A value as inline code, in YAML's flow notation. */
export function code(value: unknown): string {
  return verbatim(formatFlow(value));
}

/** A text of one line as inline code, as it is written. */
export function verbatim(text: string): string {
  const fence = fenceFor(text, 1);
  const space = /^`|`$/.test(text) ? ' ' : '';
  return `${fence}${space}${text}${space}${fence}`;
}

/** Text from a file inside Markdown: shown as it is, never as markup. */
export function plain(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]()#+!|<>~]/g, '\\$&').replaceAll(/\s+/g, ' ');
}

/** A value as one line of YAML. */
export function formatFlow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(formatFlow).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .map(([key, item]) => `${key}: ${formatFlow(item)}`)
      .join(', ')}}`;
  }
  return typeof value === 'string' ? formatText(value) : String(value);
}

/** A text as a YAML scalar that is safe in block and in flow style: quoted only where it must be. */
export function formatText(text: string): string {
  const isPlain = /^[A-Za-z0-9_./\\$][^\n\r\t,[\]{}#&*!|>'"%`]*%?$/.test(text);
  const isAmbiguous =
    /^(true|false|null|yes|no|on|off|~)$/i.test(text) ||
    /^[-+.]?\d[\d_]*(\.\d*)?([eE][-+]?\d+)?$/.test(text) ||
    /^0[xo]/.test(text);
  if (isPlain && !isAmbiguous && !/:(\s|$)| $/.test(text)) return text;
  return JSON.stringify(text);
}
