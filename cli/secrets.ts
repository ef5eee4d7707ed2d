import process from 'node:process';
import type { Secrets } from '../engine/ports/secrets.ts';
import { publishedOrigins } from '../engine/models/connections.ts';
import { createCliSecrets } from '../platform/secrets/secrets.ts';
import { defaultUserConfigPath } from '../platform/secrets/user-config.ts';

/** Secrets of a terminal or CI job: the environment and credential commands, bound to the origins the user allows. */
export function createTerminalSecrets(allowOrigins: readonly string[]): Secrets {
  return createCliSecrets({
    env: process.env,
    allowOrigins,
    publishedOrigins,
    userConfigPath: defaultUserConfigPath(process.env),
  });
}
