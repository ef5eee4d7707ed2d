import { createDocumentLibrary, type DocumentLibrary, type LibraryDocument } from '../documents/library.ts';
import type { ParseDocument } from '../documents/parse.ts';
import { readFrameworks } from '../frameworks/library.ts';
import type { Digest } from '../ports/digest.ts';
import type { Files } from '../ports/files.ts';
import type { PolicyFinder, PolicyLibrary, PolicyListing, PolicySource } from './policy-set.ts';

/** The policy files at and below a folder, for an assessment. They are read once. */
export function createPolicyLibrary(
  files: Files,
  folder: string,
  digest: Digest,
  parse?: ParseDocument,
): PolicyLibrary {
  const finder = createPolicyFinder(createDocumentLibrary(files, folder, parse));
  return {
    ...finder,
    digest,
    async find(id, signal) {
      const sources = await finder.find(id, signal);
      return sources.map(source => ({
        ...source,
        text: source.parsed.text,
        digest: digest.sha256(source.parsed.text),
      }));
    },
  };
}

/** Finds policies among the documents a host has read. */
export function createPolicyFinder(documents: DocumentLibrary): PolicyFinder {
  return {
    async find(id, signal) {
      return (await documents.all('policy', signal)).flatMap(document => {
        const source = toSource(document);
        return source?.policy.id === id ? [source] : [];
      });
    },
    async list(signal) {
      return (await documents.all('policy', signal)).flatMap(listDocument);
    },
    frameworks: signal => readFrameworks(documents, signal),
  };
}

function toSource({ path, file, parsed }: LibraryDocument<'policy'>): PolicySource | undefined {
  return parsed.value === undefined ? undefined : { path, file, policy: parsed.value, parsed };
}

function listDocument({ path, file, parsed }: LibraryDocument<'policy'>): PolicyListing[] {
  const draft = parsed.draft;
  if (typeof draft !== 'object' || draft === null) return [];
  const { id, version } = draft as { readonly id?: unknown; readonly version?: unknown };
  if (typeof id !== 'string') return [];
  return [
    {
      id,
      version: typeof version === 'string' ? version : undefined,
      path,
      file,
      isBroken: parsed.value === undefined,
    },
  ];
}
