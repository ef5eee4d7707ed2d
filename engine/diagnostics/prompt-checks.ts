import type { Diagnostic } from '../documents/diagnostic.ts';
import { shortPlace, sortFindings } from '../documents/findings.ts';
import type { ParsedDocument } from '../documents/parse.ts';
import { faultOfTemplate, findUnusedNames, templatesOf } from '../documents/prompt-variables.ts';

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
