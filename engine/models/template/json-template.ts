import { WorkbenchError } from '../../base/errors.ts';
import { compileTemplate, type PromptTemplate } from '../../templates/template.ts';

/** JSON with Jinja templates for its texts, ready to be filled many times. */
export interface JsonTemplate {
  /** Names the templates read, in order of first use. */
  readonly variables: readonly string[];
  /**
   * The value for one row. Texts can never break out of their place, whatever the row holds: they are filled in one by one.
   * Throws `prompt-invalid` when an expression fails on these values.
   */
  fill(values: Readonly<Record<string, unknown>>): unknown;
}

/** How deep a body may be nested. */
const deepest = 64;

/** A text that is one name and nothing else: it stands for the value itself, such as a number or a list. */
const onlyName = /^\{\{ {0,8}([A-Za-z_]\w{0,127}) {0,8}\}\}$/;

/**
 * Compiles JSON whose texts are Jinja templates; keys and everything else stay as they are. A text that is only a name (`{{ age }}`)
 * becomes that value with its type; any other becomes a text. Throws `prompt-invalid`, naming `place`.
 */
export function compileJsonTemplate(value: unknown, place: string): JsonTemplate {
  const variables = new Set<string>();
  const fill = compile(value, place, variables, 0);
  return { variables: [...variables], fill };
}

type Fill = JsonTemplate['fill'];

function compile(value: unknown, place: string, variables: Set<string>, depth: number): Fill {
  if (depth > deepest) {
    throw new WorkbenchError('prompt-invalid', `${place} is nested deeper than ${String(deepest)} levels.`, {
      remedy: 'Write a flatter body.',
    });
  }
  if (typeof value === 'string') return compileText(value, place, variables);
  if (Array.isArray(value)) {
    const items = value.map((item: unknown, index) => compile(item, `${place}[${index}]`, variables, depth + 1));
    return values => items.map(fill => fill(values));
  }
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).map(
      ([key, field]) => [key, compile(field, `${place}.${key}`, variables, depth + 1)] as const,
    );
    return values => Object.fromEntries(fields.map(([key, fill]) => [key, fill(values)]));
  }
  return () => value;
}

function compileText(text: string, place: string, variables: Set<string>): Fill {
  if (!text.includes('{{') && !text.includes('{%')) return () => text;
  const template: PromptTemplate = compileTemplate(text, place);
  for (const name of template.variables) variables.add(name);
  const name = onlyName.exec(text)?.[1];
  if (name !== undefined && template.variables.includes(name)) return values => values[name] ?? null;
  return values => template.render(values);
}
