import path from 'node:path';
import type { GateList, JudgedGates, JudgeGates, RunSource } from '../../schemas/generated/messages.ts';
import { parseDocument } from '../../engine/documents/parse.ts';
import { judgeStored, listGates } from '../../engine/runs/judge-stored.ts';
import { readSource } from './cell-source.ts';
import { specify } from './run-methods.ts';
import type { Session } from './session.ts';

export async function listGateLines(source: RunSource, session: Session, signal: AbortSignal): Promise<GateList> {
  const { folder, host } = session;
  const read = await readSource(source, session, signal);
  const file = path.resolve(folder, read.path);
  const list = listGates(read.text ?? (await host.files.readText(file, signal)), file);
  return read.path === source.path ? list : placeInCell(list, source.text ?? '');
}

/** The lines of a benchmark that a cell makes of a file, in the cell. */
function placeInCell({ name, gates }: GateList, text: string): GateList {
  const cell = parseDocument('bench', text, 'cell');
  const lineOf = (...at: (string | number)[]): number => cell.locate(at, 'key').start.line + 1;
  return { name, line: lineOf('name'), gates: gates.map((gate, index) => ({ ...gate, line: lineOf('gate', index) })) };
}

export async function judgeStoredGates(
  { source, runId }: JudgeGates,
  session: Session,
  signal: AbortSignal,
): Promise<JudgedGates> {
  const spec = await specify({ source, origin: 'editor' }, session, signal);
  return judgeStored(spec, runId, session.store, await session.createPorts(signal), signal);
}
