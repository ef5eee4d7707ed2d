import type { RunProgress } from '../../schemas/generated/messages.ts';
import { countOf, formatNumber } from './format.ts';

/** What a reader should know of how a run came to its answers: asked again, taken over, from the cache, measured, refused. */
export function runningNotes(progress: RunProgress, extended: string | undefined): readonly string[] {
  const notes: string[] = [];
  const { askedAgain = 0, cached = 0, measuringCost, unmeasured = {}, variants } = progress;
  if (askedAgain > 0) {
    notes.push(`At least ${countOf(askedAgain, 'answer')} under way when the run stopped were asked for again.`);
  }
  if (progress.extended !== undefined && extended !== undefined) {
    notes.push(
      `Extended: ${countOf(progress.extended, 'sample')} taken over from run ${extended}, with the times and costs measured there; they were not paid for again.`,
    );
  }
  if (cached > 0)
    notes.push(`${countOf(cached, 'answer')} came from the cache: not paid for again, and without latency.`);
  if (measuringCost !== undefined) {
    notes.push(`Judges and embeddings cost ${formatNumber(measuringCost, 'USD')} beside the models' own cost.`);
  }
  for (const [metric, count] of Object.entries(unmeasured)) {
    notes.push(`${metric} has no score of ${countOf(count, 'answer')}; each sample says why.`);
  }
  for (const { model, prompt, refused = 0, done } of variants) {
    if (refused === 0) continue;
    const name = prompt === undefined ? model : `${model} with ${prompt}`;
    const share = ((refused / Math.max(1, done)) * 100).toFixed(1);
    notes.push(`${name} refused ${countOf(refused, 'sample')} of ${String(done)} (${share} %).`);
  }
  return notes;
}
