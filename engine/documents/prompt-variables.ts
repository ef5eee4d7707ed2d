import { isAlias, isMap, isScalar, isSeq, type Node } from 'yaml';
import { textOfPart } from '../templates/parts.ts';
import { scanTemplate, type TemplateToken } from '../templates/scan-template.ts';
import { compileTemplate } from '../templates/template.ts';
import type { DocumentPath, Range } from './diagnostic.ts';
import { shortPlace } from './findings.ts';
import { parseDocument, type ParsedDocument } from './parse.ts';
import { mapScalar, type ScalarOffsets } from './scalar-offsets.ts';
import { findPair } from './values.ts';

/** A prompt, or one that is tried. */
type ParsedPrompt = ParsedDocument<'prompt' | 'trial'>;

/** A template of a prompt: a message's text, or one part of it. */
export interface PlacedTemplate {
  readonly text: string;
  readonly path: DocumentPath;
}

/** The templates of a valid prompt in the file's order. */
export function templatesOf({ value }: ParsedPrompt): readonly PlacedTemplate[] {
  return (value?.messages ?? []).flatMap(({ content }, index): readonly PlacedTemplate[] => {
    const at = ['messages', index, 'content'];
    if (typeof content === 'string') return [{ text: content, path: at }];
    return content.map((part, number) => ({ text: textOfPart(part), path: [...at, number, part.type] }));
  });
}

/** What keeps a template from being read, absent when nothing does. */
export function faultOfTemplate(content: string): string | undefined {
  try {
    compileTemplate(content, 'this message');
    return undefined;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `${reason.charAt(0).toUpperCase()}${reason.slice(1)} Placeholders look like \`{{column}}\`.`;
  }
}

/** Names the messages read from a row; absent when the prompt has errors. */
export function parsePromptVariables(text: string): readonly string[] | undefined {
  return readPromptVariables(parseDocument('prompt', text));
}

/** The same of a prompt that is parsed already. */
export function readPromptVariables(parsed: ParsedPrompt): readonly string[] | undefined {
  if (parsed.value === undefined) return undefined;
  const names = new Set<string>();
  for (const { text } of templatesOf(parsed)) {
    if (faultOfTemplate(text) !== undefined) return undefined;
    for (const name of compileTemplate(text, '').variables) names.add(name);
  }
  return [...names];
}

/** A name that a template reads or sets, with its place in the file. */
export interface PlacedVariable {
  readonly name: string;
  readonly range: Range;
}

/** Where the variables of a prompt's templates stand, in order. */
export function findVariables(parsed: ParsedPrompt): readonly PlacedVariable[] {
  return templatesOf(parsed).flatMap(template => placeTokens(parsed, template, variablesIn(template.text)));
}

/** Names that a template binds with `set` or `for` and never reads. A name that starts with `_` says so itself. */
export function findUnusedNames(parsed: ParsedPrompt): readonly PlacedVariable[] {
  return templatesOf(parsed).flatMap(template => {
    const tokens = scanTemplate(template.text);
    const uses = new Map<string, number>();
    for (const { kind, text } of tokens) if (kind === 'variable') uses.set(text, (uses.get(text) ?? 0) + 1);
    const unused = boundNames(tokens).filter(({ text }) => uses.get(text) === 1 && !text.startsWith('_'));
    return placeTokens(parsed, template, unused);
  });
}

function variablesIn(text: string): readonly TemplateToken[] {
  return scanTemplate(text).filter(({ kind }) => kind === 'variable');
}

/** The names between `set` and `=`, and between `for` and `in`. */
function boundNames(tokens: readonly TemplateToken[]): readonly TemplateToken[] {
  const bound: TemplateToken[] = [];
  let isBinding = false;
  for (const token of tokens) {
    if (token.kind === 'keyword' && (token.text === 'set' || token.text === 'for')) isBinding = true;
    else if (isBinding && token.kind === 'variable') bound.push(token);
    else if (token.text !== ',' && token.text !== '(' && token.text !== ')') {
      // `set a.b = …` fills a namespace that may be read as a whole.
      if (isBinding && token.text === '.') bound.pop();
      isBinding = false;
    }
  }
  return bound;
}

function placeTokens(
  parsed: ParsedPrompt,
  { path }: PlacedTemplate,
  tokens: readonly TemplateToken[],
): readonly PlacedVariable[] {
  if (tokens.length === 0) return [];
  const offsets = offsetsAt(parsed, path);
  return tokens.map(({ text, start, end }) => {
    const from = offsets?.[start];
    const last = offsets?.[end - 1];
    const range = from === undefined || last === undefined ? shortPlace(parsed, path) : parsed.rangeAt(from, last + 1);
    return { name: text, range };
  });
}

function offsetsAt(parsed: ParsedDocument, path: DocumentPath): ScalarOffsets | undefined {
  let node = follow(parsed, parsed.contents);
  for (const step of path) {
    if (isSeq(node)) node = follow(parsed, node.items[Number(step)] as Node | undefined);
    else if (isMap(node)) node = follow(parsed, findPair(node, String(step))?.value as Node | null | undefined);
    else return undefined;
  }
  return isScalar(node) ? mapScalar(parsed.text, node) : undefined;
}

function follow({ aliasTargets }: ParsedDocument, node: Node | null | undefined): Node | undefined {
  let current = node ?? undefined;
  for (let hops = 0; isAlias(current) && hops < 16; hops++) current = aliasTargets.get(current);
  return current;
}
