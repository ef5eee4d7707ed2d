/** An answer or target as labels are compared: without white space around it and without regard to case. */
export function normaliseLabel(text: string): string {
  return text.trim().toLowerCase();
}

/** True where answer and target are the same label. */
export function isSameLabel(answer: string, target: string): boolean {
  return answer === target || normaliseLabel(answer) === normaliseLabel(target);
}

/** 53-bit hash of a text: two rounds of FNV-1a with different starts. Stands for texts that must not be kept. */
export function hashLabel(text: string): number {
  let high = 0x811c9dc5 | 0;
  let low = 0x2f0b4f77 | 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    high = Math.imul(high ^ code, 0x01000193);
    low = Math.imul(low ^ code, 0x5bd1e995);
    low ^= low >>> 13;
  }
  high = Math.imul(high ^ (high >>> 15), 0x2c1b3c6d);
  return ((high ^ (high >>> 12)) >>> 11) * 4294967296 + (low >>> 0);
}
