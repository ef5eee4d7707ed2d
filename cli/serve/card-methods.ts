import path from 'node:path';
import type { LineageGraph, ModelCard, ModelVersionReference, SaveCard } from '../../schemas/generated/messages.ts';
import { keepCard } from '../../engine/cards/keep-card.ts';
import { openCard, writeCard, type CardPorts } from '../../engine/cards/open-card.ts';
import { lineageGraph } from '../../engine/versions/lineage-graph.ts';
import { createGovernancePorts } from '../composition.ts';
import { withRegistries } from './with-registries.ts';
import type { Session } from './session.ts';

/** A version's model card as it would be made now. Writes nothing. */
export function getCard(reference: ModelVersionReference, session: Session, signal: AbortSignal): Promise<ModelCard> {
  return withCards(session, signal, async ports => (await openCard(reference, session.folder, ports, signal)).card);
}

/** Writes a version's card to its file, or keeps the file's text with the version. */
export function saveCard(
  { path: given, keep = false, ...reference }: SaveCard,
  session: Session,
  signal: AbortSignal,
): Promise<ModelCard> {
  const { folder, host } = session;
  const file = path.resolve(folder, given);
  return withCards(session, signal, async ports => {
    if (keep) {
      const actor = await host.identities.whoAmI(folder, signal);
      await keepCard({ reference, file, folder, actor }, ports, signal);
    }
    const opened = await openCard(reference, folder, ports, signal, file);
    // What is kept is the file as it is: it is not changed in the same breath.
    if (!keep) await writeCard(opened, file, ports, signal);
    return opened.card;
  });
}

/** What led to a version, and what came of it. */
export function getLineage(
  reference: ModelVersionReference,
  session: Session,
  signal: AbortSignal,
): Promise<LineageGraph> {
  return withRegistries(session, signal, registries => lineageGraph(reference, registries, session.store, signal));
}

function withCards<T>(session: Session, signal: AbortSignal, use: (ports: CardPorts) => Promise<T>): Promise<T> {
  return withRegistries(session, signal, registries =>
    use({ ...createGovernancePorts(session.host, session.store), registries }),
  );
}
