import process from 'node:process';
import type { DetectedServer } from '../schemas/generated/messages.ts';
import { detectServers } from '../engine/models/detect.ts';
import type { Workspace } from '../engine/workspace/workspace.ts';
import { createHttpClient } from '../platform/http/client.ts';

/** Model servers that run on this machine; names of connections the workspace has already are not offered again. */
export function detectOnThisMachine(workspace: Workspace, signal: AbortSignal): Promise<readonly DetectedServer[]> {
  const taken = Object.keys(workspace.config.connections ?? {});
  return detectServers({ http: createHttpClient, environment: process.env, taken }, signal);
}
