import { textOf, type ByteSource } from './bytes.ts';
import { opcodes, fixedLength, lengthBytes } from './pickle-opcodes.ts';
import { isText, readNumber, unquote, unescape } from './pickle-text.ts';

/** One import that a pickle makes. `module` or `name` is absent where it is not written in the pickle but computed. */
export interface PickleImport {
  readonly module: string | undefined;
  readonly name: string | undefined;
  readonly offset: number;
  readonly opcode: string;
}

/** What a pickle does, as far as it can be read. */
export interface PickleReading {
  readonly imports: readonly PickleImport[];
  /** Whether something is called: `REDUCE`, `OBJ`, `INST`, `NEWOBJ`, `NEWOBJ_EX` or `BUILD`. */
  readonly calls: number;
  readonly opcodes: number;
  /** Offset behind the last opcode that was read. */
  readonly end: number;
  /** Present where the pickle does not come to its `STOP`. */
  readonly fault?: string;
}

/** What a stack or memo entry is known to be: text, an import, a mark, or anything else. */
type Value = string | typeof mark | undefined;

const mark = Symbol('mark');

const longestLine = 64 * 1024;

const longestText = 4096;

const mostEntries = 4_000_000;

const mostImports = 10_000;

const windowBytes = 64 * 1024;

/**
 * Reads a pickle from `start` and follows only what is needed to tell which names it imports: texts on the stack and in the memo. Nothing
 * is built and nothing is imported. Memory is bounded, and time is linear in the source's size.
 */
export async function readPickle(source: ByteSource, start: number, signal: AbortSignal): Promise<PickleReading> {
  const machine = new Machine();
  let window: Uint8Array = new Uint8Array(0);
  let base = start;
  let at = start;
  let count = 0;
  const stop = (fault?: string): PickleReading => ({
    imports: machine.imports,
    calls: machine.calls,
    opcodes: count,
    end: at,
    ...(fault === undefined ? {} : { fault }),
  });
  // Most opcodes are in the window: to wait for each would take longer than to read it.
  const has = (position: number, bytes: number): boolean =>
    position >= base && position + bytes <= base + window.length;
  /** Makes sure that `bytes` from `position` on are in the window; false where the source ends before. */
  const load = async (position: number, bytes: number): Promise<boolean> => {
    if (has(position, bytes)) return true;
    if (position + bytes > source.size) return false;
    signal.throwIfAborted();
    window = await source.read(position, Math.min(source.size, position + Math.max(windowBytes, bytes)));
    base = position;
    return window.length >= bytes;
  };
  const lineInWindow = (position: number): { text: string; end: number } | undefined => {
    if (position < base || position >= base + window.length) return undefined;
    const from = position - base;
    const end = window.indexOf(10, from);
    if (end < 0 || end - from > longestLine) return undefined;
    return { text: textOf(window.subarray(from, end)), end: base + end + 1 };
  };
  const readLine = async (position: number): Promise<{ text: string; end: number } | undefined> => {
    for (let length = 64; ; length = Math.min(longestLine, length * 8)) {
      const there = Math.min(length, source.size - position);
      if (there <= 0 || !(await load(position, there))) return undefined;
      const from = position - base;
      const end = window.subarray(from, from + there).indexOf(10);
      if (end >= 0) return { text: textOf(window.subarray(from, from + end)), end: position + end + 1 };
      if (there < length || length >= longestLine) return undefined;
    }
  };

  for (;;) {
    const offset = at;
    if (!has(at, 1) && !(await load(at, 1))) return stop('it ends without its last opcode');
    const opcode = opcodes[window[at - base] ?? 0];
    if (opcode === undefined) return stop(`there is no opcode ${String(window[at - base])}`);
    const { name, argument } = opcode;
    let next = at + 1;
    let number = 0;
    let text: string | undefined;
    let second: string | undefined;
    const width = fixedLength[argument];
    const prefix = lengthBytes[argument];
    if (width !== undefined) {
      if (width > 0) {
        if (!has(next, width) && !(await load(next, width))) return stop('it is cut off');
        if (width <= 4) number = readNumber(window, next - base, width);
      }
      next += width;
    } else if (prefix !== undefined) {
      if (!has(next, prefix) && !(await load(next, prefix))) return stop('it is cut off');
      const length = readNumber(window, next - base, prefix);
      next += prefix;
      if (!Number.isSafeInteger(length) || next + length > source.size) return stop('a length leads behind its end');
      if (length <= longestText && isText(name)) {
        if (!has(next, length) && !(await load(next, length))) return stop('it is cut off');
        text = textOf(window.subarray(next - base, next - base + length));
      }
      next += length;
    } else {
      const line = lineInWindow(next) ?? (await readLine(next));
      if (line === undefined) return stop('a line has no end');
      text = line.text;
      next = line.end;
      if (argument === 'two-lines') {
        const other = lineInWindow(next) ?? (await readLine(next));
        if (other === undefined) return stop('a line has no end');
        second = other.text;
        next = other.end;
      }
    }
    const fault = machine.step(name, offset, number, text, second);
    if (fault !== undefined) return stop(fault);
    count += 1;
    at = next;
    if (name === 'STOP') return stop();
    if (count % 100_000 === 0) signal.throwIfAborted();
  }
}

