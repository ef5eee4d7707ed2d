import type { Report, SamplePage } from '../../schemas/generated/messages.ts';

/** The page's script and style, as built for standalone use. */
export interface PageAssets {
  readonly script: string;
  readonly nonce: string;
}

/**
 * One self-contained HTML file: the same page as in the editor, its data inside, nothing fetched. The content security policy
 * allows only this page's own script; the data lies in a block that is never run, with every `<` escaped.
 */
export function renderHtml(report: Report, worst: SamplePage | undefined, assets: PageAssets): string {
  const policy = `default-src 'none'; img-src data:; font-src data:; style-src 'nonce-${assets.nonce}'; script-src 'nonce-${assets.nonce}'`;
  const samples =
    worst === undefined ? '' : `<script id="aiwb-samples" type="application/json">${embedJson(worst)}</script>\n`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(report.title)} – AI Workbench</title>
</head>
<body class="aiwb-standalone">
<script id="aiwb-report" type="application/json">${embedJson(report)}</script>
${samples}<script nonce="${assets.nonce}">${assets.script.replace(/<\/(script)/gi, '<\\/$1').replace(/<!--/g, '<\\!--')}</script>
</body>
</html>
`;
}

/** JSON that cannot end its script block or open a comment in it. */
function embedJson(value: unknown): string {
  return JSON.stringify(value)
    .replace(/</g, '\\u003c')
    .replace(/\u2028/g, '\\u2028')
    .replace(/\u2029/g, '\\u2029');
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, character => `&#${String(character.charCodeAt(0))};`);
}
