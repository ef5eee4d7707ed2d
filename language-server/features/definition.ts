import type { Location } from 'vscode-languageserver';
import type { DocumentPath } from '../../engine/documents/diagnostic.ts';
import { createPolicyFinder } from '../../engine/policies/library.ts';
import type { ParsedDocument } from '../../engine/documents/parse.ts';
import type { Statement } from '../../engine/policies/places.ts';
import { signalOf, type ServerContext } from '../context.ts';
import type { Feature } from '../feature.ts';
import { findTuningJob } from '../describe.ts';
import { collectBenchmarks, collectInherited } from '../policies.ts';
import { isFilePath, isModelPath, matchesPath, spotAt, type Spot } from '../tree.ts';
import { uriOfPath } from '../uris.ts';
import { mappingOf } from '../workspace.ts';

/** From a name to where it is declared: connections, platforms, tuning jobs, policies, controls, benchmarks; from a path to its file. */
export const definition: Feature = {
  capabilities: () => ({ definitionProvider: true }),
  register: registerDefinition,
};

function registerDefinition(context: ServerContext): void {
  const { connection, documents, parsed, workspace } = context;
  connection.onDefinition(async ({ textDocument, position }, token): Promise<Location | undefined> => {
    const { uri } = textDocument;
    const document = documents.get(uri);
    const read = document && parsed.parse(document);
    if (document === undefined || read === undefined) return undefined;
    const spot = spotAt(read, document.offsetAt(position));
    if (spot?.part !== 'value' || spot.text === undefined || spot.text === '') return undefined;
    const { path, text } = spot;
    const signal = signalOf(token);
    if (isFilePath(read.kind, path)) {
      const target = workspace.resolve(uri, text);
      return target === undefined ? undefined : startOf(target);
    }
    if (isModelPath(read.kind, path)) {
      const job = await findTuningJob(workspace, uri, text, signal);
      return job === undefined
        ? findDeclared(context, uri, 'connections', text, signal)
        : locate({ document: job, path: ['name'] });
    }
    if (read.kind === 'tune')
      return matchesPath(path, 'platform') ? findDeclared(context, uri, 'compute', text, signal) : undefined;
    return read.kind === 'policy' ? findInPolicy(context, uri, read, spot, signal) : undefined;
  });
}

async function findDeclared(
  { workspace }: ServerContext,
  uri: string,
  section: 'connections' | 'compute',
  name: string,
  signal: AbortSignal,
): Promise<Location | undefined> {
  const path = await workspace.findWorkbench(uri);
  const workbench = await workspace.readWorkbench(uri, signal);
  if (path === undefined || workbench === undefined) return undefined;
  if (!Object.hasOwn(mappingOf(mappingOf(workbench.draft)[section]), name)) return undefined;
  return { uri: uriOfPath(path), range: workbench.locate([section, name], 'key') };
}

async function findInPolicy(
  { workspace }: ServerContext,
  uri: string,
  parsed: ParsedDocument,
  { path, text = '' }: Spot,
  signal: AbortSignal,
): Promise<Location | undefined> {
  const library = await workspace.library(uri);
  if (library === undefined) return undefined;
  if (matchesPath(path, 'extends.*.id')) {
    const [policy] = await createPolicyFinder(library).find(text, signal);
    return policy && locate({ document: policy, path: ['id'] });
  }
  if (matchesPath(path, 'controls.*.checks.*.benchmark')) {
    const found = (await collectBenchmarks(library, signal)).find(({ benchmark }) => benchmark.name === text);
    return found && startOf(found.path);
  }
  const isControl = matchesPath(path, 'controls.*.id');
  if (!isControl && !matchesPath(path, 'controls.*.checks.*.id')) return undefined;
  const { controls } = await collectInherited(parsed.draft, library, signal);
  const stated = isControl
    ? controls.get(text)?.origin
    : [...controls.values()].flatMap(({ checks }) => checks.get(text)?.stated ?? [])[0];
  return stated && locateStatement(stated);
}

function locateStatement({ document, path }: Statement): Location {
  return locate({ document, path: [...path, 'id'] });
}

function locate(place: {
  readonly document: { readonly path: string; readonly parsed: ParsedDocument };
  readonly path: DocumentPath;
}): Location {
  return { uri: uriOfPath(place.document.path), range: place.document.parsed.locate(place.path, 'value') };
}

function startOf(path: string): Location {
  const start = { line: 0, character: 0 };
  return { uri: uriOfPath(path), range: { start, end: start } };
}