/** The part of Python's unpickler that decides what `STACK_GLOBAL` imports. */
class Machine {
  readonly imports: PickleImport[] = [];
  calls = 0;
  readonly #stack: Value[] = [];
  readonly #memo = new Map<number, Value>();

  /** Returns what makes it impossible to go on. */
  step(name: string, offset: number, number: number, text?: string, second?: string): string | undefined {
    const stack = this.#stack;
    if (stack.length > mostEntries || this.#memo.size > mostEntries) return 'it holds more than can be followed';
    switch (name) {
      case 'PROTO':
        return number > 5 ? `its protocol is ${String(number)}` : undefined;
      case 'FRAME':
      case 'STOP':
      case 'READONLY_BUFFER':
        return undefined;
      case 'MARK':
        stack.push(mark);
        return undefined;
      case 'POP':
        stack.pop();
        return undefined;
      case 'POP_MARK':
        this.#dropToMark();
        return undefined;
      case 'DUP':
        stack.push(stack.at(-1));
        return undefined;
      case 'STRING':
        stack.push(unquote(text ?? ''));
        return undefined;
      case 'UNICODE':
        stack.push(unescape(text ?? ''));
        return undefined;
      case 'BINSTRING':
      case 'SHORT_BINSTRING':
      case 'BINUNICODE':
      case 'SHORT_BINUNICODE':
      case 'BINUNICODE8':
        stack.push(text);
        return undefined;
      case 'GLOBAL':
        this.#import(text, second, offset, name);
        stack.push(undefined);
        return undefined;
      case 'INST':
        this.#dropToMark();
        this.#import(text, second, offset, name);
        this.calls += 1;
        stack.push(undefined);
        return undefined;
      case 'STACK_GLOBAL': {
        const attribute = stack.pop();
        const module = stack.pop();
        this.#import(known(module), known(attribute), offset, name);
        stack.push(undefined);
        return undefined;
      }
      case 'EXT1':
      case 'EXT2':
      case 'EXT4':
        this.#import(undefined, `extension ${String(number)}`, offset, name);
        stack.push(undefined);
        return undefined;
      case 'REDUCE':
      case 'NEWOBJ':
        this.calls += 1;
        this.#replace(2);
        return undefined;
      case 'NEWOBJ_EX':
        this.calls += 1;
        this.#replace(3);
        return undefined;
      case 'OBJ':
        this.calls += 1;
        this.#dropToMark();
        stack.push(undefined);
        return undefined;
      case 'BUILD':
        this.calls += 1;
        stack.pop();
        return undefined;
      case 'APPEND':
        stack.pop();
        return undefined;
      case 'SETITEM':
        stack.pop();
        stack.pop();
        return undefined;
      case 'APPENDS':
      case 'SETITEMS':
      case 'ADDITEMS':
        this.#dropToMark();
        return undefined;
      case 'LIST':
      case 'DICT':
      case 'TUPLE':
      case 'FROZENSET':
        this.#dropToMark();
        stack.push(undefined);
        return undefined;
      case 'TUPLE1':
      case 'BINPERSID':
        this.#replace(1);
        return undefined;
      case 'TUPLE2':
        this.#replace(2);
        return undefined;
      case 'TUPLE3':
        this.#replace(3);
        return undefined;
      case 'PUT':
      case 'BINPUT':
      case 'LONG_BINPUT':
        this.#keep(name === 'PUT' ? Number(text) : number);
        return undefined;
      case 'MEMOIZE':
        this.#keep(this.#memo.size);
        return undefined;
      case 'GET':
      case 'BINGET':
      case 'LONG_BINGET':
        stack.push(this.#memo.get(name === 'GET' ? Number(text) : number));
        return undefined;
      default:
        // Numbers, empty containers, bytes, buffers: one more value that names nothing.
        stack.push(undefined);
        return undefined;
    }
  }

  /** As CPython counts: `MEMOIZE` uses the number of entries there are. */
  #keep(key: number): void {
    const value = this.#stack.at(-1);
    // What is no text is kept too: a later text under the same key must not be mistaken for it, nor the other way round.
    this.#memo.set(key, value === mark ? undefined : value);
  }

  #replace(count: number): void {
    for (let i = 0; i < count && this.#stack.length > 0; i++) this.#stack.pop();
    this.#stack.push(undefined);
  }

  #dropToMark(): void {
    while (this.#stack.length > 0) if (this.#stack.pop() === mark) return;
  }

  #import(module: string | undefined, name: string | undefined, offset: number, opcode: string): void {
    // Past this many nobody reads on: what matters was found, or the file is one long import.
    if (this.imports.length < mostImports) this.imports.push({ module, name, offset, opcode });
    else if (this.imports.length === mostImports)
      this.imports.push({ module: undefined, name: 'and more', offset, opcode });
  }
}

function known(value: Value): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
