import { WorkbenchError } from '../../base/errors.ts';
import type { Files } from '../../ports/files.ts';

/** A file of a model's folder on this machine. */
export interface ModelFolderFile {
  /** Relative to the model's folder. */
  readonly path: string;
  readonly source: string;
  readonly bytes: number;
}

/** What Transformers reads beside the weights. */
const wanted = ['.safetensors', '.json', '.txt', '.model', '.jinja', '.tiktoken', '.bpe', '.vocab'];

/** Weights that run code when they are loaded. */
const pickled = ['.bin', '.pt', '.pth', '.ckpt', '.pkl'];

const mostFiles = 2000;

/**
 * The files of a Transformers model or a PEFT adapter in a folder, as far as they are loaded. Throws `file-not-found` where there is no such
 * folder, `model-unsuitable` for what is no model, and for one whose weights are pickled: loading those runs their code.
 */
export async function listModelFolder(
  folder: string,
  files: Files,
  signal: AbortSignal,
): Promise<readonly ModelFolderFile[]> {
  const facts = await files.facts(folder);
  if (facts?.kind !== 'folder') {
    throw new WorkbenchError('file-not-found', `There is no folder ${folder}.`, {
      remedy: 'Name the folder with the model’s config.json; a relative path starts from the file that names it.',
      place: { path: folder },
    });
  }
  const found = await files.find(folder, wanted, signal, mostFiles);
  const listed: ModelFolderFile[] = [];
  for (const source of found) {
    const { size = 0 } = (await files.facts(source)) ?? {};
    listed.push({ path: files.relative(folder, source), source, bytes: size });
    signal.throwIfAborted();
  }
  const names = new Set(listed.map(({ path }) => path));
  if (!names.has('config.json') && !names.has('adapter_config.json'))
    throw unsuitable(folder, 'it has no config.json', 'Save the model with `save_pretrained`.');
  if (!listed.some(({ path }) => path.endsWith('.safetensors'))) {
    const [unsafe] = await files.find(folder, pickled, signal, 1);
    const why =
      unsafe === undefined
        ? 'it has no weights'
        : `its weights (${files.relative(folder, unsafe)}) are pickled, and loading those runs their code`;
    throw unsuitable(folder, why, 'Save it anew with `save_pretrained`, which writes safetensors.');
  }
  return listed;
}

function unsuitable(folder: string, why: string, remedy: string): WorkbenchError {
  return new WorkbenchError('model-unsuitable', `The model ${folder} cannot be used: ${why}.`, {
    remedy,
    place: { path: folder },
  });
}
