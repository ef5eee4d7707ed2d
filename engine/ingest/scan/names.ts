import type { IngestFile } from '../../../schemas/generated/messages.ts';
import type { Format } from './magic.ts';

/** The ending of a name, lower-case, with its dot; empty where it has none. */
export function endingOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? '' : name.slice(dot);
}

export const pickleEndings: ReadonlySet<string> = new Set([
  '.pkl',
  '.pickle',
  '.pt',
  '.pth',
  '.bin',
  '.ckpt',
  '.joblib',
  '.dill',
  '.p',
  '.pck',
  '.pcl',
  '.th',
  '.model',
  '.data',
  '.dat',
  '.sav',
  '.npy',
]);

const weightEndings: ReadonlySet<string> = new Set([
  '.safetensors',
  '.gguf',
  '.ggml',
  '.onnx',
  '.pt',
  '.pth',
  '.bin',
  '.ckpt',
  '.h5',
  '.hdf5',
  '.keras',
  '.pb',
  '.tflite',
  '.npz',
  '.npy',
  '.msgpack',
  '.pkl',
  '.pickle',
  '.joblib',
  '.dill',
  '.mlmodel',
  '.engine',
  '.pte',
]);
const codeEndings: ReadonlySet<string> = new Set(
  '.py .pyc .pyo .pyd .pyw .so .dll .dylib .exe .com .sh .bash .bat .cmd .ps1 .vbs .js .mjs .cjs .jar .class .msi .scr .node .rb .pl .php .lua .wasm .elf .app .lnk'.split(
    ' ',
  ),
);

export function isCodeName(path: string): boolean {
  return codeEndings.has(endingOf(path)) || /\.so\.\d+/.test(path);
}

/** What a file is for, by its name and content. */
export function roleOf(path: string, format: Format): IngestFile['role'] {
  const name = path.toLowerCase();
  if (name === 'readme.md' || name === 'model_card.md' || name === 'modelcard.md') return 'card';
  if (name === 'model.sig' || name.endsWith('.sig') || name.endsWith('.sigstore.json')) return 'signature';
  if (isCodeName(path) || ['elf', 'pe', 'mach-o', 'script', 'wasm', 'java'].includes(format)) return 'code';
  if (['safetensors', 'gguf', 'ggml', 'hdf5', 'pickle', 'npy'].includes(format)) return 'weights';
  const ending = endingOf(path);
  // Shards of TensorFlow checkpoints and external data of ONNX files have endings of their own.
  if (
    weightEndings.has(ending) ||
    /\.data-\d+-of-\d+$/.test(name) ||
    name.endsWith('.onnx_data') ||
    name.endsWith('.onnx.data')
  )
    return 'weights';
  if (
    ending === '.json' ||
    ending === '.txt' ||
    ending === '.yaml' ||
    ending === '.yml' ||
    ending === '.jinja' ||
    ending === '.toml'
  )
    return 'configuration';
  return ending === '.model' ? 'configuration' : 'other';
}

/** Name of a format as registries know it. */
export function modelFormatOf(path: string, format: string): string {
  const ending = endingOf(path);
  if (format === 'safetensors' || format === 'gguf' || format === 'ggml') return format;
  if (ending === '.onnx' || path.endsWith('.onnx_data')) return 'onnx';
  if (ending === '.keras' || format === 'hdf5') return 'keras';
  if (ending === '.pb') return 'tensorflow';
  if (ending === '.tflite') return 'tflite';
  if (['.pt', '.pth', '.bin', '.ckpt'].includes(ending)) return 'pytorch';
  if (ending === '.joblib' || ending === '.pkl' || ending === '.pickle') return 'pickle';
  if (ending === '.npy' || ending === '.npz') return 'numpy';
  return format;
}
