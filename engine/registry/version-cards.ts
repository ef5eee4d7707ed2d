import type { Artifact, DocArtifact } from '../../schemas/generated/messages.ts';

/** Name of the artifact that is a version's first model card; later ones are `model-card.2`, `model-card.3`, … */
export const modelCardName = 'model-card';

/** Property of a later card: when it was kept, milliseconds since the epoch. The first is as old as its version. */
export const cardStoredAt = 'aiw.stored_at';

/** A version's cards, oldest first. None is ever exchanged: what was assessed stays what was assessed. */
export function cardsOf(artifacts: readonly Artifact[]): readonly DocArtifact[] {
  return artifacts
    .filter((artifact): artifact is DocArtifact => artifact.artifactType === 'doc-artifact')
    .filter(({ name }) => numberOf(name) > 0)
    .sort((a, b) => numberOf(a.name) - numberOf(b.name));
}

export function newestCard(artifacts: readonly Artifact[]): DocArtifact | undefined {
  return cardsOf(artifacts).at(-1);
}

/** Name for the next card of a version. */
export function nextCardName(artifacts: readonly Artifact[]): string {
  const newest = newestCard(artifacts);
  return newest === undefined ? modelCardName : `${modelCardName}.${String(numberOf(newest.name) + 1)}`;
}

/** When a card was kept; absent for the first one, which came with its version. */
export function storedAtOf({ customProperties }: DocArtifact): number | undefined {
  const at = customProperties?.[cardStoredAt];
  return typeof at === 'number' && Number.isFinite(at) ? at : undefined;
}

/** 0 for what is no card. */
function numberOf(name: string): number {
  if (name === modelCardName) return 1;
  const number = /^model-card\.([1-9]\d{0,5})$/.exec(name)?.[1];
  return number === undefined ? 0 : Number(number);
}
