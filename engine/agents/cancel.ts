import type { AgentCancelInput } from '../../schemas/generated/messages.ts';
import { cancelRun } from '../tuning/search/cancel.ts';
import type { Outcome } from './answer.ts';
import type { AgentDesk } from './desk.ts';
import { factsOf, hasEnded, linesOf, runNamed, sentenceOf } from './runs.ts';

/** Asks a run to stop; one that has ended stays as it is. */
export async function cancel({ run }: AgentCancelInput, { store }: AgentDesk): Promise<Outcome> {
  const found = await runNamed(run, store);
  const state = hasEnded(found) ? found : await cancelRun(found.id, store);
  const said = hasEnded(found) ? 'It had ended before.' : 'What was done so far is kept.';
  return {
    text: `${sentenceOf(state)} ${said}`,
    data: [{ title: 'RUN', text: linesOf(state).join('\n') }],
    content: { run: factsOf(state) },
  };
}
