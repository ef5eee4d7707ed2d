import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

export const repositoryRoot = path.resolve(import.meta.dirname, '../../..');
export const suiteFolder = path.join(repositoryRoot, 'test/host/suite');
export const scenariosFolder = path.join(repositoryRoot, 'test/host/scenarios');
/** An extension that lends a language model, installed beside the one under test. */
export const lenderFolder = path.join(repositoryRoot, 'test/host/lender');
export const suiteBundle = path.join(repositoryRoot, 'dist/test/host/index.cjs');
export const screenshotsFolder = path.join(repositoryRoot, '.artifacts/screenshots');
export const logsFolder = path.join(repositoryRoot, '.artifacts/host-tests');
export const resultsFile = path.join(logsFolder, 'results.json');
export const examplesFolder = path.join(repositoryRoot, 'examples');

/** Finds a program on PATH by the first of its names that is there; `undefined` when none is. */
export function findProgram(names: readonly string[]): string | undefined {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter(Boolean);
  return names.flatMap(name => folders.map(folder => path.join(folder, name))).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
