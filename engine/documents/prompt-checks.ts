import { compileTemplate } from '../prompts/template.ts';
import type { Diagnostic } from './diagnostic.ts';
import { parseDocument, type ParsedDocument } from './parse.ts';

/** Whether every message of a prompt is a template that can be read. */
export function checkPrompt(parsed: ParsedDocument<'prompt'>): Diagnostic[] {
  const found: Diagnostic[] = [];
  (parsed.value?.messages ?? []).forEach((message, index) => {
    const fault = faultOfTemplate(message.content);
    if (fault === undefined) return;
    const range = parsed.locate(['messages', index, 'content'], 'value');
    const oneLine = range.start.line === range.end.line ? range : parsed.locate(['messages', index, 'content'], 'key');
    found.push({ code: 'prompt-template', severity: 'error', message: fault, range: oneLine });
  });
  return found;
}

/** Names the messages read from a row; absent when the prompt has errors. */
export function parsePromptVariables(text: string): readonly string[] | undefined {
  const { value } = parseDocument('prompt', text);
  if (value === undefined) return undefined;
  const names = new Set<string>();
  for (const { content } of value.messages) {
    if (faultOfTemplate(content) !== undefined) return undefined;
    for (const name of compileTemplate(content, '').variables) names.add(name);
  }
  return [...names];
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
