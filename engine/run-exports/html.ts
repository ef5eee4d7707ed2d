import type {
  PromptReport,
  Report,
  SamplePage,
  ScorecardView,
  TuningComparison,
} from '../../schemas/generated/messages.ts';
import { renderStaticHtml } from '../notebooks/static/html.ts';
import { describeTuning } from '../notebooks/static/of-tuning.ts';

/** The pages there are as standalone builds. */
export type PageName = 'prompt' | 'report' | 'scorecard' | 'tuning';

/** The page's script and style, as built for standalone use. */
export interface PageAssets {
  readonly script: string;
  readonly nonce: string;
}

/** A comparison or run as one self-contained HTML file, with the wrong answers that `worst` holds. */
export function renderHtml(report: Report, worst: SamplePage | undefined, assets: PageAssets): string {
  const samples = worst === undefined ? {} : { 'aiwb-samples': worst };
  return renderPage(report.title, { 'aiwb-report': report, ...samples }, assets);
}

/** Tuning runs, one or several side by side, as one self-contained HTML file whose figures are there without its script, too. */
export function renderTuningHtml(comparison: TuningComparison, assets: PageAssets): string {
  const names = [...new Set(comparison.reports.map(({ run }) => run.name))];
  const plain = renderStaticHtml(describeTuning(comparison));
  return renderPage(names.join(' and '), { 'aiwb-tuning': comparison }, assets, plain);
}

/** The trial of a prompt as one self-contained HTML file. */
export function renderPromptHtml(report: PromptReport, assets: PageAssets): string {
  return renderPage(report.run.name, { 'aiwb-prompt': report }, assets);
}

/** An assessment as one self-contained HTML file. */
export function renderScorecardHtml(view: ScorecardView, assets: PageAssets): string {
  const { model, version } = view.scorecard.record.subject;
  return renderPage(`Scorecard of ${model}@${version}`, { 'aiwb-scorecard': view }, assets);
}

/**
 * One self-contained HTML file: the same page as in the editor, its data inside, nothing fetched. The content security policy
 * allows only this page's own script; the data lies in blocks that are never run, one for each id in `data`, with every `<`
 * escaped.
 *
 * @param plain HTML for readers whose viewer runs no script
 */
export function renderPage(
  title: string,
  data: Readonly<Record<string, unknown>>,
  assets: PageAssets,
  plain?: string,
): string {
  const policy = `default-src 'none'; img-src data:; font-src data:; style-src 'nonce-${assets.nonce}'; script-src 'nonce-${assets.nonce}'`;
  const blocks = Object.entries(data).map(
    ([id, value]) => `<script id="${id}" type="application/json">${embedJson(value)}</script>\n`,
  );
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} – AI Workbench</title>
</head>
<body class="aiwb-standalone">
${plain === undefined ? '' : noScript(plain, assets)}${blocks.join('')}<script nonce="${assets.nonce}">${assets.script.replace(/<\/(script)/gi, '<\\/$1').replace(/<!--/g, '<\\!--')}</script>
</body>
</html>
`;
}

/** The policy takes out the styles that elements carry, so what tables need stands in a style sheet. */
function noScript(plain: string, { nonce }: PageAssets): string {
  const style =
    'body{margin:16px;font:14px/1.45 sans-serif;color-scheme:light dark}table{border-collapse:collapse;margin:12px 0}th,td{padding:4px 8px;border:1px solid gray;text-align:start;vertical-align:top}caption{text-align:start;font-weight:600}svg{max-width:100%;stroke:currentColor}';
  return `<noscript>\n<style nonce="${nonce}">${style}</style>\n${plain}</noscript>\n`;
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
