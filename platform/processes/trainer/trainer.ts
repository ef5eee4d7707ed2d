import { statfs } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import type { LeaseOwner } from '../../../engine/ports/store.ts';
import type { Trainer } from '../../../engine/ports/trainer.ts';
import { systemCode } from '../../files/failures.ts';
import { createPrograms } from '../programs.ts';
import { userCacheFolder } from './cache-folder.ts';
import { createEnvironments } from './environment.ts';
import { startTraining } from './training-process.ts';
import { trainerVariables } from './variables.ts';

export interface TrainerSettings {
  /** Absolute path of the folder with the package `aiwb_trainer` and its `requirements.txt`. */
  readonly trainerFolder: string;
  readonly owner: LeaseOwner;
  /** Whether the person has allowed an interpreter that the workspace names. */
  readonly allowsPython: (python: string) => boolean;
  /** Folder of environments; default: `trainer` in the user's cache. */
  readonly cacheFolder?: string;
}

/** The trainer as child processes. */
export function createTrainer({ trainerFolder, owner, allowsPython, cacheFolder }: TrainerSettings): Trainer {
  const programs = (usesHub: boolean) =>
    createPrograms(
      () => true,
      environment => trainerVariables(environment, trainerFolder, usesHub),
    );
  const environments = createEnvironments({
    trainerFolder,
    cacheFolder: cacheFolder ?? path.join(userCacheFolder(process.env), 'trainer'),
    owner,
    allowsPython,
    programs: programs(false),
  });
  return {
    ...environments,
    room: measureRoom,
    train: (environment, request, signal) => startTraining(environment, request, trainerFolder, owner, signal),
    answer: ({ python }, request, folder, signal) =>
      programs(request.usesHub).start(
        [python, '-m', 'aiwb_trainer', 'answer', ...request.arguments],
        { folder },
        signal,
      ),
  };
}

/** Of the nearest folder that is there. */
async function measureRoom(folder: string): Promise<number | undefined> {
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    try {
      const { bavail, bsize } = await statfs(at);
      return bavail * bsize;
    } catch (error) {
      if (systemCode(error) !== 'ENOENT' || path.dirname(at) === at) return undefined;
    }
  }
}
