/** What a trial measures: nothing says which answer is right. */
export const trialMetrics = ['latency', 'time-to-first-token', 'tokens', 'cost'] as const;
