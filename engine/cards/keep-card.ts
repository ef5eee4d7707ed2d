import type { DocArtifact, Identity } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import { readCard } from '../registry/read-card.ts';
import { blobUri } from '../registry/blob-uri.ts';
import { formatReference, type RegistryReference } from '../base/registry-reference.ts';
import { readVersion } from '../versions/read-version.ts';
import { figuresOf } from './card-figures.ts';
import { readMetadata } from './make-card.ts';
import type { CardPorts } from './open-card.ts';
import { cardsOf, cardStoredAt, nextCardName } from '../registry/version-cards.ts';

/** A file that becomes a version's card. */
export interface CardToKeep {
  readonly reference: RegistryReference;
  /** Absolute path. */
  readonly file: string;
  /** Absolute path of the workspace folder. */
  readonly folder: string;
  readonly actor: Identity;
  /** Whether the results in its `model-index` become figures of the version. */
  readonly figures?: boolean;
}

export interface KeptCard {
  readonly artifact: DocArtifact;
  /** Whether this very text was its newest card already. */
  readonly was: boolean;
  /** Added figures. */
  readonly figures: number;
  /** Results of the card that are no figures. */
  readonly leftOut: number;
}

/**
 * Keeps a file's text with a version, as its newest card. The cards before stay: what was assessed and approved stays what it was, and
 * the next assessment reads the new one. Throws `file-not-found`, `file-too-large`, `file-invalid` for what is no card, `usage` where a
 * registry keeps no files, and what asking a registry elsewhere may throw.
 */
export async function keepCard(
  { reference, file, folder, actor, figures: withFigures = false }: CardToKeep,
  ports: CardPorts,
  signal: AbortSignal,
): Promise<KeptCard> {
  const { files, digest, clock, registries, store } = ports;
  const shownPath = files.relative(folder, file);
  const { bytes, text } = await readCard(files, file, shownPath, signal);
  const metadata = readMetadataOf(text, file);
  const imported = withFigures ? figuresOf(metadata['model-index'], clock.now(), digest) : { figures: [], leftOut: 0 };
  const { details } = await readVersion(reference, registries, store, signal);
  const { model, version } = details.version;
  const registry = registries.open(reference.registry);
  const own = digest.sha256(bytes);
  const cards = cardsOf(details.artifacts);
  const newest = cards.at(-1);
  const isSame = newest?.digest === own;
  const artifact: DocArtifact = isSame
    ? newest
    : {
        artifactType: 'doc-artifact',
        name: nextCardName(details.artifacts),
        uri: '',
        digest: own,
        bytes: bytes.length,
        ...(shownPath.startsWith('..') || /^(?:\/|[A-Za-z]:)/.test(shownPath) ? {} : { path: shownPath }),
        customProperties: { [cardStoredAt]: clock.now() },
      };
  const known = new Set(details.artifacts.map(({ artifactType, name }) => `${artifactType} ${name}`));
  const added = imported.figures.filter(({ artifactType, name }) => !known.has(`${artifactType} ${name}`));
  signal.throwIfAborted();
  const uri = isSame ? artifact.uri : await putCard(bytes);
  const kept = { ...artifact, uri };
  if (!isSame || added.length > 0)
    await registry.addArtifacts(model, version, [...(isSame ? [] : [kept]), ...added], actor, signal);
  return { artifact: kept, was: isSame, figures: added.length, leftOut: imported.leftOut };

  async function putCard(content: Uint8Array): Promise<string> {
    if (reference.registry === undefined) return blobUri((await store.blobs.put(content)).digest);
    if (registry.capabilities.keepsContent)
      return registry.putContent(model, version, `${artifact.name}.md`, content, actor, signal);
    throw new WorkbenchError('usage', `The registry ${registry.name} keeps no files, so no model card.`, {
      remedy: `Keep the card with the local version it was published from, or write it to a file: \`aiwb registry card ${formatReference({ ...reference, version })} --out FILE.md\`.`,
    });
  }
}

function readMetadataOf(text: string, file: string): Readonly<Record<string, unknown>> {
  try {
    return readMetadata(text);
  } catch (error) {
    if (!(error instanceof WorkbenchError)) throw error;
    throw new WorkbenchError(error.code, error.message, {
      ...(error.remedy === undefined ? {} : { remedy: error.remedy }),
      place: { path: file },
      cause: error,
    });
  }
}
