import type { AgentAssessInput } from '../../schemas/generated/messages.ts';
import { renderAssessmentMarkdown } from '../governance/text.ts';
import { formatPercent } from '../reports/format.ts';
import type { Outcome } from './answer.ts';
import type { AgentDesk } from './desk.ts';
import { fileNamed } from './workspace-file.ts';

const gateWords = {
  passed: 'The gate is passed',
  failed: 'The gate is NOT passed',
  'not-computed': 'The gate cannot be computed',
} as const;

/** Holds a model version against policies and keeps the record. */
export async function assess(input: AgentAssessInput, desk: AgentDesk, signal: AbortSignal): Promise<Outcome> {
  const policies: { path: string }[] = [];
  for (const name of input.policies) policies.push({ path: (await fileNamed(name, desk)).path });
  const { model, version } = input;
  const assessed = await desk.assess(
    { policies, ...(model === undefined ? {} : { model }), ...(version === undefined ? {} : { version }) },
    signal,
  );
  const { view, written, approvalFailure } = assessed;
  const { record } = view.scorecard;
  const score = record.score === null ? 'none' : `${formatPercent(record.score)} of 100`;
  return {
    text: `${gateWords[record.gate.outcome]}; score ${score}, evidence coverage ${formatPercent(record.coverage)} %. Assessment ${record.id} is kept.`,
    data: [
      { title: 'SCORECARD', text: renderAssessmentMarkdown(view) },
      {
        title: 'APPROVAL',
        text: approvalFailure === undefined ? '' : `Approval could not be requested: ${approvalFailure.message}`,
      },
    ],
    content: {
      assessment: record.id,
      model: record.subject.model,
      version: record.subject.version,
      gate: record.gate.outcome,
      gateSentence: record.gate.sentence,
      score: record.score,
      coverage: record.coverage,
      waived: record.waived,
      controls: record.controls.slice(0, 200).map(({ id, title, outcome }) => ({ id, title, outcome })),
      written,
      approvalFailure: approvalFailure?.message,
    },
  };
}
