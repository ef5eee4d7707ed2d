import type { ModelCard, ModelVersion } from '../../schemas/generated/messages.ts';
import { toWorkbenchError, WorkbenchError } from '../base/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Digest } from '../ports/digest.ts';
import type { Identities } from '../ports/identity.ts';
import { readTrail } from '../promotion/trail.ts';
import { readCard } from '../registry/read-card.ts';
import type { RegistryReference } from '../base/registry-reference.ts';
import { renderCardHtml } from './card-html.ts';
import type { CardRecord } from './card-record.ts';
import { makeCard, versionOfCard, type MadeCard } from './make-card.ts';
import { readRecord, type RecordPorts } from './read-record.ts';
import { newestCard } from '../registry/version-cards.ts';

export interface CardPorts extends RecordPorts {
  readonly digest: Digest;
  readonly clock: Clock;
  readonly identities: Identities;
}

/** A version's card, made from what is recorded now over what people wrote, and where that was. */
export interface OpenedCard {
  readonly record: CardRecord;
  readonly made: MadeCard;
  readonly card: ModelCard;
  /** The text that `made` brings up to date; empty for a new card. */
  readonly earlier: string;
}

/**
 * Makes a version's model card over the file it is edited in, else over the card that is kept with it. Writes nothing. Throws
 * `registry-not-found`, `file-invalid` for front matter that cannot be read, and what asking a registry elsewhere may throw.
 * @param folder absolute path of the workspace folder
 * @param file absolute path of the file to bring up to date, in place of the one that is looked for
 */
export async function openCard(
  reference: RegistryReference,
  folder: string,
  ports: CardPorts,
  signal: AbortSignal,
  file?: string,
): Promise<OpenedCard> {
  const record = await readRecord(reference, folder, ports, signal);
  const { version, artifacts } = record.details;
  const kept = newestCard(artifacts);
  const notes: string[] = [];
  const found =
    file === undefined
      ? await findFile(record, folder, ports, signal)
      : { path: ports.files.relative(folder, file), text: await readIfThere(file, folder, ports, signal) };
  let earlier = found.text;
  if (earlier === undefined && kept !== undefined) {
    try {
      earlier = await readKept(record, ports, signal);
    } catch (error) {
      signal.throwIfAborted();
      notes.push(`The card that is kept with the version cannot be read: ${toWorkbenchError(error).message}`);
    }
  }
  const made = makeCard(record, earlier ?? '', ports.digest);
  const assessed = reference.registry === undefined ? await assessedCard(version, ports) : undefined;
  const older = assessed !== undefined && assessed !== kept?.digest ? assessed : undefined;
  if (older !== undefined)
    notes.push(`The newest assessment read another card than the newest one: sha256 ${older.slice(0, 12)}…`);
  const { registry } = record;
  return {
    record,
    made,
    earlier: earlier ?? '',
    card: {
      ...(registry === undefined ? {} : { registry }),
      model: version.model,
      version: version.version,
      text: made.text,
      html: renderCardHtml(made.text, `Model card of ${version.model}@${version.version}`),
      ...(kept?.digest === undefined ? {} : { digest: kept.digest }),
      ...(older === undefined ? {} : { assessedDigest: older }),
      path: found.path,
      fields: [...made.fields],
      completeness: made.completeness,
      notes: [...made.notes, ...notes],
    },
  };
}

/** Writes a card's text where the file does not say it already. Returns whether it did. */
export async function writeCard(
  opened: OpenedCard,
  file: string,
  ports: CardPorts,
  signal: AbortSignal,
): Promise<boolean> {
  const there = await readRaw(file, ports, signal);
  if (there === opened.made.text) return false;
  await ports.files.writeText(file, opened.made.text);
  return true;
}

interface FoundFile {
  /** Relative to the workspace folder. */
  readonly path: string;
  readonly text: string | undefined;
}

/**
 * The file a version's card is edited in: where its card was read from, else `cards/MODEL.md`. One that is of another version and
 * newer, or that somebody changed since an older version was registered with it, is left alone: then it is `cards/MODEL-VERSION.md`.
 */
