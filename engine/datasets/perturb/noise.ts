import type { Random } from '../../statistics/random.ts';
import type { Sound } from '../audio/wav.ts';

/**
 * Mixes noise into a sound so that the root mean square of the sound stands `snr` decibels above that of the noise, over the whole length
 * and all channels: noise RMS = sound RMS ÷ 10^(snr ÷ 20). A mix that passes full scale is made quieter as a whole, which leaves the
 * ratio. Silence stays silence: nothing has a ratio to it.
 */
export function addNoise(sound: Sound, snr: number, color: 'white' | 'pink', random: Random): Sound {
  const level = rootMeanSquare(sound.samples);
  if (level === 0) return sound;
  const noise = new Float64Array(sound.samples.length);
  for (let channel = 0; channel < sound.channels; channel += 1) {
    const next = color === 'white' ? whiteNoise(random) : pinkNoise(random);
    for (let at = channel; at < noise.length; at += sound.channels) noise[at] = next();
  }
  const factor = level / 10 ** (snr / 20) / rootMeanSquare(noise);
  let peak = 0;
  // The noise's own array takes the mix.
  for (let at = 0; at < noise.length; at += 1) {
    const mixed = (sound.samples[at] ?? 0) + (noise[at] ?? 0) * factor;
    noise[at] = mixed;
    peak = Math.max(peak, Math.abs(mixed));
  }
  return { ...sound, samples: peak > 1 ? noise.map(sample => sample / peak) : noise };
}

function rootMeanSquare(samples: Float64Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return Math.sqrt(sum / samples.length);
}

/** Normally distributed, two at a time (Box and Muller 1958). */
function whiteNoise(random: Random): () => number {
  let spare: number | undefined;
  return () => {
    if (spare !== undefined) {
      const held = spare;
      spare = undefined;
      return held;
    }
    const radius = Math.sqrt(-2 * Math.log((random.uint32() + 1) / 4294967296));
    const angle = (2 * Math.PI * random.uint32()) / 4294967296;
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}

const octaves = 16;

/**
 * Power that falls by 3 dB an octave: white noise of ever lower rates, summed (Voss's algorithm as McCartney spreads it: with each
 * sample one of them changes, the k-th every 2^(k+1) samples).
 */
function pinkNoise(random: Random): () => number {
  const white = whiteNoise(random);
  const held = Float64Array.from({ length: octaves }, white);
  let sum = held.reduce((total, one) => total + one, 0);
  let count = 0;
  return () => {
    count += 1;
    const octave = Math.min(octaves - 1, 31 - Math.clz32(count & -count));
    const fresh = white();
    sum += fresh - (held[octave] ?? 0);
    held[octave] = fresh;
    return sum + white();
  };
}
