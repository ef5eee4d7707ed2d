import path from 'node:path';
import type {
  ConvertedTuningData,
  ConvertTuningData,
  RunSource,
  TuningDataResult,
} from '../../schemas/generated/messages.ts';
import { writeConverted } from '../../engine/tuning/data/convert/write.ts';
import { inspectJob } from '../../engine/tuning/data/inspect-job.ts';
import { renderTuningDataMarkdown } from '../../engine/tuning/data/text.ts';
import { readSource } from './cell-source.ts';
import type { Session } from './session.ts';

/** Counts and checks a tuning job's rows: a file's, an unsaved one's or a cell's. */
export async function checkTuningData(
  given: RunSource,
  session: Session,
  signal: AbortSignal,
): Promise<TuningDataResult> {
  const { host, folder } = session;
  const source = await readSource({ kind: 'tune', ...given }, session, signal);
  const file = path.resolve(folder, source.path);
  const text = source.text ?? (await host.files.readText(file, signal));
  const report = await inspectJob({ text, path: file, folder }, host, signal);
  return { report, markdown: renderTuningDataMarkdown(report) };
}

/** Writes a dataset's rows in another form. The window has asked where it goes, and whether a file is replaced. */
export async function convertTuningData(
  { path: given, out, to, replace = false }: ConvertTuningData,
  { host, folder }: Session,
  signal: AbortSignal,
): Promise<ConvertedTuningData> {
  const target = path.resolve(folder, out);
  const request = { path: path.resolve(folder, given), to, out: target, replace };
  const { faults, ...converted } = await writeConverted(request, host.files, signal);
  return { path: target, ...converted, faults: [...faults] };
}
