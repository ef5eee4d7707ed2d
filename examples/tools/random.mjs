/** A small seeded generator of numbers (mulberry32), so that the same seed gives the same bytes on every machine. */
export function createRandom(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const below = limit => Math.floor(next() * limit);
  const pick = items => items[below(items.length)];
  const chance = probability => next() < probability;
  return {
    next,
    below,
    pick,
    chance,
    shuffle: items => shuffle(items, below),
    weighted: pairs => pickWeighted(pairs, next),
  };
}

/** Fisher-Yates on a copy. */
function shuffle(items, below) {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = below(last + 1);
    [result[last], result[other]] = [result[other], result[last]];
  }
  return result;
}

/** Picks a value from `[value, weight]` pairs. */
function pickWeighted(pairs, next) {
  const total = pairs.reduce((sum, [, weight]) => sum + weight, 0);
  let rest = next() * total;
  for (const [value, weight] of pairs) {
    rest -= weight;
    if (rest < 0) return value;
  }
  return pairs.at(-1)[0];
}
