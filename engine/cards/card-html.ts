import { createProse } from '../notebooks/export/prose.ts';
import { pageStyle } from '../notebooks/export/page-style.ts';
import { escapeHtml } from '../notebooks/static/escape-html.ts';
import { showLine } from '../reports/shown-text.ts';
import { readFrontMatter, splitCard } from './front-matter.ts';

/** No script at all, nothing fetched: a card from anywhere can only be read. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** A card as one self-contained page: its front matter as a list, its Markdown with text only. Throws `file-invalid`. */
export function renderCardHtml(text: string, title: string): string {
  const { yaml, body } = splitCard(text.replace(/^\uFEFF/, ''));
  const facts = Object.entries(readFrontMatter(yaml)).filter(([key]) => key !== 'model-index');
  const prose = createProse({ comments: 'hidden', links: 'web' });
  const content = prose.render(body, new Map());
  const heading = prose.headings.some(({ level }) => level === 1)
    ? ''
    : `<h1>${escapeHtml(showLine(title, 200))}</h1>\n`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(showLine(title, 200))}</title>
<style>
${pageStyle}dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem}
dt{color:var(--note)}
dd{margin:0}
</style>
</head>
<body>
<main>
${heading}${placeFacts(content, renderFacts(facts))}</main>
</body>
</html>
`;
}

/** Under the title, where there is one. Only our own markup has tags: what the card holds is escaped. */
function placeFacts(content: string, facts: string): string {
  const at = content.indexOf('</h1>');
  if (at < 0) return facts + content;
  const end = at + '</h1>'.length;
  return `${content.slice(0, end)}\n${facts}${content.slice(end)}`;
}

function renderFacts(facts: readonly (readonly [string, unknown])[]): string {
  const rows = facts.map(
    ([key, value]) =>
      `<dt>${escapeHtml(showLine(key, 100))}</dt><dd>${escapeHtml(showLine(wordsOf(value), 500))}</dd>\n`,
  );
  return rows.length === 0 ? '' : `<dl>\n${rows.join('')}</dl>\n`;
}

function wordsOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(wordsOf).join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}
