import { isRecord } from '../models/http/json.ts';
import type { Blobs } from '../ports/blobs.ts';
import type { Files } from '../ports/files.ts';
import type { ModelShape } from './memory.ts';
import type { HubReader } from './hub.ts';
import type { BaseModel } from '../models/transformers/base.ts';

/** What is known of a base's size; `why` says what is missing. */
export interface KnownShape {
  readonly shape?: ModelShape;
  readonly why?: string;
}

export interface ShapePorts {
  readonly files: Pick<Files, 'readText' | 'readRange' | 'find' | 'facts' | 'resolve'>;
  readonly blobs: Pick<Blobs, 'locate'> | undefined;
  /** Asks the Hugging Face hub, where that is allowed. */
  readonly hub: HubReader;
}

const longestConfig = 4 * 2 ** 20;

/** Reads how large a base is: its `config.json` and the sizes of its tensors. Never throws for what it does not find. */
export async function readModelShape(base: BaseModel, ports: ShapePorts, signal: AbortSignal): Promise<KnownShape> {
  switch (base.kind) {
    case 'embedded':
    case 'service':
      return {};
    case 'hub':
      return readHub(base, ports, signal);
    case 'folder':
      return readFolder(base.path, ports, signal);
    case 'stored': {
      if (base.format === 'peft')
        return base.base === undefined
          ? { why: 'What the adapter stands on is not known.' }
          : readModelShape(base.base, ports, signal);
      const { blobs } = ports;
      if (blobs === undefined || base.files.length === 0)
        return { why: 'The weights are looked up when the run starts.' };
      const paths = new Map(base.files.map(file => [file.path, blobs.locate(file.digest)]));
      const weights = [...paths].flatMap(([name, path]) => (name.endsWith('.safetensors') ? [path] : []));
      return readFiles(paths.get('config.json'), weights, ports, signal);
    }
  }
}

async function readFolder(folder: string, ports: ShapePorts, signal: AbortSignal): Promise<KnownShape> {
  const { files } = ports;
  const config = files.resolve(folder, 'config.json');
  if ((await files.facts(config)) === undefined) return { why: `${folder} has no config.json.` };
  return readFiles(config, await files.find(folder, ['.safetensors'], signal, 1000), ports, signal);
}

async function readFiles(
  config: string | undefined,
  weights: readonly string[],
  { files }: ShapePorts,
  signal: AbortSignal,
): Promise<KnownShape> {
  if (config === undefined) return { why: 'The model has no config.json.' };
  const fields = parse(await files.readText(config, signal, longestConfig));
  let parameters = 0;
  for (const path of weights) parameters += await countParameters(path, files, signal);
  return shapeOrReason(fields, parameters > 0 ? parameters : undefined);
}

async function readHub(
  { id, revision }: Extract<BaseModel, { kind: 'hub' }>,
  { hub }: ShapePorts,
  signal: AbortSignal,
): Promise<KnownShape> {
  const found = await hub(id, revision ?? 'main', signal);
  if ('why' in found) return { why: found.why };
  const safetensors = isRecord(found.facts) ? found.facts['safetensors'] : undefined;
  const total = isRecord(safetensors) ? safetensors['total'] : undefined;
  return shapeOrReason(found.config, typeof total === 'number' && total > 0 ? total : undefined);
}

function shapeOrReason(config: unknown, parameters: number | undefined): KnownShape {
  const shape = shapeOfConfig(config, parameters);
  return shape === undefined ? { why: 'Its config.json does not say how large it is.' } : { shape };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // No JSON: it says nothing.
  }
}

/**
 * A model's shape by the names that Transformers' configurations use. `parameters` are those of its weights files; without them they are
 * counted from the shape. Undefined where neither is known.
 */
