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
