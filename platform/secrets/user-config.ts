import { readFileSync } from 'node:fs';
import path from 'node:path';
import os from 'node:os';
import { WorkbenchError } from '../../engine/base/errors.ts';

/** What a user allows on this machine, outside any workspace. */
export interface UserConfig {
  readonly allowedOrigins: readonly string[];
  readonly allowedCommands: readonly string[];
}

/** `$XDG_CONFIG_HOME/aiwb/config.json`, by default under `~/.config`; on Windows under `%APPDATA%`. */
export function defaultUserConfigPath(environment: Readonly<Record<string, string | undefined>>): string {
  const base = process.platform === 'win32' ? environment['APPDATA'] : environment['XDG_CONFIG_HOME'];
  return path.join(base ?? path.join(os.homedir(), '.config'), 'aiwb', 'config.json');
}

/** Nothing is allowed where there is no file. Throws `file-invalid` when there is one that cannot be understood. */
export function readUserConfig(file: string): UserConfig {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { allowedOrigins: [], allowedCommands: [] };
    throw invalid(file, error);
  }
  try {
    const config = JSON.parse(text) as unknown;
    if (typeof config !== 'object' || config === null) throw new Error('it is no object');
    return { allowedOrigins: listOf(config, 'allowedOrigins'), allowedCommands: listOf(config, 'allowedCommands') };
  } catch (error) {
    throw invalid(file, error);
  }
}

function listOf(config: object, key: string): readonly string[] {
  const value: unknown = Reflect.get(config, key) ?? [];
  if (Array.isArray(value) && value.every(item => typeof item === 'string')) return value;
  throw new Error(`\`${key}\` must be a list of texts`);
}

function invalid(file: string, error: unknown): WorkbenchError {
  const reason = error instanceof Error ? error.message : String(error);
  return new WorkbenchError('file-invalid', `${file} cannot be used: ${reason}.`, {
    remedy: 'It holds {"allowedOrigins": ["https://…"], "allowedCommands": ["…"]}.',
    place: { path: file },
    cause: error,
  });
}
