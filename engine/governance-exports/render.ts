import type { ScorecardFormat } from '../../schemas/scorecard-formats.ts';
import { WorkbenchError } from '../base/errors.ts';
import { plainLine } from '../governance/describe.ts';
import { serialiseScorecard } from '../governance/scorecard.ts';
import { renderAssessmentMarkdown } from '../governance/text.ts';
import type { Digest } from '../ports/digest.ts';
import type { PagePrinter } from '../ports/page-printer.ts';
import { renderScorecardHtml, type PageAssets } from '../run-exports/html.ts';
import { renderCsv } from './csv.ts';
import { renderCycloneDx } from './cyclonedx.ts';
import { renderGovernanceJunit } from './junit.ts';
import { renderModelCard } from './model-card.ts';
import { renderOscal } from './oscal.ts';
import { renderGovernanceSarif } from './sarif.ts';
import type { ExportSource } from './source.ts';

export interface RenderTools {
  readonly digest: Digest;
  /** The standalone page, read only for `html` and `pdf`. */
  readonly pageAssets: () => Promise<PageAssets>;
  readonly printer: PagePrinter;
}

/** Formats that people read, which say first of all whether the record still is what was recorded. */
const showsTampering: ReadonlySet<ScorecardFormat> = new Set<ScorecardFormat>(['json', 'html', 'pdf', 'markdown']);

/**
 * An assessment in a format: text, or bytes for a PDF. Throws `record-tampered` for a record that was changed, in a format that other
 * programs read: nothing there would show it. Throws `program-failed` where there is no browser that prints.
 */
export async function renderExport(
  source: ExportSource,
  format: ScorecardFormat,
  { digest, pageAssets, printer }: RenderTools,
  signal: AbortSignal,
): Promise<string | Uint8Array> {
  const { verification, scorecard } = source.view;
  if (verification.state !== 'verified' && !showsTampering.has(format)) {
    throw new WorkbenchError(
      'record-tampered',
      `The assessment ${plainLine(scorecard.record.id)} is not exported as ${format}: ${plainLine(verification.sentence)}`,
      { remedy: 'Get the scorecard again from whoever made it. As html it can be looked at, with what is wrong.' },
    );
  }
  switch (format) {
    case 'json':
      return serialiseScorecard(source.view.scorecard);
    case 'html':
      return renderScorecardHtml(source.view, await pageAssets());
    case 'pdf':
      return printer.printPdf(renderScorecardHtml(source.view, await pageAssets()), signal);
    case 'markdown':
      return renderAssessmentMarkdown(source.view);
    case 'model-card':
      return renderModelCard(source, digest);
    case 'csv':
      return renderCsv(source);
    case 'junit':
      return renderGovernanceJunit(source);
    case 'sarif':
      return renderGovernanceSarif(source);
    case 'oscal':
      return renderOscal(source);
    case 'cyclonedx':
      return renderCycloneDx(source);
  }
}
