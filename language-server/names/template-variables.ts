import { scanTemplate } from '../../engine/templates/scan-template.ts';
import { compileTemplate } from '../../engine/templates/template.ts';

/** A name that a template reads from the row, with its place in the template's text. */
export interface TemplateVariable {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** Names bound inside the template, such as a loop's, are left out where the template can be read; in a half-typed one every name counts. */
export function findTemplateVariables(text: string): readonly TemplateVariable[] {
  if (!text.includes('{')) return [];
  const tokens = scanTemplate(text).filter(({ kind }) => kind === 'variable');
  if (tokens.length === 0) return [];
  const free = freeNames(text);
  return tokens
    .filter(token => free?.has(token.text) !== false)
    .map(({ text: name, start, end }) => ({ name, start, end }));
}

function freeNames(text: string): ReadonlySet<string> | undefined {
  try {
    return new Set(compileTemplate(text, '').variables);
  } catch {
    return undefined;
  }
}
