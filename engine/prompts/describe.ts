import type { PromptDescription, PromptBenchmark } from '../../schemas/generated/messages.ts';
import { omit } from '../base/omit.ts';
import { invalidFileError } from '../documents/failure.ts';
import { createDocumentLibrary } from '../documents/library.ts';
import { parseDocument } from '../documents/parse.ts';
import { benchmarksOf } from '../diagnostics/policy-checks.ts';
import { readPromptVariables } from '../documents/prompt-variables.ts';
import type { Files } from '../ports/files.ts';
import type { Workspace } from '../workspace/workspace.ts';

const mostUses = 50;

/**
 * What a prompt file needs to be tried, and the benchmarks whose rows it could be tried with. `path` is absolute. Throws `file-invalid` where
 * the prompt has errors.
 */
export async function describePrompt(
  { path, text }: { readonly path: string; readonly text?: string },
  workspace: Workspace,
  files: Files,
  signal: AbortSignal,
): Promise<PromptDescription> {
  const parsed = parseDocument('trial', text ?? (await files.readText(path, signal)));
  const variables = readPromptVariables(parsed);
  if (parsed.value === undefined || variables === undefined) throw invalidFileError(path, parsed.diagnostics);
  const { name, model } = parsed.value;
  const connection = model === undefined ? undefined : connectionMeant(model, workspace);
  return {
    name: name ?? files.relative(workspace.folder, path),
    ...(connection === undefined ? {} : { model: connection }),
    variables: [...variables],
    uses: await findUses(path, workspace.folder, files, signal),
  };
}

/** A prompt names its model as a connection, or as the provider and its model. */
function connectionMeant(model: string, { config }: Workspace): string | undefined {
  const connections = Object.entries(config.connections ?? {});
  const found =
    connections.find(([name]) => name === model) ??
    connections.find(
      ([, connection]) => 'model' in connection && `${connection.provider}/${String(connection.model)}` === model,
    );
  return found?.[0];
}

async function findUses(path: string, folder: string, files: Files, signal: AbortSignal): Promise<PromptBenchmark[]> {
  const benchmarks = await benchmarksOf(createDocumentLibrary(files, folder), signal);
  const base = files.parent(path);
  return benchmarks
    .filter(source =>
      (source.benchmark.prompts ?? []).some(prompt => files.resolve(files.parent(source.path), prompt) === path),
    )
    .slice(0, mostUses)
    .map(({ path: file, benchmark }) => {
      const dataset = omit(benchmark.dataset, 'card', 'limit');
      const rows = files.resolve(files.parent(file), dataset.path);
      return {
        benchmark: benchmark.name,
        file: files.relative(folder, file),
        dataset: { ...dataset, path: files.relative(base, rows) },
        models: [...benchmark.models],
      };
    });
}
