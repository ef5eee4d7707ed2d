import { compileTemplate } from '../templates/template.ts';
import type { Diagnostic } from '../documents/diagnostic.ts';
import { shortPlace, sortFindings } from '../documents/findings.ts';
import { parseDocument, type ParsedDocument } from '../documents/parse.ts';
import { findUnusedNames, templatesOf } from '../documents/prompt-variables.ts';

/** Whether every message of a prompt is a template that can be read, and reads the names it sets. */
export function checkPrompt(parsed: ParsedDocument<'prompt' | 'trial'>): Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const { text, path } of templatesOf(parsed)) {
    const fault = faultOfTemplate(text);
    if (fault === undefined) continue;
    found.push({ code: 'prompt-template', severity: 'error', message: fault, range: shortPlace(parsed, path) });
  }
  for (const { name, range } of found.length > 0 ? [] : findUnusedNames(parsed)) {
    const message = `\`${name}\` is set here and never read.`;
    found.push({ code: 'unused-variable', severity: 'hint', message, range });
  }
  return sortFindings(found);
}

/** Names the messages read from a row; absent when the prompt has errors. */
export function parsePromptVariables(text: string): readonly string[] | undefined {
  return readPromptVariables(parseDocument('prompt', text));
}

/** The same of a prompt that is parsed already. */
export function readPromptVariables(parsed: ParsedDocument<'prompt' | 'trial'>): readonly string[] | undefined {
  if (parsed.value === undefined) return undefined;
  const names = new Set<string>();
  for (const { text } of templatesOf(parsed)) {
    if (faultOfTemplate(text) !== undefined) return undefined;
    for (const name of compileTemplate(text, '').variables) names.add(name);
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
