import type { FindOrphans, Orphans } from '../../schemas/generated/messages.ts';
import { findOrphans, terminateOrphans } from '../../engine/tuning/sweep/sweep.ts';
import { sweptPlatforms } from '../../engine/tuning/sweep/swept-platforms.ts';
import type { Session } from './session.ts';

/** What is left on platforms that cost money. Ends what is named first; the list is what is there then. */
export async function sweepPlatforms(
  { platform, terminate = [] }: FindOrphans,
  session: Session,
  signal: AbortSignal,
): Promise<Orphans> {
  const { store, host } = session;
  const workspace = await session.readWorkspace(signal);
  const platforms = sweptPlatforms(platform, workspace, store, await session.createPorts(signal));
  const ports = { store, clock: host.clock };
  if (terminate.length === 0) return findOrphans(platforms, ports, signal);
  const ended = await terminateOrphans(platforms, terminate, ports, signal);
  const left = await findOrphans(platforms, ports, signal);
  const isEnded = ({ platform: name, id }: { readonly platform: string; readonly id: string }): boolean =>
    ended.jobs.some(job => job.terminated === true && job.platform === name && job.id === id);
  return {
    ...left,
    jobs: [...ended.jobs.filter(isEnded), ...left.jobs.filter(job => !isEnded(job))],
    failures: [...ended.failures, ...left.failures],
  };
}
