import type { TuningTask } from '../documents/tune-kind.ts';

/** What a model is made of, as far as its memory goes. */
export interface ModelShape {
  readonly parameters: number;
  /** Layers of the decoder, or of the only stack there is. Without them the shape is guessed from the number of parameters. */
  readonly layers?: number;
  /** Width of the residual stream. */
  readonly hidden?: number;
  /** Width inside the feed-forward blocks. */
  readonly intermediate?: number;
  /** Tokens that are told apart. */
  readonly vocabulary?: number;
  /** Whether feed-forward blocks have a gate beside them, as Llama's. */
  readonly gated?: boolean;
  /** The stack in front of a decoder that hears: its layers, and the positions of half a minute. */
  readonly encoder?: { readonly layers: number; readonly positions: number };
}

export interface MemoryQuestion extends ModelShape {
  readonly task: TuningTask;
  readonly method: 'full' | 'lora';
  /** Of the adapter. */
  readonly rank?: number;
  readonly batchSize: number;
  /** Tokens of a row. */
  readonly maxLength: number;
  readonly precision: 'float32' | 'bfloat16' | 'float16';
  readonly gradientCheckpointing: boolean;
  /** Whether the processor trains, in the machine's own memory. Default: an accelerator does, in its. */
  readonly onProcessor?: boolean;
}

/** Bytes on one device, by what takes them. */
export interface MemoryEstimate {
  readonly weights: number;
  readonly gradients: number;
  readonly optimizer: number;
  /** What the forward pass keeps for the backward pass, and the largest thing either needs for a moment. */
  readonly activations: number;
  /** The libraries themselves, and room that an allocator cannot use. */
  readonly overhead: number;
  readonly total: number;
}

const float32 = 4;
/** PyTorch and Transformers in a process, or CUDA's context, kernels and workspaces: what is held before there is a model. */
const libraries = 0.95e9;
/** Blocks that an accelerator's allocator keeps and cannot use. */
const fragmentation = 0.05;
/** Tokens of a transcript at most, of Whisper's family. */
const longestTranscript = 448;
/** The head of a generating model is computed for so many tokens and words at a time. */
const headTile = { tokens: 4096, words: 32_768 };
/** Numbers that are there at once for each of a tile: one where a fused kernel computes it, else those of its steps. */
const tileCopies = { fused: 1, stepwise: 6.3 };

/**
 * Memory that the workbench's trainer takes on one device, in bytes: an estimate for choosing hardware, not a measurement.
 *
 * Weights, gradients and AdamW's two moments in full training are float32, 4 + 4 + 8 bytes a parameter (Rajbhandari et al., "ZeRO", 2020, §3.1,
 * without a master copy, since the weights are one); computing in 16 bits keeps a cast copy of 2 bytes while a step lasts. With an adapter
 * (Hu et al., "LoRA", 2021) the frozen weights lie in the precision computed in, and only A = r · Σ(in + out) over the linear layers is trained.
 *
 * Activations a layer and token: 12 · hidden + 3 · intermediate numbers with gated feed-forward blocks (Korthikanti et al., "Reducing Activation
 * Recomputation", 2022, §4.1, count 17 · hidden for GPT's ungated layers, whose feed-forward blocks are 4 · hidden wide; attention does not keep
 * its scores: Dao et al., "FlashAttention", 2022), 4 · hidden + 3 · intermediate more with adapters, and once 8 times as much for the layer whose
 * gradients are computed. With gradient checkpointing (Chen et al., 2016) one hidden state a layer stays. These factors, and those of the head,
 * are fitted to peaks of the trainer on a processor; `test/real/training_memory.py` measures them again, and docs/platforms.md has the error.
 *
 * A model that generates text computes its head in tiles of 4096 tokens and 32,768 words, as TRL does; one that hears keeps the scores of all
 * words.
 */
