import type { ExportScorecard } from './generated/messages.ts';

/** Formats of an assessment that are one file each. */
export type ScorecardFormat = Exclude<ExportScorecard['format'], 'bundle'>;

/** How the files of each format end, without the first dot. */
export const scorecardEndings: Readonly<Record<ScorecardFormat, string>> = {
  json: 'scorecard.json',
  html: 'html',
  pdf: 'pdf',
  markdown: 'md',
  'model-card': 'model-card.md',
  csv: 'csv',
  junit: 'junit.xml',
  sarif: 'sarif',
  oscal: 'oscal.json',
  cyclonedx: 'cdx.json',
};

/** All of them, those for people first. */
export const scorecardFormats = Object.keys(scorecardEndings) as readonly ScorecardFormat[];
