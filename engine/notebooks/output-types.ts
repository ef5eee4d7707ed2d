/** MIME types of what our cells leave in a notebook. */
export const runMime = 'application/vnd.aiwb.run+json';
export const assessmentMime = 'application/vnd.aiwb.assessment+json';
export const comparisonMime = 'application/vnd.aiwb.comparison+json';
