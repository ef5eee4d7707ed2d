import type { Ingestion } from '../../schemas/generated/messages.ts';
import type { IngestPorts } from './ports.ts';

/** Where an ingestion's files lie, absolute. */
export interface Places {
  /** Its record and report. */
  readonly folder: string;
  readonly state: string;
  readonly report: string;
  /** What was fetched, as it was fetched. */
  readonly download: string;
  /** The parts in `download`, with what is to be made of them. */
  readonly parts: string;
  /** The model's files. */
  readonly content: string;
  /** What was unpacked to be looked into. */
  readonly scratch: string;
  /** All of it that is not yet checked. */
  readonly quarantine: string;
}

export function placesOf(id: string, { files, store }: Pick<IngestPorts, 'files' | 'store'>): Places {
  const folder = files.resolve(store.path, `ingestions/${id}`);
  const quarantine = files.resolve(store.path, `quarantine/${id}`);
  return {
    folder,
    state: files.resolve(folder, 'state.json'),
    report: files.resolve(folder, 'report.json'),
    download: files.resolve(quarantine, 'download'),
    parts: files.resolve(quarantine, 'parts.json'),
    content: files.resolve(quarantine, 'content'),
    scratch: files.resolve(quarantine, 'scratch'),
    quarantine,
  };
}

/** How a file is packed, by its name: formats such as .pt and .keras are archives too, and stay as they are. */
export function packingOf(name: string): 'raw' | 'tar' | 'tar+gzip' | 'zip' {
  const lower = name.toLowerCase();
  if (lower.endsWith('.tar.gz') || lower.endsWith('.tgz')) return 'tar+gzip';
  if (lower.endsWith('.tar')) return 'tar';
  return lower.endsWith('.zip') ? 'zip' : 'raw';
}

/** The model's files while they are checked: in quarantine, or where they are to stay. `only` is the one file of the folder that counts. */
export function contentOf(
  { request, source, id }: Ingestion,
  ports: Pick<IngestPorts, 'files' | 'store'>,
): { readonly root: string; readonly only?: string } {
  const { address, kind } = source;
  if (request.reference === true && kind === 'folder') return { root: address };
  if (request.reference === true && kind === 'file' && packingOf(address) === 'raw')
    return { root: ports.files.parent(address), only: nameOfFile(address) };
  return { root: placesOf(id, ports).content };
}

/** Absolute path of one of the model's files. */
export function pathOf(ingestion: Ingestion, path: string, ports: Pick<IngestPorts, 'files' | 'store'>): string {
  return ports.files.resolve(contentOf(ingestion, ports).root, path);
}

export function nameOfFile(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}
