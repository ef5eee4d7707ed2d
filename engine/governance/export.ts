import type { ExportScorecard } from '../../schemas/generated/messages.ts';
import { renderScorecardHtml, type PageAssets } from '../reports/html.ts';
import type { GovernancePorts } from './ports.ts';
import { serialiseScorecard } from './scorecard.ts';
import { renderAssessmentMarkdown } from './text.ts';
import { makeScorecard, viewAssessment } from './view.ts';

/**
 * Writes a stored assessment: `json` is the scorecard file that can be verified, `html` one self-contained page, `markdown` a text.
 * `pageAssets` is read only for `html`.
 */
export async function exportAssessment(
  { assessmentId, format, path }: ExportScorecard,
  ports: Pick<GovernancePorts, 'store' | 'digest' | 'files' | 'signing'>,
  pageAssets: () => Promise<PageAssets>,
  signal: AbortSignal,
): Promise<void> {
  await ports.files.writeText(path, await render());

  async function render(): Promise<string> {
    if (format === 'json') return serialiseScorecard(await makeScorecard(assessmentId, ports));
    const view = await viewAssessment(assessmentId, ports, signal);
    return format === 'html' ? renderScorecardHtml(view, await pageAssets()) : renderAssessmentMarkdown(view);
  }
}
