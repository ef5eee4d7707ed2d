import { ascii, findFirst, textOf, type ByteSource } from './bytes.ts';
import type { ScanContext } from './findings.ts';
import { quoted } from './findings.ts';
import { isRecord } from './safetensors.ts';

/** Layers that run code from the file; TextVectorization and StringLookup can read files. */
const dangerousLayers: ReadonlySet<string> = new Set([
  'Lambda',
  '__lambda__',
  'TFSMLayer',
  'TorchModuleWrapper',
  'PyFunc',
]);
const harmlessModules = /^(?:keras|tensorflow|tf_keras|builtins)(?:\.|$)/;

/** Walks through a Keras model's configuration (`config.json` of a `.keras` file) for layers that run code. */
export function checkKerasConfig(text: string, file: string, context: ScanContext): void {
  let config: unknown;
  try {
    config = JSON.parse(text);
  } catch {
    context.report({
      rule: 'keras-unreadable',
      severity: 'unsafe',
      file,
      message: 'Its configuration is no JSON, so nobody can tell what its layers run.',
    });
    return;
  }
  const waiting: unknown[] = [config];
  for (let looked = 0; waiting.length > 0; looked++) {
    if (looked % 10_000 === 0) context.signal.throwIfAborted();
    const value = waiting.pop();
    if (Array.isArray(value)) {
      for (const inner of value) waiting.push(inner);
      continue;
    }
    if (!isRecord(value)) continue;
    for (const inner of Object.values(value)) waiting.push(inner);
    const { class_name: name, module } = value;
    if (typeof name === 'string' && dangerousLayers.has(name)) reportLayer(name, file, context);
    if (typeof module === 'string' && module !== '' && !harmlessModules.test(module))
      context.report({
        rule: 'keras-foreign-module',
        severity: 'unsafe',
        file,
        message: `Loading it imports the module ${quoted(module)}.`,
        remedy: 'Keras models that hold only weights and its own layers name no other module.',
      });
  }
}

/** HDF5 keeps the configuration as text: layers are found in it without reading the rest of the format. */
export async function checkHdf5(source: ByteSource, file: string, context: ScanContext): Promise<void> {
  const needles = [ascii('"class_name": "Lambda"'), ascii('"class_name":"Lambda"'), ascii('"__lambda__"')];
  const found = await findFirst(source, needles, 0, context.signal);
  if (found !== undefined) reportLayer('Lambda', file, context, found.at);
}

function reportLayer(name: string, file: string, { report }: ScanContext, offset?: number): void {
  report({
    rule: 'keras-code-layer',
    severity: 'unsafe',
    file,
    ...(offset === undefined ? {} : { offset }),
    message: `It has a ${quoted(name)} layer: loading it runs code that lies in the file.`,
    remedy: 'Ask for the model without it, or for weights alone.',
  });
}

/** TensorFlow operations that reach out of the graph, as a `NodeDef` names them: field 2, its length, its text. */
const operations = [
  'PyFunc',
  'EagerPyFunc',
  'PyFuncStateless',
  'ReadFile',
  'WriteFile',
  'LoadLibrary',
  'MatchingFiles',
  'Save',
  'SaveV2',
  'RestoreV2',
  'ShardedFilename',
];
const usual: ReadonlySet<string> = new Set(['Save', 'SaveV2', 'RestoreV2', 'ShardedFilename']);
const dangerousOperations = operations.filter(name => !usual.has(name));
const operationNeedles = dangerousOperations.map(name => Uint8Array.of(0x12, name.length, ...ascii(name)));

/** Looks for operations in a SavedModel's graph that run Python or touch files. */
export async function checkSavedModel(source: ByteSource, file: string, context: ScanContext): Promise<void> {
  const seen = new Set<number>();
  for (let at = 0; seen.size < operationNeedles.length;) {
    const found = await findFirst(source, operationNeedles, at, context.signal);
    if (found === undefined) return;
    at = found.at + 1;
    if (seen.has(found.needle)) continue;
    seen.add(found.needle);
    context.report({
      rule: 'tensorflow-operation',
      severity: 'unsafe',
      file,
      offset: found.at,
      message: `Its graph has the operation ${quoted(dangerousOperations[found.needle] ?? '')}, which runs code or touches files.`,
      remedy: 'Ask for the model without it.',
    });
  }
}

/** An ONNX file may keep its weights elsewhere: a place outside its folder would be read when it is loaded. */
export async function checkOnnx(source: ByteSource, file: string, context: ScanContext): Promise<void> {
  // StringStringEntryProto: field 1 is the key `location`, field 2 the path.
  const needle = Uint8Array.of(0x0a, 8, ...ascii('location'), 0x12);
  for (let at = 0, looked = 0; looked < 100_000; looked++) {
    const found = await findFirst(source, [needle], at, context.signal);
    if (found === undefined) return;
    at = found.at + needle.length;
    const head = await source.read(at, at + 2);
    const [low = 0, high = 0] = head;
    const length = low < 0x80 ? low : (low & 0x7f) | ((high & 0x7f) << 7);
    const start = at + (low < 0x80 ? 1 : 2);
    const path = textOf(await source.read(start, start + length));
    if (!path.split(/[\\/]/).includes('..') && !/^(?:[\\/]|[A-Za-z]:)/.test(path)) continue;
    context.report({
      rule: 'onnx-outside',
      severity: 'unsafe',
      file,
      offset: found.at,
      message: `It keeps weights in ${quoted(path)}, outside of its folder: loading it reads whatever lies there.`,
      remedy: 'Ask for a file whose external data lies beside it.',
    });
    return;
  }
}
