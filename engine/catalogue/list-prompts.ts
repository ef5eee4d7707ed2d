import type { PromptEntry, PromptFigure, PromptList, PromptUse, RunSummary } from '../../schemas/generated/messages.ts';
import { hasErrors } from '../documents/diagnostic.ts';
import { shortPlace } from '../documents/findings.ts';
import { createDocumentLibrary } from '../documents/library.ts';
import { parseDocument } from '../documents/parse.ts';
import { checkPrompt } from '../diagnostics/prompt-checks.ts';
import { readPromptVariables } from '../documents/prompt-variables.ts';
import { mostBytes } from '../documents/too-large.ts';
import type { Files } from '../ports/files.ts';
import type { Store } from '../ports/store.ts';

const endings = ['.prompt.yml', '.prompt.yaml'];
const mostRuns = 1_000;

/** The folder's prompt files, who uses them, and how they came out in the newest run that asked them. */
export async function listPrompts(
  { files, store }: { readonly files: Files; readonly store: Pick<Store, 'listRuns'> },
  folder: string,
  signal: AbortSignal,
): Promise<PromptList> {
  const uses = await findPromptUses(files, folder, signal);
  const figures = figuresOf(await store.listRuns({ kind: 'benchmark', limit: mostRuns }), files, folder);
  const prompts: PromptEntry[] = [];
  for (const path of await files.find(folder, endings, signal)) {
    const entry = await describePrompt(path, files, folder, signal);
    if (entry === undefined) continue;
    prompts.push({ ...entry, uses: [...(uses.get(path) ?? [])], figures: [...(figures.get(path) ?? [])] });
  }
  return { prompts };
}

/** Absent when the file cannot be read: whoever opens it is told. */
async function describePrompt(
  path: string,
  files: Files,
  folder: string,
  signal: AbortSignal,
): Promise<Omit<PromptEntry, 'uses' | 'figures'> | undefined> {
  let text: string;
  try {
    text = await files.readText(path, signal, mostBytes);
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
  const parsed = parseDocument('prompt', text);
  const { value, draft, diagnostics } = parsed;
  const found = [...diagnostics, ...(hasErrors(diagnostics) ? [] : checkPrompt(parsed))];
  const { name, description, model } = (value ?? draft ?? {}) as Readonly<Record<string, unknown>>;
  const file = files.relative(folder, path);
  return {
    path: file,
    name: typeof name === 'string' ? name : file,
    ...(typeof description === 'string' ? { description } : {}),
    ...(typeof model === 'string' ? { model } : {}),
    variables: [...(readPromptVariables(parsed) ?? [])],
    messages: value?.messages.length ?? 0,
    diagnostics: found.filter(({ severity }) => severity === 'error').length,
  };
}

/** The benchmarks that name a prompt, by its absolute path; broken ones count as well. */
async function findPromptUses(
  files: Files,
  folder: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly PromptUse[]>> {
  const uses = new Map<string, PromptUse[]>();
  for (const { path, file, parsed } of await createDocumentLibrary(files, folder).all('bench', signal)) {
    const { name, prompts } = (parsed.draft ?? {}) as Readonly<Record<string, unknown>>;
    if (!Array.isArray(prompts)) continue;
    prompts.forEach((written: unknown, index) => {
      if (typeof written !== 'string') return;
      const prompt = files.resolve(files.parent(path), written);
      const line = shortPlace(parsed, ['prompts', index]).start.line + 1;
      const use = { file, line, name: typeof name === 'string' ? name : file };
      uses.set(prompt, [...(uses.get(prompt) ?? []), use]);
    });
  }
  return uses;
}

/** Figures of the newest run that has some, by the prompt's absolute path. A run names prompts as its file writes them. */
function figuresOf(
  runs: readonly RunSummary[],
  files: Files,
  folder: string,
): ReadonlyMap<string, readonly PromptFigure[]> {
  const figures = new Map<string, PromptFigure[]>();
  for (const { id, name, file, headlines, endedAt } of runs) {
    if (endedAt === undefined) continue;
    const own = new Map<string, PromptFigure[]>();
    for (const { prompt, model, label, value, unit } of headlines) {
      if (prompt === undefined) continue;
      const path = files.resolve(files.parent(files.resolve(folder, file)), prompt);
      const figure = {
        runId: id,
        benchmark: name,
        model,
        label,
        value,
        endedAt,
        ...(unit === undefined ? {} : { unit }),
      };
      own.set(path, [...(own.get(path) ?? []), figure]);
    }
    for (const [path, found] of own) if (!figures.has(path)) figures.set(path, found);
  }
  return figures;
}
