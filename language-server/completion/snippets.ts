import type { DocumentPath } from '../../engine/documents/diagnostic.ts';
import type { DocumentKind } from '../../engine/documents/kinds.ts';
import type { Snippet } from './sketch.ts';
import { benchSnippets } from './snippets-bench.ts';
import { frameworkSnippets } from './snippets-framework.ts';
import { policySnippets } from './snippets-policy.ts';
import { promptSnippets } from './snippets-prompt.ts';
import { tuneSnippets } from './snippets-tune.ts';
import { workbenchSnippets } from './snippets-workbench.ts';
import { matchesPath } from '../tree.ts';

const byKind: Readonly<Record<DocumentKind, readonly Snippet[]>> = {
  bench: benchSnippets,
  tune: tuneSnippets,
  policy: policySnippets,
  framework: frameworkSnippets,
  workbench: workbenchSnippets,
  prompt: promptSnippets,
  trial: promptSnippets,
  comparison: [],
};

/** Every snippet of a kind of file. */
export function listSnippets(kind: DocumentKind): readonly Snippet[] {
  return byKind[kind];
}

/** What can be written into the mapping at `path`, which has the fields `present`. */
export function snippetsAt(kind: DocumentKind, path: DocumentPath, present: readonly string[]): readonly Snippet[] {
  return byKind[kind].filter(snippet => {
    if (path.length === 0 ? snippet.at !== '' : !matchesPath(path, snippet.at)) return false;
    if (snippet.whole === true) return present.length === 0;
    if (snippet.named !== undefined) return true;
    // An empty file is started with what it must have.
    if ((snippet.at === '' || snippet.beside === true) && present.length === 0) return false;
    return !snippet.sketch.fields.some(([name]) => typeof name === 'string' && present.includes(name));
  });
}