export function shapeOfConfig(config: unknown, parameters?: number): ModelShape | undefined {
  const fields = isRecord(config) ? config : {};
  // Models that see or hear keep the language model's shape in a part of its own.
  const text = isRecord(fields['text_config']) ? fields['text_config'] : fields;
  const number = (...names: readonly string[]): number | undefined =>
    names.map(name => text[name]).find((value): value is number => typeof value === 'number' && value > 0);
  const layers = number('decoder_layers', 'num_hidden_layers', 'n_layer', 'n_layers', 'num_layers');
  const hidden = number('hidden_size', 'd_model', 'n_embd', 'dim');
  const encoderLayers = number('encoder_layers');
  const positions = number('max_source_positions');
  const gated = isGated(text['model_type'] ?? fields['model_type'], text['hidden_act'] ?? text['activation_function']);
  const intermediate = number('intermediate_size', 'decoder_ffn_dim', 'ffn_dim', 'd_ff', 'n_inner', 'hidden_dim');
  const vocabulary = number('vocab_size');
  const shape = {
    gated,
    ...(layers === undefined ? {} : { layers }),
    ...(hidden === undefined ? {} : { hidden }),
    ...(intermediate === undefined ? {} : { intermediate }),
    ...(vocabulary === undefined ? {} : { vocabulary }),
    ...(encoderLayers === undefined || positions === undefined
      ? {}
      : { encoder: { layers: encoderLayers, positions } }),
  };
  if (parameters !== undefined) return { parameters, ...shape };
  if (layers === undefined || hidden === undefined) return undefined;
  const wide = intermediate ?? 4 * hidden;
  const heads = number('num_attention_heads', 'decoder_attention_heads', 'n_head');
  const kept = number('num_key_value_heads', 'num_kv_heads') ?? heads;
  const share = heads === undefined || kept === undefined ? 1 : kept / heads;
  const attention = (2 + 2 * share) * hidden ** 2;
  const block = (gated ? 3 : 2) * hidden * wide;
  const experts = number('num_local_experts', 'num_experts', 'n_routed_experts') ?? 1;
  const stack = layers * ((encoderLayers === undefined ? 1 : 2) * attention + experts * block);
  const embeddings = (vocabulary ?? 0) * hidden * (text['tie_word_embeddings'] === false ? 2 : 1);
  return { parameters: stack + (encoderLayers ?? 0) * (attention + block) + embeddings, ...shape };
}

/** Families whose feed-forward blocks have no gate; everything newer has one, with SiLU or GELU. */
const ungated = [
  'gpt2',
  'gpt_neo',
  'gpt_neox',
  'gptj',
  'opt',
  'bloom',
  'falcon',
  'bert',
  'roberta',
  'distilbert',
  'whisper',
  'phi',
  'mpt',
  'xlm-roberta',
  'electra',
  'deberta',
  'deberta-v2',
  'albert',
  'camembert',
  'wav2vec2',
];

function isGated(family: unknown, activation: unknown): boolean {
  if (typeof family === 'string') return !ungated.includes(family);
  return activation === 'silu' || activation === 'swiglu';
}

/** Numbers in a safetensors file, by its header alone. 0 for anything else. */
async function countParameters(path: string, files: ShapePorts['files'], signal: AbortSignal): Promise<number> {
  const start = await files.readRange(path, 0, 8, signal);
  if (start.length < 8) return 0;
  const length = Number(new DataView(start.buffer).getBigUint64(0, true));
  if (!(length > 0 && length <= 64 * 2 ** 20)) return 0;
  const header = parse(new TextDecoder().decode(await files.readRange(path, 8, 8 + length, signal)));
  if (!isRecord(header)) return 0;
  let parameters = 0;
  for (const tensor of Object.values(header)) {
    const shape = isRecord(tensor) ? tensor['shape'] : undefined;
    if (!Array.isArray(shape)) continue;
    parameters += shape.reduce<number>((product, side) => product * (typeof side === 'number' ? side : 0), 1);
  }
  return Number.isSafeInteger(parameters) ? parameters : 0;
}
