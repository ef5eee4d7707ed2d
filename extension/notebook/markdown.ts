import type { RunSummary } from '../../schemas/generated/messages.ts';
import { formatOutcome } from '../runs/format.ts';

/** What a code host shows while the run is under way, or when its report could not be had. */
export function describeRunAsMarkdown(run: RunSummary): string {
  const lines = [`**${escapeMarkdown(run.name)}**: ${escapeMarkdown(formatOutcome(run))}`];
  if (run.failure !== undefined) {
    lines.push(escapeMarkdown([run.failure.message, run.failure.remedy].filter(Boolean).join(' ')));
  }
  return lines.join('\n\n');
}

/**
 * Text from models and files as literal Markdown: no table cell ends early, no code, emphasis, link or HTML starts.
 */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/[\\`*_[\]|~#]/g, character => `\\${character}`)
    .replace(/\s*\r?\n\s*/g, ' ');
}
