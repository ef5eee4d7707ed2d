/** A seeded stream of random numbers. The same seed gives the same stream on every machine. */
export interface Random {
  /** Uniform integer in 0 … 2³²−1. */
  uint32(): number;
  /** Uniform in [0, 1) with 53 bits. */
  unit(): number;
  /** Uniform integer in 0 … bound−1, without modulo bias. `bound` is 1 … 2³². */
  below(bound: number): number;
}

/**
 * xoshiro128** 1.1 (Blackman and Vigna 2018), its state filled by SplitMix32 from the seed.
 * `seed` is any safe integer; only its low 53 bits matter.
 */
export function createRandom(seed: number): Random {
  const next = createSplitMix32(seed);
  let a = next();
  let b = next();
  let c = next();
  let d = next();

  function uint32(): number {
    const scrambled = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotateLeft(d, 11);
    return scrambled;
  }

  function unit(): number {
    const high = uint32() >>> 5;
    const low = uint32() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  function below(bound: number): number {
    const limit = 4294967296 - (4294967296 % bound);
    let drawn = uint32();
    while (drawn >= limit) drawn = uint32();
    return drawn % bound;
  }

  return { uint32, unit, below };
}

/** Puts `items` into a random order, in place (Fisher and Yates). */
export function shuffle(items: Int32Array, random: Random): void {
  for (let last = items.length - 1; last > 0; last--) {
    const other = random.below(last + 1);
    const moved = items[last]!;
    items[last] = items[other]!;
    items[other] = moved;
  }
}

function createSplitMix32(seed: number): () => number {
  const high = Math.floor(seed / 4294967296) | 0;
  let state = (seed | 0) ^ Math.imul(high, 0x85ebca6b);
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
}

function rotateLeft(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}
