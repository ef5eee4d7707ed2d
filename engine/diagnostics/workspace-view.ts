import type { Benchmark, Workbench } from '../../schemas/generated/files.ts';
import { WorkbenchError } from '../base/errors.ts';
import { readColumns } from '../datasets/columns.ts';
import type { DatasetFormat } from '../datasets/formats.ts';
import type { DatasetPart } from '../datasets/huggingface/layout.ts';
import { sampleColumns, type DatasetSample } from '../datasets/sample-columns.ts';
import { digestOfFile } from '../datasets/pinned.ts';
import type { Digest } from '../ports/digest.ts';
import type { FileFacts, Files } from '../ports/files.ts';
import { declaredRegistries } from '../registry/declared.ts';
import type { RelatedPlace } from '../documents/diagnostic.ts';
import { shortPlace } from '../documents/findings.ts';
import { parsePromptVariables } from '../documents/prompt-variables.ts';
import { parseDocument, type ParsedDocument } from '../documents/parse.ts';
import type { KnownJob } from './registry-checks.ts';
import type { Remembered } from './remembered.ts';

/** Names that workbench.yaml declares: of connections, of platforms, or of registries. */
export type DeclaredNames =
  | {
      readonly state: 'known';
      readonly names: readonly string[];
      /** Where they are declared. */
      readonly place?: RelatedPlace;
      /** Beside platforms: the type of each, by its name. */
      readonly types?: Readonly<Record<string, string>>;
      /** Beside connections: the one that judges where a metric names none. */
      readonly judge?: string;
      /** Beside connections: the registered versions that they say they serve. */
      readonly serves?: readonly string[];
    }
  /** There is no workbench.yaml above the file. */
  | { readonly state: 'absent' }
  /** There is one and it has errors, which are told there. */
  | { readonly state: 'broken' };

/** What the checks of a file see of the files around it. Paths are as the file writes them. */
export interface WorkspaceView {
  connections(signal: AbortSignal): Promise<DeclaredNames>;
  /** Platforms under `compute`. */
  platforms(signal: AbortSignal): Promise<DeclaredNames>;
  /** Registries that models are shared in, beside the local one. */
  registries?(signal: AbortSignal): Promise<DeclaredNames>;
  /** Absent when nothing is there. */
  fileFacts(path: string, signal: AbortSignal): Promise<FileFacts | undefined>;
  /** Absent when the columns cannot be told: no rows, or not readable. */
  datasetColumns(
    path: string,
    format: DatasetFormat | undefined,
    signal: AbortSignal,
    part?: DatasetPart,
  ): Promise<readonly string[] | undefined>;
  /** Why the columns cannot be told, in a sentence or two; absent where that is not known. */
  datasetFault?(
    path: string,
    format: DatasetFormat | undefined,
    signal: AbortSignal,
    part?: DatasetPart,
  ): Promise<string | undefined>;
  /** The digest that pins a file's content; absent where nothing is there, or it is not computed. */
  fileDigest?(path: string, signal: AbortSignal): Promise<string | undefined>;
  /** Names the prompt's messages read; absent when the prompt file is missing or has errors of its own. */
  promptVariables(path: string, signal: AbortSignal): Promise<readonly string[] | undefined>;
  /** A prompt file, read; absent when it is missing. */
  prompt?(path: string, signal: AbortSignal): Promise<ReadPrompt | undefined>;
  /** A short text file; absent when it is missing, or too long to be one. */
  shortText?(path: string, signal: AbortSignal): Promise<string | undefined>;
  /** What the first rows hold in some columns; absent when they cannot be read. */
  sample?(
    path: string,
    format: DatasetFormat | undefined,
    part: DatasetPart,
    columns: readonly string[],
    signal: AbortSignal,
  ): Promise<DatasetSample | undefined>;
  /** Digest and number of the rows a benchmark asks now, `limit` at most; absent when they cannot be read. Reads the whole dataset. */
  scan?(
    benchmark: Benchmark,
    limit: number | undefined,
    signal: AbortSignal,
  ): Promise<{ readonly rows: number; readonly digest: string } | undefined>;
  /** The tuning jobs among the workspace's files. */
  tuningJobs?(signal: AbortSignal): Promise<readonly KnownJob[]>;
  /** What the workspace's store remembers. */
  readonly remembered?: Remembered | undefined;
}

/** A prompt file, read. */
export interface ReadPrompt {
  /** Absolute path. */
  readonly path: string;
  readonly parsed: ParsedDocument<'prompt'>;
}

/** Longer texts are no rubric. */
const longestShortText = 256 * 1024;

/**
 * The view from one file: its own folder, and the workbench.yaml that applies to it (absent when there is none).
 * Reads files anew on every call; hosts that ask often wrap it. Without `digest`, files are not held to what pins them.
 */
