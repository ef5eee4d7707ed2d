import type { Notebook, NotebookCell, NotebookOutput } from '../ipynb.ts';
import { escapeHtml } from '../static/escape-html.ts';
import { renderStaticHtml } from '../static/html.ts';
import { describeOutput } from '../static/of-output.ts';
import { showLine, showText } from '../../reports/shown-text.ts';
import { attachedImages, dataUri } from './images.ts';
import { showForeign } from './foreign.ts';
import { pageStyle } from './page-style.ts';
import { createProse, type Heading, type Prose } from './prose.ts';
import { highlightYaml } from './yaml-html.ts';

/** Characters of one text that a page shows. */
const longestText = 200_000;

/** No script at all, nothing fetched: what a notebook from anywhere holds can only be read. */
const policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/**
 * A notebook with its outputs as one self-contained page.
 * @param images what relative addresses of images stand for, as data URIs
 */
export function renderNotebookHtml(notebook: Notebook, images: ReadonlyMap<string, string>): string {
  const prose = createProse();
  const body = notebook.cells.map(cell => renderCell(cell, prose, images)).join('');
  const { headings } = prose;
  const name = notebook.path.slice(Math.max(notebook.path.lastIndexOf('/'), notebook.path.lastIndexOf('\\')) + 1);
  const title = headings.find(({ level }) => level === 1)?.text ?? name.replace(/\.ipynb$/i, '');
  const hasTitle = headings.some(({ level }) => level === 1);
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(showLine(title, 200))}</title>
<style>
${pageStyle}</style>
</head>
<body>
<main>
${placeContents(hasTitle ? body : `<h1>${escapeHtml(showLine(title, 200))}</h1>\n${body}`, headings)}</main>
</body>
</html>
`;
}

/** Under the title. Only our own markup has tags: what cells hold is escaped. */
function placeContents(body: string, headings: readonly Heading[]): string {
  const at = body.indexOf('</h1>') + '</h1>'.length;
  return `${body.slice(0, at)}\n${renderContents(headings)}${body.slice(at)}`;
}

/** Worth its place from three headings on. */
function renderContents(headings: readonly Heading[]): string {
  const listed = headings.filter(({ level }) => level > 1 && level < 4);
  if (listed.length < 3) return '';
  const items = listed.map(({ level, text, id }) => {
    const margin = level > 2 ? ' style="margin-left:1.25em"' : '';
    return `<li${margin}><a href="#${escapeHtml(encodeURIComponent(id))}">${escapeHtml(showLine(text, 120))}</a></li>\n`;
  });
  return `<nav aria-label="Contents">\n<ul>\n${items.join('')}</ul>\n</nav>\n`;
}

function renderCell(cell: NotebookCell, prose: Prose, images: ReadonlyMap<string, string>): string {
  if (cell.kind === 'markdown') return prose.render(cell.source, new Map([...images, ...attachedImages(cell)]));
  if (cell.source.trim() === '' && cell.outputs.length === 0) return '';
  const number = String(cell.index + 1);
  const source = showText(cell.source, longestText);
  const isYaml = cell.kind === 'code' && (cell.language === 'yaml' || cell.language.startsWith('aiwb-'));
  const outputs = cell.outputs.map(output => renderOutput(output, prose, number)).join('');
  return [
    `<section aria-label="Cell ${number}">\n`,
    `<p class="cell">Cell ${number}${cell.executionCount === undefined ? '' : `, executed as ${String(cell.executionCount)}`}</p>\n`,
    `<pre tabindex="0" aria-label="Source of cell ${number}"><code>${isYaml ? highlightYaml(source) : escapeHtml(source)}</code></pre>\n`,
    outputs === '' ? '' : `<div class="output">\n${outputs}</div>\n`,
    '</section>\n',
  ].join('');
}

function renderOutput(output: NotebookOutput, prose: Prose, cell: string): string {
  const blocks = output.type === 'bundle' ? describeOutput(output.data) : undefined;
  if (blocks !== undefined) return renderStaticHtml(blocks);
  const shown = showForeign(output);
  switch (shown.as) {
    case 'image':
      return `<p><img src="${dataUri(shown)}" alt="${escapeHtml(showLine(shown.alt, 300))}"></p>\n`;
    case 'markdown':
      return prose.render(shown.text.slice(0, longestText), new Map());
    case 'text':
      return renderText(shown.text, shown.label ?? `Output of cell ${cell}`, shown.label);
    case 'source':
      return `<details>\n<summary>${escapeHtml(shown.note)}</summary>\n${renderText(shown.text, `Output of cell ${cell}`)}</details>\n`;
  }
}

function renderText(text: string, label: string, heading?: string): string {
  const head = heading === undefined ? '' : `<p class="kind">${escapeHtml(heading)}</p>\n`;
  return `${head}<pre tabindex="0" aria-label="${escapeHtml(label)}">${escapeHtml(showText(text, longestText))}</pre>\n`;
}
