import { allowedValues, type SchemaNode } from '../engine/documents/schema.ts';

/** A field's help: title, description, default, allowed values and an example, all from the schema. */
export function describeSchema(schema: SchemaNode): string {
  const parts: string[] = [];
  if (schema.title !== undefined) parts.push(`**${schema.title}**`);
  if (schema.description !== undefined) parts.push(schema.description);
  const facts: string[] = [];
  const allowed = allowedValues(schema);
  if (allowed.length > 0 && schema.type !== 'boolean') facts.push(`Allowed: ${allowed.map(code).join(', ')}`);
  if (schema.minimum !== undefined || schema.maximum !== undefined) facts.push(describeRange(schema));
  if (schema.default !== undefined) facts.push(`Default: ${code(schema.default)}`);
  const example = schema.examples?.[0];
  if (example !== undefined) facts.push(`Example: ${code(example)}`);
  if (facts.length > 0) parts.push(facts.join('  \n'));
  return parts.join('\n\n');
}

function describeRange({ minimum, maximum }: SchemaNode): string {
  if (minimum === undefined) return `At most ${String(maximum)}`;
  return maximum === undefined ? `At least ${minimum}` : `From ${minimum} to ${maximum}`;
}

/** A value as inline code, in YAML's flow notation. */
export function code(value: unknown): string {
  const text = formatFlow(value);
  const fence = text.includes('`') ? '``' : '`';
  return `${fence}${text}${fence}`;
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
