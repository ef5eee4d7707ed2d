import { keyPrefix, keys } from './keys.ts';

const sealed: ReadonlySet<string> = new Set([
  keys.status,
  keys.weightsDigest,
  keys.modelDigest,
  keys.tokenizerDigest,
  keys.securityScan,
  keys.approvedBy,
  keys.trainRun,
  keys.baseName,
  keys.baseDigest,
  keys.parentVersion,
  keys.modelFormat,
  keys.task,
  keys.serviceProvider,
  keys.serviceModel,
  keys.tuningJob,
  keys.trainer,
  keys.runId,
  keys.scope,
  keys.useCase,
]);
const sealedBeginnings = ['baseline.', 'custom.', 'context.'].map(part => keyPrefix + part);

/** Whether a version's property tells what was registered, measured or decided: governance rests on it, so nobody edits it by hand. */
export function isSealedKey(key: string): boolean {
  return sealed.has(key) || sealedBeginnings.some(beginning => key.startsWith(beginning));
}
