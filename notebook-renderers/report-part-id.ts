/** What there may be of a benchmark's results beyond verdicts and figures. */
export type ReportPartId =
  'charts' | 'comparisons' | 'disagreements' | 'matrix' | 'samples' | 'settings' | 'slices' | 'worst';
