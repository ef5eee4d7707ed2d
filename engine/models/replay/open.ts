import type { Connection } from '../../../schemas/generated/files.ts';
import { WorkbenchError } from '../../base/errors.ts';
import type { Opener } from '../connect-context.ts';
import { createReplayModel } from './model.ts';
import { readRecordedFile } from './read-file.ts';
import { readRecordedRun } from './read-run.ts';

type Replay = Extract<Connection, { provider: 'replay' }>;

/** Reads all recorded answers at once: a file or run that cannot be used ends the run before anything is asked. */
export const openReplay: Opener<Replay> = async (connection, { name, folder, ports, runs }, signal) => {
  const { path, run, model } = connection;
  if ((path === undefined) === (run === undefined)) {
    throw new WorkbenchError('file-invalid', `The connection ${name} names ${path === undefined ? 'no records' : 'two'}.`, {
      remedy: 'Give it either `path`, a file of recorded answers, or `run`, the id of a stored run.',
    });
  }
  if (path !== undefined) {
    const { answers, digest } = await readRecordedFile(ports.files, ports.digest, ports.files.resolve(folder, path), signal);
    return createReplayModel(name, answers, [digest], ports.digest);
  }
  const { answers, runId, variant } = await readRecordedRun(runs, run ?? '', model, signal);
  return createReplayModel(name, answers, [runId, variant], ports.digest);
};
