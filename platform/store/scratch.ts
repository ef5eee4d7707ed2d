import { readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import type { StoreContext } from './context.ts';

/** The folder of a store in which jobs train and models are laid out for answering. */
const scratchName = 'tuning';
/** Names of jobs' folders: this and the run's id. */
const jobPrefix = 'aiwb-';
/** Milliseconds for which a model that was laid out is kept: laying it out again takes little. */
const modelLife = 86_400_000;

/** Removes what trainers have left: folders of runs that succeeded, were archived or are no more, and models laid out before yesterday. */
export function removeUnusedScratch({ driver, folder, now }: StoreContext): void {
  const root = path.join(folder, scratchName);
  for (const name of listFolder(root)) {
    if (!name.startsWith(jobPrefix)) continue;
    const run = driver.get('SELECT state, archived FROM runs WHERE id = ?', name.slice(jobPrefix.length));
    const isResumable = run !== undefined && run['state'] !== 'succeeded' && run['archived'] !== 1;
    if (!isResumable) remove(path.join(root, name));
  }
  const models = path.join(root, 'models');
  for (const name of listFolder(models)) {
    const laid = statSync(path.join(models, name), { throwIfNoEntry: false })?.mtimeMs;
    if (laid !== undefined && now() - laid > modelLife) remove(path.join(models, name));
  }
}

function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** Names in a folder; none where there is no folder. */
function listFolder(folder: string): string[] {
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true ? readdirSync(folder) : [];
}
