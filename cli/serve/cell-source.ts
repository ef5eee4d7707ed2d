import path from 'node:path';
import type { RunKind, RunSource } from '../../schemas/generated/messages.ts';
import { readCell } from '../../engine/notebooks/read-cell.ts';
import type { Session } from './session.ts';

const languages: Readonly<Record<RunKind, string>> = {
  benchmark: 'aiwb-bench',
  tune: 'aiwb-tune',
  prompt: 'aiwb-prompt',
};

/** What a source means to a run: a cell of a notebook without what only cells have, laid over the file it uses. */
export async function readSource(source: RunSource, session: Session, signal: AbortSignal): Promise<RunSource> {
  const { text, kind = 'benchmark', cell, results = [] } = source;
  if (text === undefined || !/\.ipynb$/i.test(source.path)) return source;
  const notebook = path.resolve(session.folder, source.path);
  const ports = { files: session.host.files, store: session.store };
  const given = { notebook, language: languages[kind], text, ...(cell === undefined ? {} : { cell }) };
  const job = await readCell(given, results, ports, signal);
  return job.kind === 'run' ? job.request : source;
}