export function estimateMemory(question: MemoryQuestion): MemoryEstimate {
  const shape = completeShape(question);
  const { method, precision, parameters } = question;
  const compute = precision === 'float32' ? float32 : 2;
  const trained = method === 'full' ? parameters : adapterParameters(shape, question.rank ?? 16);
  const weights =
    method === 'full'
      ? float32 * parameters + (compute < float32 ? compute * parameters : 0)
      : compute * parameters + float32 * trained;
  const gradients = float32 * trained;
  const optimizer = 2 * float32 * trained;
  const kept = keptActivations(question, shape, compute) + headMemory(question, shape);
  // An accelerator's AdamW steps all weights at once and needs one more copy of them, when the activations are gone.
  const activations = Math.max(kept, question.onProcessor === true ? 0 : float32 * trained);
  const needed = weights + gradients + optimizer + activations;
  const overhead = libraries + (question.onProcessor === true ? 0 : fragmentation * needed);
  return { weights, gradients, optimizer, activations, overhead, total: needed + overhead };
}

type Complete = Required<Omit<ModelShape, 'encoder'>> & Pick<ModelShape, 'encoder'>;

/**
 * A shape whose missing numbers are guessed. Models of all sizes are about 128 times as wide as they have layers, with 12 · hidden² parameters
 * a layer (Kaplan et al., "Scaling Laws", 2020, table 1): layers = ∛(parameters ÷ 12 · 128²).
 */
export function completeShape({ encoder, ...shape }: ModelShape): Complete {
  const { parameters, gated = true } = shape;
  const layers = shape.layers ?? Math.max(1, Math.round(Math.cbrt(parameters / (12 * 128 ** 2))));
  const hidden = shape.hidden ?? Math.max(8, Math.round(Math.sqrt(parameters / (12 * layers))));
  return {
    ...{ parameters, layers, hidden, gated },
    intermediate: shape.intermediate ?? Math.round(hidden * (gated ? 8 / 3 : 4)),
    vocabulary: shape.vocabulary ?? 32_000,
    ...(encoder === undefined ? {} : { encoder }),
  };
}

/** Numbers of an adapter on all linear layers: four of attention, and two or three of each feed-forward block. */
function adapterParameters({ layers, hidden, intermediate, gated, encoder }: Complete, rank: number): number {
  const block = (gated ? 3 : 2) * (hidden + intermediate);
  const attention = 4 * 2 * hidden;
  // A decoder that listens attends to the encoder as well.
  const decoder = layers * ((encoder === undefined ? 1 : 2) * attention + block);
  return rank * (decoder + (encoder?.layers ?? 0) * (attention + block));
}

function keptActivations(question: MemoryQuestion, shape: Complete, compute: number): number {
  const { batchSize, maxLength, task } = question;
  const hears = task === 'automatic-speech-recognition';
  const decoder = batchSize * (hears ? Math.min(maxLength, longestTranscript) : maxLength);
  const encoder = batchSize * (shape.encoder?.positions ?? 0);
  return (
    keptOfStack(question, shape, shape.layers * (shape.encoder === undefined ? 1 : 1.4), decoder, compute) +
    keptOfStack(question, shape, shape.encoder?.layers ?? 0, encoder, compute)
  );
}

function keptOfStack(
  { gradientCheckpointing, method }: MemoryQuestion,
  { hidden, intermediate, gated }: Complete,
  layers: number,
  tokens: number,
  compute: number,
): number {
  if (layers === 0) return 0;
  const adapter = method === 'lora' ? 4 * hidden + (gated ? 3 : 2) * intermediate : 0;
  const layer = 12 * hidden + (gated ? 3 : 2) * intermediate + adapter;
  const kept = gradientCheckpointing ? layers * hidden + adapter : layers * layer;
  // What one layer needs while its gradients are computed.
  const working = 96 * hidden + (gated ? 24 : 16) * intermediate;
  return tokens * (kept + working) * compute;
}

function headMemory(
  { task, batchSize, maxLength, onProcessor = false }: MemoryQuestion,
  { vocabulary, hidden }: Complete,
): number {
  if (task === 'text-classification') return 0;
  if (task === 'automatic-speech-recognition')
    return 3 * float32 * batchSize * Math.min(maxLength, longestTranscript) * vocabulary;
  const tokens = batchSize * maxLength;
  const tile = Math.min(tokens, headTile.tokens) * Math.min(vocabulary, headTile.words);
  const copies = onProcessor ? tileCopies.stepwise : tileCopies.fused;
  return float32 * (copies * tile + 2 * tokens * hidden);
}
