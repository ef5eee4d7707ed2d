import type {
  ModelVersion,
  Published,
  PublishRun,
  PublishVersion,
  PullVersion,
  SyncRegistries,
} from '../../schemas/generated/messages.ts';
import type { HandedOff, HandoffPorts } from '../../engine/handoff/ports.ts';
import { publishPending, publishRun, publishVersion } from '../../engine/handoff/publish.ts';
import { pullVersion } from '../../engine/handoff/pull-version.ts';
import { createGovernancePorts } from '../composition.ts';
import { withRegistries } from './with-registries.ts';
import type { Session } from './session.ts';

function withHandoff<T>(session: Session, signal: AbortSignal, use: (ports: HandoffPorts) => Promise<T>): Promise<T> {
  return withRegistries(session, signal, registries =>
    use({ ...createGovernancePorts(session.host, session.store), registries }),
  );
}

function published({ publications, notes }: HandedOff): Published {
  return { publications: [...publications], ...(notes.length === 0 ? {} : { notes: [...notes] }) };
}

export function publishToRegistry(request: PublishVersion, session: Session, signal: AbortSignal): Promise<Published> {
  const { folder } = session;
  return withHandoff(session, signal, async ports =>
    published(await publishVersion({ ...request, folder }, ports, signal)),
  );
}

export function publishFigures(request: PublishRun, session: Session, signal: AbortSignal): Promise<Published> {
  const { folder } = session;
  return withHandoff(session, signal, async ports =>
    published(await publishRun({ ...request, folder }, ports, signal)),
  );
}

export function publishOpen(filter: SyncRegistries, session: Session, signal: AbortSignal): Promise<Published> {
  const { folder } = session;
  return withHandoff(session, signal, async ports =>
    published(await publishPending({ ...filter, folder }, ports, signal)),
  );
}

export function pullFromRegistry(request: PullVersion, session: Session, signal: AbortSignal): Promise<ModelVersion> {
  const { folder } = session;
  return withHandoff(
    session,
    signal,
    async ports => (await pullVersion({ ...request, folder }, ports, signal)).version,
  );
}
