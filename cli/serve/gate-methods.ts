import path from 'node:path';
import type { GateList, JudgedGates, JudgeGates, RunSource } from '../../schemas/generated/messages.ts';
import { judgeStored, listGates } from '../../engine/reports/judge-stored.ts';
import { specify } from './run-methods.ts';
import type { Session } from './session.ts';

export async function listGateLines(
  source: RunSource,
  { folder, host }: Session,
  signal: AbortSignal,
): Promise<GateList> {
  const file = path.resolve(folder, source.path);
  return listGates(source.text ?? (await host.files.readText(file, signal)), file);
}

export async function judgeStoredGates(
  { source, runId }: JudgeGates,
  session: Session,
  signal: AbortSignal,
): Promise<JudgedGates> {
  const spec = await specify({ source, origin: 'editor' }, session, signal);
  return judgeStored(spec, runId, session.store, await session.createPorts(signal), signal);
}
