import type { RunOutput } from '../../../schemas/generated/messages.ts';
import { isEnded } from '../../../schemas/run-states.ts';
import { describeTime } from './time.ts';
import type { Block } from './block.ts';

/** A run without a report: one that goes on, or one that ended before there was anything to report. */
export function describeRun({
  name,
  runId,
  kind,
  state,
  createdAt,
  host,
  failure,
}: Omit<RunOutput, 'report'>): readonly Block[] {
  const what = kind === 'tune' ? 'tuning run' : 'run';
  const where = host === undefined ? '' : ` on ${host}`;
  const ended = isEnded(state);
  return [
    { kind: 'head', strong: `${name}: ${state}`, rest: `${what} ${runId}${where}, since ${describeTime(createdAt)}` },
    ...(failure === undefined
      ? []
      : [{ kind: 'text', text: [failure.message, failure.remedy].filter(Boolean).join(' ') } as const]),
    ...(ended
      ? []
      : [
          {
            kind: 'text',
            text: `Its results come here when it ends. Until then \`aiwb runs show ${runId}\` shows how far it is; opened in VS Code, this notebook follows it.`,
          } as const,
        ]),
  ];
}