export function viewWorkspace(
  files: Files,
  folder: string,
  workbenchPath: string | undefined,
  digest?: Digest,
): WorkspaceView {
  async function declared(section: DeclaredSection, signal: AbortSignal): Promise<DeclaredNames> {
    if (workbenchPath === undefined) return { state: 'absent' };
    const text = await readIfThere(files, workbenchPath, signal);
    if (text === undefined) return { state: 'absent' };
    return declaredNames(parseDocument('workbench', text), section, workbenchPath);
  }

  return {
    connections: signal => declared('connections', signal),
    platforms: signal => declared('compute', signal),
    registries: signal => declared('registries', signal),
    fileFacts: path => files.facts(files.resolve(folder, path)),
    async datasetColumns(path, format, signal, part) {
      try {
        const columns = await readColumns(files, files.resolve(folder, path), format, signal, part);
        return columns.length === 0 ? undefined : columns;
      } catch {
        signal.throwIfAborted();
        return undefined;
      }
    },
    async datasetFault(path, format, signal, part) {
      try {
        await readColumns(files, files.resolve(folder, path), format, signal, part);
        return undefined;
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof WorkbenchError)) return undefined;
        return error.remedy === undefined ? error.message : `${error.message} ${error.remedy}`;
      }
    },
    async fileDigest(path, signal) {
      if (digest === undefined) return undefined;
      try {
        return await digestOfFile(files, digest, files.resolve(folder, path), signal);
      } catch {
        signal.throwIfAborted();
        return undefined;
      }
    },
    async promptVariables(path, signal) {
      const text = await readIfThere(files, files.resolve(folder, path), signal);
      return text === undefined ? undefined : parsePromptVariables(text);
    },
    async prompt(path, signal) {
      const absolute = files.resolve(folder, path);
      const text = await readIfThere(files, absolute, signal);
      return text === undefined ? undefined : { path: absolute, parsed: parseDocument('prompt', text) };
    },
    shortText: (path, signal) => readIfThere(files, files.resolve(folder, path), signal, longestShortText),
    async sample(path, format, part, columns, signal) {
      try {
        return await sampleColumns(files, { path: files.resolve(folder, path), format, part }, columns, signal);
      } catch {
        signal.throwIfAborted();
        return undefined;
      }
    },
  };
}

/** Where names are declared, as findings point at it. */
export function relatedPlaces(declared: DeclaredNames): readonly RelatedPlace[] {
  return declared.state === 'known' && declared.place !== undefined ? [declared.place] : [];
}

/** Sections of a workbench.yaml whose names other files use. */
export type DeclaredSection = 'connections' | 'compute' | 'registries';

/** What a workbench.yaml declares in one of its sections. */
export function declaredNames(
  parsed: ParsedDocument<'workbench'>,
  section: DeclaredSection,
  path?: string,
): DeclaredNames {
  if (!parsed.value) return { state: 'broken' };
  const { judge } = parsed.value;
  return {
    state: 'known',
    names:
      section === 'registries'
        ? [...new Set(declaredRegistries({ config: parsed.value }).map(({ name }) => name))]
        : Object.keys(parsed.value[section] ?? {}),
    ...(path !== undefined && { place: declarationPlace(parsed, section, path) }),
    ...(judge === undefined || section !== 'connections' ? {} : { judge }),
    ...(section === 'compute' ? { types: typesOf(parsed.value) } : {}),
    ...(section === 'connections' ? { serves: servedBy(parsed.value) } : {}),
  };
}

function typesOf({ compute = {} }: Workbench): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(compute).map(([name, { type }]) => [name, type]));
}

function servedBy({ connections = {} }: Workbench): readonly string[] {
  return Object.values(connections).flatMap(connection =>
    'registered' in connection && connection.registered !== undefined ? [connection.registered] : [],
  );
}

function declarationPlace(parsed: ParsedDocument<'workbench'>, section: DeclaredSection, path: string): RelatedPlace {
  if (section === 'registries' && parsed.value?.registries === undefined && parsed.value?.registry !== undefined)
    return { path, message: 'The registry.', range: shortPlace(parsed, ['registry'], 'key') };
  const isThere = parsed.value?.[section] !== undefined;
  const message = isThere ? `What is declared under \`${section}\`.` : `\`${section}\` would be declared in this file.`;
  return { path, message, range: isThere ? shortPlace(parsed, [section], 'key') : parsed.rangeAt(0, 0) };
}

async function readIfThere(
  files: Files,
  path: string,
  signal: AbortSignal,
  limit?: number,
): Promise<string | undefined> {
  try {
    return await files.readText(path, signal, limit);
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}
