import type { FrameworkDefinition } from '../../../schemas/generated/files.ts';
import { WorkbenchError } from '../../base/errors.ts';
import { parseDocument } from '../../documents/parse.ts';
import { mostBytes } from '../../documents/too-large.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Digest } from '../../ports/digest.ts';
import type { Files } from '../../ports/files.ts';
import { readAtlas } from './atlas.ts';
import { readTable } from './csv.ts';
import { invalid, oneLine, slugOf, type FoundFramework } from './imported.ts';
import { readOscal } from './oscal.ts';
import { writeFramework } from './write.ts';

export type FrameworkFormat = 'atlas' | 'oscal' | 'csv';

/** A file that becomes a framework of the workspace, and what its file does not say or should say otherwise. */
export interface FrameworkImport {
  /** Absolute path. */
  readonly path: string;
  /** Found out by name and content where absent. */
  readonly format?: FrameworkFormat;
  readonly id?: string;
  readonly version?: string;
  readonly title?: string;
  /** Takes the publisher's texts over too; ids and names alone otherwise. */
  readonly withText?: boolean;
}

/** A framework file to be written. */
export interface ImportedFramework {
  readonly definition: FrameworkDefinition;
  readonly text: string;
  /** What the file is called where nobody says otherwise. */
  readonly name: string;
  /** What the person should know of it. */
  readonly notes: readonly string[];
}

export interface FrameworkImportPorts {
  readonly files: Files;
  readonly digest: Digest;
  readonly clock: Pick<Clock, 'now'>;
}

/** Larger sources are not read. */
const mostSourceBytes = 16 * 1024 * 1024;

/**
 * Reads ATLAS data, an OSCAL catalogue or a table as a framework. Writes nothing. Throws `file-invalid` for what is none or breaks its
 * bounds, `usage` where a version is needed, and what reading the file throws.
 */
export async function importFramework(
  request: FrameworkImport,
  { files, digest, clock }: FrameworkImportPorts,
  signal: AbortSignal,
): Promise<ImportedFramework> {
  const { path, withText = false } = request;
  const text = await files.readText(path, signal, mostSourceBytes);
  const hash = digest.startSha256();
  for await (const chunk of files.stream(path, signal)) hash.update(chunk);
  const fileName = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  const format = request.format ?? formatOf(fileName, text);
  const found = readAs(format, text, path, withText);
  const source = {
    name: oneLine(fileName, 400) ?? 'file',
    format,
    sha256: hash.hex(),
    imported: new Date(clock.now()).toISOString().slice(0, 10),
  };
  const definition = define(found, request, source);
  const written = writeFramework(definition);
  checkWritten(written, path, withText);
  return {
    definition,
    text: written,
    name: `${slugOf(definition.id)}-${slugOf(definition.version)}.framework.yaml`,
    notes: notesOn(definition, withText),
  };
}

/** What a file probably is, by its name and how it begins. */
function formatOf(fileName: string, text: string): FrameworkFormat {
  if (/\.(csv|tsv)$/i.test(fileName)) return 'csv';
  if (/\.json$/i.test(fileName) || /^\s*\{/.test(text.slice(0, 1_000))) return 'oscal';
  if (/\.ya?ml$/i.test(fileName)) return 'atlas';
  return 'csv';
}

function readAs(format: FrameworkFormat, text: string, path: string, withText: boolean): FoundFramework {
  if (format === 'atlas') return readAtlas(text, path, withText);
  if (format === 'csv') return readTable(text, path, withText);
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch (error) {
    throw invalid(path, `it is no JSON (${error instanceof Error ? error.message.slice(0, 200) : 'unreadable'})`);
  }
  return readOscal(root, path, withText);
}

function define(
  found: FoundFramework,
  request: FrameworkImport,
  source: NonNullable<FrameworkDefinition['source']> & { readonly name: string },
): FrameworkDefinition {
  const version = oneLine(request.version, 64) ?? found.version;
  if (version === undefined) {
    throw new WorkbenchError('usage', `${source.name} does not say which version it is.`, {
      remedy: 'Name the version, on the command line with --version.',
      place: { path: request.path },
    });
  }
  const id = request.id ?? found.id ?? slugOf(source.name.replace(/\.[^.]*$/, ''));
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$/.test(id)) {
    throw new WorkbenchError('usage', `\`${id}\` cannot be the id of a framework.`, {
      remedy: 'Use letters, digits, `.`, `_` and `-`, a letter or digit first.',
    });
  }
  const { publisher, license, url, relatedTitle, retired, entries } = found;
  return {
    id,
    version,
    title: oneLine(request.title, 200) ?? found.title ?? id,
    ...(publisher === undefined ? {} : { publisher }),
    ...(license === undefined ? {} : { license }),
    ...(url === undefined ? {} : { url }),
    source,
    ...(relatedTitle === undefined ? {} : { relatedTitle }),
    ...(retired.length === 0 ? {} : { retired: [...retired] }),
    entries: [...entries],
  };
}

/** What is written must be a file that policies can refer to. */
function checkWritten(text: string, path: string, withText: boolean): void {
  if (new TextEncoder().encode(text).length > mostBytes) {
    throw new WorkbenchError('file-too-large', `The framework file of ${path} would be larger than 1 MiB.`, {
      remedy: withText ? 'Import it without its texts.' : 'Import a part of it.',
      place: { path },
    });
  }
  const [fault] = parseDocument('framework', text).diagnostics.filter(({ severity }) => severity === 'error');
  if (fault !== undefined) throw invalid(path, fault.message.replace(/\.$/, ''));
}

function notesOn({ license, entries }: FrameworkDefinition, withText: boolean): readonly string[] {
  const notes: string[] = [];
  if (license === undefined)
    notes.push('The file does not say under which licence it stands. Find out, and write it as `license`.');
  if (withText && entries.some(({ description }) => description !== undefined))
    notes.push('Its texts came along. They are the publisher’s: check that its licence lets you keep and share them.');
  return notes;
}
