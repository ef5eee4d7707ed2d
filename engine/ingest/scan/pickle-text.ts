import { viewOf } from './bytes.ts';

export function isText(name: string): boolean {
  return name.includes('UNICODE') || name.includes('STRING');
}

export function readNumber(bytes: Uint8Array, at: number, width: number): number {
  const view = viewOf(bytes);
  if (width === 1) return view.getUint8(at);
  if (width === 2) return view.getUint16(at, true);
  if (width === 4) return view.getUint32(at, true);
  return Number(view.getBigUint64(at, true));
}

/** A protocol 0 string is written as Python's `repr`. */
export function unquote(text: string): string {
  const inner = /^(['"])([\s\S]*)\1\s*$/.exec(text)?.[2] ?? text;
  return inner
    .replace(/\\x([0-9a-fA-F]{2})/g, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16)))
    .replace(/\\([0-7]{1,3})/g, (_all, octal: string) => String.fromCharCode(parseInt(octal, 8) & 255))
    .replace(/\\(['"\\])/g, '$1');
}

/** Raw-unicode-escape. */
export function unescape(text: string): string {
  return text
    .replace(/\\u([0-9a-fA-F]{4})/g, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16)))
    .replace(/\\U([0-9a-fA-F]{8})/g, (_all, hex: string) => {
      const code = parseInt(hex, 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : '';
    });
}
