import assert from 'node:assert/strict';
import { findAccelerator } from './accelerators.ts';
import { estimateMemory, type MemoryQuestion } from './memory.ts';
import { findChange } from './preflight/check-memory.ts';
import { shapeOfConfig } from './model-shape.ts';

const gib = 2 ** 30;

const llama: MemoryQuestion = {
  ...{ parameters: 8.03e9, layers: 32, hidden: 4096, intermediate: 14_336, vocabulary: 128_256, gated: true },
  ...{ task: 'text-generation', method: 'full', batchSize: 8, maxLength: 1024, precision: 'bfloat16' },
  gradientCheckpointing: false,
};

describe('the memory that training takes', () => {
  it('is at least 16 bytes a parameter in full, and next to the weights alone with an adapter', () => {
    const full = estimateMemory(llama);
    assert.ok(full.gradients + full.optimizer === 12 * llama.parameters);
    assert.ok(full.total > 16 * llama.parameters);
    const lora = estimateMemory({ ...llama, method: 'lora', rank: 16, gradientCheckpointing: true, batchSize: 1 });
    assert.ok(lora.weights > 2 * llama.parameters && lora.weights < 2.2 * llama.parameters);
    // What people see of 8 billion parameters with an adapter in bfloat16: some 18 to 24 GiB.
    assert.ok(lora.total > 17 * gib && lora.total < 24 * gib, String(lora.total / gib));
    assert.equal(full.weights + full.gradients + full.optimizer + full.activations + full.overhead, full.total);
  });

  it('grows with rows, their length and the rank, and shrinks with checkpointing', () => {
    const total = (change: Partial<MemoryQuestion>): number =>
      estimateMemory({ ...llama, method: 'lora', rank: 8, ...change }).total;
    assert.ok(total({ batchSize: 16 }) > total({}));
    assert.ok(total({ maxLength: 2048 }) > total({}));
    assert.ok(total({ rank: 64 }) > total({}));
    assert.ok(total({ gradientCheckpointing: true }) < total({}) / 2);
    assert.ok(total({ precision: 'float32' }) > total({}));
  });

  it('offers the smallest change with which it fits', () => {
    const lora = { ...llama, method: 'lora', rank: 16 } as const;
    assert.match(
      findChange(lora, 80 * gib) ?? '',
      /^It fits with hyperparameters\.batchSize: \d, with gradientAccumulation: \d to learn as before\.$/,
    );
    assert.match(
      findChange({ ...lora, batchSize: 1, maxLength: 8192 }, 48 * gib) ?? '',
      /^It fits with hyperparameters\.gradientCheckpointing: true\.$/,
    );
    assert.match(findChange(llama, 80 * gib) ?? '', /`method: lora`/);
    assert.equal(findChange(llama, 8 * gib), undefined);
    for (const memory of [16, 24, 48, 80, 141]) {
      const said = findChange(llama, memory * gib);
      if (said === undefined) continue;
      const changed = {
        ...llama,
        ...(said.includes('lora') ? { method: 'lora' as const, rank: 16 } : {}),
        gradientCheckpointing: said.includes('gradientCheckpointing'),
        batchSize: Number(/batchSize: (\d+)/.exec(said)?.[1] ?? llama.batchSize),
      };
      assert.ok(estimateMemory(changed).total <= memory * gib, said);
    }
  });

  it('reads shapes by the names that configurations use', () => {
    const config = {
      model_type: 'llama',
      num_hidden_layers: 32,
      hidden_size: 4096,
      intermediate_size: 14_336,
      vocab_size: 128_256,
      num_attention_heads: 32,
      num_key_value_heads: 8,
      tie_word_embeddings: false,
    };
    const shape = shapeOfConfig(config);
    // Llama 3.1 8B has 8.030 billion.
    assert.ok(shape !== undefined && Math.abs(shape.parameters / 8.03e9 - 1) < 0.001, String(shape?.parameters));
    const gpt2 = shapeOfConfig({ model_type: 'gpt2', n_layer: 12, n_embd: 768, vocab_size: 50_257, n_head: 12 });
    assert.ok(gpt2?.gated === false && Math.abs(gpt2.parameters / 124.4e6 - 1) < 0.02, String(gpt2?.parameters));
    const whisper = shapeOfConfig({
      model_type: 'whisper',
      d_model: 384,
      encoder_layers: 4,
      decoder_layers: 4,
      encoder_ffn_dim: 1536,
      decoder_ffn_dim: 1536,
      vocab_size: 51_865,
      max_source_positions: 1500,
      encoder_attention_heads: 6,
      decoder_attention_heads: 6,
    });
    assert.deepEqual(whisper?.encoder, { layers: 4, positions: 1500 });
    assert.ok(Math.abs(whisper.parameters / 37.2e6 - 1) < 0.05, String(whisper.parameters));
    assert.equal(shapeOfConfig({}), undefined);
    assert.equal(shapeOfConfig('nonsense', 5)?.parameters, 5);
  });

  it('knows accelerators by the names of those who rent them', () => {
    const named: readonly (readonly [string, string])[] = [
      ['NVIDIA L40S', 'NVIDIA L40S'],
      ['NVIDIA H100 80GB HBM3', 'NVIDIA H100'],
      ['NVIDIA A100 80GB PCIe', 'NVIDIA A100 80 GB'],
      ['A100_40GB_PCIe_1x', 'NVIDIA A100 40 GB'],
      ['H100_80GB_SXM_8x', 'NVIDIA H100'],
      ['Standard_NC24ads_A100_v4', 'NVIDIA A100 80 GB'],
      ['Standard_NC4as_T4_v3', 'NVIDIA T4'],
      ['NVIDIA GeForce RTX 4090', 'NVIDIA RTX 4090'],
      ['NVIDIA RTX A6000', 'NVIDIA RTX A6000'],
      ['NVIDIA RTX 6000 Ada Generation', 'NVIDIA RTX 6000 Ada'],
    ];
    for (const [name, expected] of named) assert.equal(findAccelerator(name)?.name, expected, name);
    assert.equal(findAccelerator('Standard_D4s_v5'), undefined);
  });
});
