/** Cuts a stream's bytes into its events as they arrive. */
export interface StreamParser {
  /** Feeds bytes; events that became complete are reported before it returns. False when the bound was exceeded. */
  push(chunk: Uint8Array): boolean;
  /**
   * The stream is over. An event without its closing blank line (or line end) is returned instead of reported: the caller decides whether
   * it is whole (some servers leave the blank line out) or cut off.
   */
  end(): string | undefined;
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true }); // Given whole lines only, so it holds no state.
const newline = 10;
const carriageReturn = 13;

/**
 * Server-sent events (WHATWG HTML, 9.2) from bytes as they arrive: any split, UTF-8 included; LF, CRLF or CR line ends;
 * comments; a byte order mark; several `data` lines in one event. Only `event` and `data` matter here.
 * `onEvent` gets an event's data, and its type where the server gave one. `limit` bounds one event, in bytes.
 */
export function createSseParser(
  onEvent: (data: string, type: string | undefined) => void,
  limit: number,
): StreamParser {
  let carried: Uint8Array[] = []; // Bytes after the last line end, kept as they came so that a long line is joined once.
  let carriedLength = 0;
  let started = false;
  let skipNewline = false; // The last line ended in CR at a chunk's end; an LF that follows belongs to it.
  let data: string | undefined;
  let type: string | undefined;

  function readLine(line: string): void {
    if (line === '') {
      if (data !== undefined) {
        const whole = data;
        const kind = type;
        data = type = undefined;
        onEvent(whole, kind);
      }
      type = undefined;
    } else if (line.startsWith('data:')) {
      const value = line.charCodeAt(5) === 32 ? line.slice(6) : line.slice(5);
      data = data === undefined ? value : `${data}\n${value}`;
    } else if (line.startsWith('event:')) {
      type = line.charCodeAt(6) === 32 ? line.slice(7) : line.slice(6);
    } else if (line === 'data') {
      data = data === undefined ? '' : `${data}\n`;
    }
  }

  /** `text` is whole lines, each with its end. */
  function readLines(text: string): void {
    let start = 0;
    if (!started) {
      started = true;
      if (text.charCodeAt(0) === 0xfeff) start = 1;
    }
    const hasCarriageReturns = text.indexOf('\r', start) >= 0;
    if (skipNewline && text.charCodeAt(start) === newline) start++;
    skipNewline = text.charCodeAt(text.length - 1) === carriageReturn;
    while (start < text.length) {
      const end = hasCarriageReturns ? findLineEnd(text, start) : text.indexOf('\n', start);
      readLine(text.slice(start, end));
      start = text.charCodeAt(end) === carriageReturn && text.charCodeAt(end + 1) === newline ? end + 2 : end + 1;
    }
  }

  function join(last: Uint8Array): Uint8Array {
    if (carriedLength === 0) return last;
    const whole = new Uint8Array(carriedLength + last.length);
    let offset = 0;
    for (const piece of carried) {
      whole.set(piece, offset);
      offset += piece.length;
    }
    whole.set(last, offset);
    carried = [];
    carriedLength = 0;
    return whole;
  }

  function keep(rest: Uint8Array): void {
    if (rest.length === 0) return;
    carried.push(rest);
    carriedLength += rest.length;
  }

  return {
    push(chunk) {
      const end = Math.max(chunk.lastIndexOf(newline), chunk.lastIndexOf(carriageReturn)) + 1;
      if (end === 0) {
        keep(chunk);
      } else if (end === chunk.length) {
        readLines(decoder.decode(join(chunk)));
      } else {
        readLines(decoder.decode(join(chunk.subarray(0, end))));
        keep(chunk.subarray(end));
      }
      return carriedLength + (data?.length ?? 0) <= limit;
    },
    end() {
      if (carriedLength > 0) readLines(`${decoder.decode(join(new Uint8Array(0)))}\n`);
      const rest = data;
      data = undefined;
      return rest;
    },
  };
}

function findLineEnd(text: string, start: number): number {
  const lineFeed = text.indexOf('\n', start);
  const carriage = text.indexOf('\r', start);
  if (carriage < 0) return lineFeed;
  return lineFeed < 0 ? carriage : Math.min(lineFeed, carriage);
}
