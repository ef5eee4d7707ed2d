import { escapeHtml } from '../static/escape-html.ts';

const parts =
  /^(\s*(?:- )*)("[^"]*"|'[^']*'|[^\s#'"{[\]},][^:#{}[\],]*)(:)(?=\s|$)|("(?:[^"\\]|\\.)*"|'(?:[^']|'')*')|((?:^|\s)#.*$)/g;

/** YAML with keys, quoted texts and comments told apart. A line is read by itself: the reader sees the text, whatever it is. */
export function highlightYaml(text: string): string {
  return text
    .split('\n')
    .map(line => (line.length > 2_000 ? escapeHtml(line) : highlightLine(line)))
    .join('\n');
}

function highlightLine(line: string): string {
  let html = '';
  let at = 0;
  for (const match of line.matchAll(parts)) {
    const [whole, lead = '', key, colon = '', quoted, comment] = match;
    html += escapeHtml(line.slice(at, match.index));
    if (key !== undefined) html += `${escapeHtml(lead)}<span class="k">${escapeHtml(key)}</span>${colon}`;
    else if (quoted !== undefined) html += `<span class="s">${escapeHtml(quoted)}</span>`;
    else if (comment !== undefined) html += `<span class="c">${escapeHtml(comment)}</span>`;
    at = match.index + whole.length;
  }
  return html + escapeHtml(line.slice(at));
}
