import type { AgentDryRunInput, AgentRunInput, DryRunEstimate, StartRun } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import { kindOfPath } from '../documents/kinds.ts';
import type { Outcome } from './answer.ts';
import type { AgentDesk } from './desk.ts';
import { estimateFacts, estimateLines, estimateSentence } from './estimates.ts';
import { fileNamed } from './workspace-file.ts';

/** What a run would send and cost. */
export async function dryRun(input: AgentDryRunInput, desk: AgentDesk, signal: AbortSignal): Promise<Outcome> {
  const estimate = await estimateFor(input, desk, signal);
  return {
    text: `A run would ask ${estimateSentence(estimate)} Nothing was sent.`,
    data: [{ title: 'ESTIMATE', text: estimateLines(estimate).join('\n') }],
    content: estimateFacts(estimate),
  };
}

/** The estimate of the run an agent asks for. */
export async function estimateFor(
  input: AgentDryRunInput | AgentRunInput,
  desk: AgentDesk,
  signal: AbortSignal,
): Promise<DryRunEstimate> {
  return desk.estimate(await startOf(input, desk), signal);
}

/** The run an agent asks for. Throws `usage` where the file is none that can be run. */
export async function startOf(input: AgentDryRunInput | AgentRunInput, desk: AgentDesk): Promise<StartRun> {
  const { path, file } = await fileNamed(input.file, desk);
  const kind = kindOfPath(path);
  if (kind !== 'bench' && kind !== 'tune') {
    throw new WorkbenchError('usage', `${file} is no benchmark and no tuning job.`, {
      remedy: 'Name a .bench.yaml or .tune.yaml file; aiwb_list shows them.',
    });
  }
  return {
    source: { path, kind: kind === 'tune' ? 'tune' : 'benchmark' },
    origin: 'agent',
    ...(input.models === undefined ? {} : { models: input.models }),
    ...(input.limit === undefined ? {} : { limit: input.limit }),
  };
}
