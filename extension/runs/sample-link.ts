/** A row's permanent link in its parts: `RUN#SAMPLE`; undefined for any other text. */
export function parseSampleLink(text: string): { readonly runId: string; readonly sample: number } | undefined {
  const [, runId, sample] = /^\s*([A-Za-z0-9][A-Za-z0-9-]{0,63})#(\d{1,15})\s*$/.exec(text) ?? [];
  return runId === undefined || sample === undefined ? undefined : { runId, sample: Number(sample) };
}
