import { Template } from '@huggingface/jinja';
import { WorkbenchError } from '../base/errors.ts';

/** A text with Jinja placeholders, ready to be filled many times. */
export interface PromptTemplate {
  /** Names the template reads from the row, in order of first use. */
  readonly variables: readonly string[];
  /** The text for one row. Throws `prompt-invalid` when an expression fails on these values. */
  render(values: Readonly<Record<string, unknown>>): string;
}

/** Parses a Jinja template (the subset of @huggingface/jinja: no includes, no imports, no code). Throws `prompt-invalid`. */
export function compileTemplate(text: string, path: string): PromptTemplate {
  let template: Template;
  try {
    template = new Template(text);
  } catch (error) {
    throw invalidTemplate(path, 'cannot be parsed', error);
  }
  const variables = collectVariables(template.parsed);
  return {
    variables,
    render(values) {
      const used: Record<string, unknown> = {};
      for (const name of variables) used[name] = Object.hasOwn(values, name) ? (values[name] ?? '') : '';
      try {
        return template.render(used);
      } catch (error) {
        throw invalidTemplate(path, 'cannot be rendered', error);
      }
    },
  };
}

function invalidTemplate(path: string, what: string, error: unknown): WorkbenchError {
  const reason = error instanceof Error ? error.message : String(error);
  return new WorkbenchError('prompt-invalid', `${path}: the template ${what}: ${reason}.`, {
    remedy: 'Check the placeholders: {{column}} and {% if column %} … {% endif %}.',
    place: { path },
    cause: error,
  });
}

/** Names Jinja itself provides. */
export const providedNames: ReadonlySet<string> = new Set([
  'loop',
  'range',
  'namespace',
  'true',
  'false',
  'none',
  'True',
  'False',
  'None',
  'strftime_now',
  'raise_exception',
]);

interface Node {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** Free names of a parsed template: every identifier that is read and is not bound by a `for`, `set` or `macro`. */
function collectVariables(program: unknown): readonly string[] {
  const used = new Set<string>();
  const bound = new Set<string>();
  visit(program, node => {
    if (node.type === 'For') namesIn(node['loopvar'], bound);
    if (node.type === 'Set') namesIn(node['assignee'], bound);
    if (node.type === 'Macro') {
      namesIn(node['name'], bound);
      namesIn(node['args'], bound);
    }
  });
  visit(program, node => {
    if (node.type === 'Identifier' && typeof node['value'] === 'string') used.add(node['value']);
  });
  return [...used].filter(name => !bound.has(name) && !providedNames.has(name));
}

/** Filters, tests, keyword names and properties after a dot are not variables. */
const namesNotRead: Readonly<Record<string, readonly string[]>> = {
  FilterExpression: ['filter'],
  FilterStatement: ['filter'],
  TestExpression: ['test'],
  KeywordArgumentExpression: ['key'],
};

function visit(value: unknown, onNode: (node: Node) => void): void {
  if (Array.isArray(value)) {
    for (const item of value) visit(item, onNode);
    return;
  }
  if (value instanceof Map) {
    for (const [key, item] of value) visit([key, item], onNode);
    return;
  }
  if (!isNode(value)) return;
  onNode(value);
  const skipped = namesNotRead[value.type] ?? [];
  for (const [key, child] of Object.entries(value)) {
    if (skipped.includes(key)) {
      // A filter with arguments is a call: its name is not a variable, its arguments may hold some.
      if (isNode(child) && child.type === 'CallExpression') visit(child['args'], onNode);
      continue;
    }
    if (value.type === 'MemberExpression' && key === 'property' && value['computed'] !== true) continue;
    visit(child, onNode);
  }
}

function namesIn(value: unknown, into: Set<string>): void {
  visit(value, node => {
    if (node.type === 'Identifier' && typeof node['value'] === 'string') into.add(node['value']);
  });
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}
