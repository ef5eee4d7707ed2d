import type { PromptPart } from '../../schemas/generated/files.ts';
import { textOfPart } from '../prompts/parts.ts';
import { compileTemplate } from '../prompts/template.ts';
import type { Diagnostic, DocumentPath } from './diagnostic.ts';
import { parseDocument, type ParsedDocument } from './parse.ts';

/** Whether every message of a prompt is a template that can be read. */
export function checkPrompt(parsed: ParsedDocument<'prompt'>): Diagnostic[] {
  const found: Diagnostic[] = [];
  (parsed.value?.messages ?? []).forEach((message, index) => {
    for (const { text, path } of templatesOf(message.content)) {
      const fault = faultOfTemplate(text);
      if (fault === undefined) continue;
      const at = ['messages', index, 'content', ...path];
      const range = parsed.locate(at, 'value');
      const oneLine = range.start.line === range.end.line ? range : parsed.locate(at, 'key');
      found.push({ code: 'prompt-template', severity: 'error', message: fault, range: oneLine });
    }
  });
  return found;
}

/** Names the messages read from a row; absent when the prompt has errors. */
export function parsePromptVariables(text: string): readonly string[] | undefined {
  const { value } = parseDocument('prompt', text);
  if (value === undefined) return undefined;
  const names = new Set<string>();
  for (const { text } of value.messages.flatMap(({ content }) => templatesOf(content))) {
    if (faultOfTemplate(text) !== undefined) return undefined;
    for (const name of compileTemplate(text, '').variables) names.add(name);
  }
  return [...names];
}

/** The templates of one message, each with its place below `content`. */
function templatesOf(
  content: string | readonly PromptPart[],
): readonly { readonly text: string; readonly path: DocumentPath }[] {
  if (typeof content === 'string') return [{ text: content, path: [] }];
  return content.map((part, index) => ({ text: textOfPart(part), path: [index, part.type] }));
}

function faultOfTemplate(content: string): string | undefined {
  try {
    compileTemplate(content, 'this message');
    return undefined;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `${reason.charAt(0).toUpperCase()}${reason.slice(1)} Placeholders look like \`{{column}}\`.`;
  }
}
