import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { NamedResult, RunSummary } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../../engine/base/errors.ts';
import { readCell, type CellJob, type CellPorts } from '../../engine/notebooks/read-cell.ts';
import type { RunRecord } from '../../engine/ports/store.ts';
import { createFiles } from '../../platform/files/files.ts';

/** A folder with a notebook in `notes/`, for tests of its cells. */
export interface CellFolder {
  readonly folder: string;
  readonly notebook: string;
  readonly ports: CellPorts;
  at(relative: string): string;
  write(files: Readonly<Record<string, string>>): Promise<void>;
  read(text: string, language?: string, results?: readonly NamedResult[]): Promise<CellJob>;
  /** The error that a cell is refused with: its place seen from the folder, and its message without the place. */
  refuse(text: string, language?: string, results?: readonly NamedResult[]): Promise<string>;
  remove(): Promise<void>;
}

/** @param runs ids of runs there are, by their kinds */
export async function makeCellFolder(
  files: Readonly<Record<string, string>> = {},
  runs: Readonly<Record<string, RunSummary['kind']>> = {},
): Promise<CellFolder> {
  const folder = await mkdtemp(path.join(tmpdir(), 'aiwb-cells-'));
  const at = (relative: string): string => path.join(folder, relative);
  const notebook = at('notes/story.ipynb');
  const ports: CellPorts = { files: createFiles(), store: { getRun: id => findRun(id, runs) } };
  const signal = new AbortController().signal;

  async function write(texts: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, text] of Object.entries(texts)) {
      await mkdir(path.dirname(at(name)), { recursive: true });
      await writeFile(at(name), text);
    }
  }

  const read: CellFolder['read'] = (text, language = 'aiwb-bench', results = []) =>
    readCell({ notebook, cell: 'c1', language, text }, results, ports, signal);

  await write({ 'notes/story.ipynb': '{}', ...files });
  return {
    folder,
    notebook,
    ports,
    at,
    write,
    read,
    async refuse(text, language, results) {
      try {
        await read(text, language, results);
      } catch (error) {
        if (!(error instanceof WorkbenchError)) throw error;
        const { place, message } = error;
        if (place === undefined) return `${error.code}: ${message}`;
        const where = `${place.path}:${String(place.line)}:${String(place.column)}: `;
        return `${path.relative(folder, place.path)}:${String(place.line)}:${String(place.column)}: ${message.replace(where, '')}`;
      }
      throw new Error('The cell was not refused.');
    },
    remove: () => rm(folder, { recursive: true }),
  };
}

function findRun(id: string, runs: Readonly<Record<string, RunSummary['kind']>>): Promise<RunRecord> {
  const found = Object.keys(runs).filter(key => key.startsWith(id));
  const [only] = found;
  if (only === undefined || found.length > 1)
    return Promise.reject(new WorkbenchError('run-not-found', `There is no run ${id}.`));
  return Promise.resolve({ summary: { id: only, kind: runs[only] } } as RunRecord);
}

export function result(name: string, kind: NamedResult['kind'], id: string, createdAt = 1): NamedResult {
  return { name, kind, id, createdAt };
}
