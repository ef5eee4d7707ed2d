import process from 'node:process';
import { toWorkbenchError } from '../../engine/base/errors.ts';
import { passOn } from '../../engine/handoff/pass-on.ts';
import { createGovernancePorts } from '../composition.ts';
import type { Session } from './session.ts';
import { withRegistries } from './with-registries.ts';

/**
 * Tells other registries of a step that was taken here, without keeping whoever took it waiting. What cannot be told now stays noted in
 * the store, shows with the version, and is told with the next publication.
 */
export function tellOthers(model: string, session: Session): void {
  const { signal } = new AbortController();
  const telling = withRegistries(session, signal, registries =>
    passOn(model, session.folder, { ...createGovernancePorts(session.host, session.store), registries }, signal),
  );
  telling.catch((error: unknown) => {
    process.stderr.write(`Other registries were not told about ${model}: ${toWorkbenchError(error).message}\n`);
  });
}
