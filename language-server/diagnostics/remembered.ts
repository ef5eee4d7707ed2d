import { rememberRegistry, rememberRun, type Remembered } from '../../engine/diagnostics/remembered.ts';
import type { ServerContext } from '../context.ts';

/** As `createRunId` makes them. */
export const formOfRunId = /^\d{8}-\d{6}-[0-9a-z]{5}$/;

/** What the history knows of a document. No store is opened before something is asked. */
export function rememberDocument({ history, ports }: ServerContext, uri: string): Remembered {
  return {
    now: () => ports.clock.now(),
    models: async signal =>
      (await history.version(uri, signal)) === undefined ? undefined : history.models(uri, signal),
    versions: async (model, signal) => (await history.versions(uri, model, signal)).map(({ version }) => version),
    elsewhere: (registry, signal) =>
      rememberRegistry((question, read) => history.catalogue(uri, question, read, signal), registry),
    async hasTrained(job, signal) {
      if (formOfRunId.test(job)) return (await history.run(uri, job, signal))?.summary.kind === 'tune';
      return (await history.runsNamed(uri, job, signal)).some(({ kind }) => kind === 'tune');
    },
    waivers: signal => history.waivers(uri, signal),
    async lastRun(name, signal) {
      const last = (await history.runsOf(uri, signal)).find(run => run.name === name);
      const record = last && (await history.run(uri, last.id, signal));
      return record && rememberRun(record);
    },
  };
}