async function findFile(
  { details, model }: CardRecord,
  folder: string,
  ports: CardPorts,
  signal: AbortSignal,
): Promise<FoundFile> {
  const { version, artifacts } = details;
  const kept = newestCard(artifacts);
  const own = `cards/${fileName(`${version.model}-${version.version}`)}.md`;
  let isTaken = false;
  for (const path of [...new Set([kept?.path, `cards/${fileName(version.model)}.md`])]) {
    if (path === undefined || !isInside(path)) continue;
    const file = ports.files.resolve(folder, path);
    const text = await readIfThere(file, folder, ports, signal);
    if (text === undefined) {
      if (path === kept?.path) continue;
      if (isTaken) break;
      const ownText = await readIfThere(ports.files.resolve(folder, own), folder, ports, signal);
      return ownText === undefined ? { path, text } : { path: own, text: ownText };
    }
    const isCurrent =
      kept === undefined || kept.digest === ports.digest.sha256(text) || model.latest === version.version;
    if (await mayContinue(text, isCurrent, version, ports, signal)) return { path, text };
    isTaken = true;
  }
  return { path: own, text: await readIfThere(ports.files.resolve(folder, own), folder, ports, signal) };
}

/** Whether a file may become this version's card: it is of this version, of an earlier one of the same model, or of nobody's yet. */
async function mayContinue(
  text: string,
  isCurrent: boolean,
  version: ModelVersion,
  { registries }: CardPorts,
  signal: AbortSignal,
): Promise<boolean> {
  const of = versionOfCard(text);
  if (of === undefined) return isCurrent;
  if (of.model !== version.model || of.registry !== version.registry) return false;
  if (of.version === version.version) return true;
  try {
    const other = await registries.open(of.registry).getVersion(of.model, of.version, signal);
    return other.createdAt < version.createdAt;
  } catch (error) {
    if (error instanceof WorkbenchError && error.code === 'registry-not-found') return false;
    throw error;
  }
}

/** Model names elsewhere may hold anything. */
function fileName(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[.-]+/, '');
  return plain === '' ? 'model' : plain.slice(0, 120);
}

/** Paths in records may come from anywhere. */
function isInside(path: string): boolean {
  return path !== '' && !/^(?:[\\/]|[A-Za-z]:)/.test(path) && !path.split(/[\\/]/).includes('..');
}

async function readIfThere(
  file: string,
  folder: string,
  { files }: CardPorts,
  signal: AbortSignal,
): Promise<string | undefined> {
  if ((await files.facts(file)) === undefined) return undefined;
  return (await readCard(files, file, files.relative(folder, file), signal)).text;
}

async function readRaw(file: string, ports: CardPorts, signal: AbortSignal): Promise<string | undefined> {
  return readIfThere(file, ports.files.parent(file), ports, signal);
}

/** The text of the newest card that is kept with a version. Throws `blob-missing`, `record-tampered`, `file-invalid`. */
async function readKept({ registry, details }: CardRecord, ports: CardPorts, signal: AbortSignal): Promise<string> {
  const kept = newestCard(details.artifacts);
  if (kept === undefined) return '';
  const bytes =
    registry === undefined && kept.digest !== undefined
      ? await ports.store.blobs.read(kept.digest)
      : await ports.registries.open(registry).readContent(kept.uri, signal);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new WorkbenchError('file-invalid', 'The card that is kept with the version is no UTF-8 text.', { cause });
  }
}

/** Digest of the card that a version's newest assessment read; absent where it read none. */
async function assessedCard({ model, version }: ModelVersion, { store }: CardPorts): Promise<string | undefined> {
  try {
    const { assessment } = await readTrail(model, version, store.ledger);
    const evidence = assessment?.content.controls.flatMap(({ checks }) => checks.flatMap(each => each.evidence)) ?? [];
    return evidence.find(({ kind, digest }) => kind === 'model-card' && digest !== undefined)?.digest;
  } catch (error) {
    // Nothing counts that was changed; what is wrong is told where the assessment is shown.
    if (error instanceof WorkbenchError && error.code === 'record-tampered') return undefined;
    throw error;
  }
}
