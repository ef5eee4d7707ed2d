import path from 'node:path';
import type { PromptDescription, PromptReport, PromptSource, RunReference } from '../../schemas/generated/messages.ts';
import { describePrompt } from '../../engine/prompts/describe.ts';
import { promptReport } from '../../engine/reports/prompt-report.ts';
import type { Session } from './session.ts';

export function reportPrompt(
  { runId }: RunReference,
  { store, host }: Session,
  signal: AbortSignal,
): Promise<PromptReport> {
  return promptReport(runId, store, host.clock, signal);
}

export async function describeTriedPrompt(
  { path: file, text }: PromptSource,
  session: Session,
  signal: AbortSignal,
): Promise<PromptDescription> {
  const workspace = await session.readWorkspace(signal);
  const source = { path: path.resolve(session.folder, file), ...(text === undefined ? {} : { text }) };
  return describePrompt(source, workspace, session.host.files, signal);
}
