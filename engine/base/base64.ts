const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const padding = 61;

/** Character codes of the 64 digits, and the value of each character code; 255 is no digit. */
const digits = Uint8Array.from(alphabet, character => character.charCodeAt(0));
const values = new Uint8Array(128).fill(255);
for (const [value, code] of digits.entries()) values[code] = value;
values[45] = 62; // `-` and `_` of the URL-safe alphabet (RFC 4648, 5).
values[95] = 63;

const decoder = new TextDecoder('latin1');

/** Base64 with padding (RFC 4648, 4). */
export function encodeBase64(bytes: Uint8Array): string {
  const out = new Uint8Array(Math.ceil(bytes.length / 3) * 4);
  let at = 0;
  for (let i = 0; i < bytes.length; i += 3) {
    const group = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    out[at] = digits[group >> 18] ?? 0;
    out[at + 1] = digits[(group >> 12) & 63] ?? 0;
    out[at + 2] = i + 1 < bytes.length ? (digits[(group >> 6) & 63] ?? 0) : padding;
    out[at + 3] = i + 2 < bytes.length ? (digits[group & 63] ?? 0) : padding;
    at += 4;
  }
  return decoder.decode(out);
}

/** Bytes of base64 in the usual or the URL-safe alphabet, padded or not; undefined for anything else. */
export function decodeBase64(text: string): Uint8Array | undefined {
  let length = text.length;
  while (length > 0 && text.charCodeAt(length - 1) === padding && text.length - length < 2) length--;
  if (length % 4 === 1) return undefined;
  const out = new Uint8Array(Math.floor((length * 3) / 4));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (let i = 0; i < length; i++) {
    const value = values[text.charCodeAt(i)] ?? 255;
    if (value === 255) return undefined;
    held = ((held << 6) | value) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out[at++] = (held >> bits) & 255;
    }
  }
  return out;
}
