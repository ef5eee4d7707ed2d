/** How the argument of an opcode is written (Python's `pickletools`, protocols 0 to 5). */
export type Argument =
  | 'none'
  | 'u1'
  | 'u2'
  | 'u4'
  | 'i4'
  | 'u8'
  | 'f8'
  | 'line'
  | 'two-lines'
  /** A length of 1, 4 or 8 bytes and that many bytes. */
  | 'bytes1'
  | 'bytes4'
  | 'bytes8';

export interface Opcode {
  readonly name: string;
  readonly argument: Argument;
}

const table: readonly (readonly [code: string, name: string, argument: Argument])[] = [
  ['(', 'MARK', 'none'],
  ['.', 'STOP', 'none'],
  ['0', 'POP', 'none'],
  ['1', 'POP_MARK', 'none'],
  ['2', 'DUP', 'none'],
  ['F', 'FLOAT', 'line'],
  ['I', 'INT', 'line'],
  ['J', 'BININT', 'i4'],
  ['K', 'BININT1', 'u1'],
  ['L', 'LONG', 'line'],
  ['M', 'BININT2', 'u2'],
  ['N', 'NONE', 'none'],
  ['P', 'PERSID', 'line'],
  ['Q', 'BINPERSID', 'none'],
  ['R', 'REDUCE', 'none'],
  ['S', 'STRING', 'line'],
  ['T', 'BINSTRING', 'bytes4'],
  ['U', 'SHORT_BINSTRING', 'bytes1'],
  ['V', 'UNICODE', 'line'],
  ['X', 'BINUNICODE', 'bytes4'],
  ['a', 'APPEND', 'none'],
  ['b', 'BUILD', 'none'],
  ['c', 'GLOBAL', 'two-lines'],
  ['d', 'DICT', 'none'],
  ['}', 'EMPTY_DICT', 'none'],
  ['e', 'APPENDS', 'none'],
  ['g', 'GET', 'line'],
  ['h', 'BINGET', 'u1'],
  ['i', 'INST', 'two-lines'],
  ['j', 'LONG_BINGET', 'u4'],
  ['l', 'LIST', 'none'],
  [']', 'EMPTY_LIST', 'none'],
  ['o', 'OBJ', 'none'],
  ['p', 'PUT', 'line'],
  ['q', 'BINPUT', 'u1'],
  ['r', 'LONG_BINPUT', 'u4'],
  ['s', 'SETITEM', 'none'],
  ['t', 'TUPLE', 'none'],
  [')', 'EMPTY_TUPLE', 'none'],
  ['u', 'SETITEMS', 'none'],
  ['G', 'BINFLOAT', 'f8'],
  ['\x80', 'PROTO', 'u1'],
  ['\x81', 'NEWOBJ', 'none'],
  ['\x82', 'EXT1', 'u1'],
  ['\x83', 'EXT2', 'u2'],
  ['\x84', 'EXT4', 'i4'],
  ['\x85', 'TUPLE1', 'none'],
  ['\x86', 'TUPLE2', 'none'],
  ['\x87', 'TUPLE3', 'none'],
  ['\x88', 'NEWTRUE', 'none'],
  ['\x89', 'NEWFALSE', 'none'],
  ['\x8a', 'LONG1', 'bytes1'],
  ['\x8b', 'LONG4', 'bytes4'],
  ['B', 'BINBYTES', 'bytes4'],
  ['C', 'SHORT_BINBYTES', 'bytes1'],
  ['\x8c', 'SHORT_BINUNICODE', 'bytes1'],
  ['\x8d', 'BINUNICODE8', 'bytes8'],
  ['\x8e', 'BINBYTES8', 'bytes8'],
  ['\x8f', 'EMPTY_SET', 'none'],
  ['\x90', 'ADDITEMS', 'none'],
  ['\x91', 'FROZENSET', 'none'],
  ['\x92', 'NEWOBJ_EX', 'none'],
  ['\x93', 'STACK_GLOBAL', 'none'],
  ['\x94', 'MEMOIZE', 'none'],
  ['\x95', 'FRAME', 'u8'],
  ['\x96', 'BYTEARRAY8', 'bytes8'],
  ['\x97', 'NEXT_BUFFER', 'none'],
  ['\x98', 'READONLY_BUFFER', 'none'],
];

/** By the opcode's byte. */
export const opcodes: readonly (Opcode | undefined)[] = (() => {
  const all: (Opcode | undefined)[] = new Array<Opcode | undefined>(256).fill(undefined);
  for (const [code, name, argument] of table) all[code.charCodeAt(0)] = { name, argument };
  return all;
})();

/** Bytes of arguments of a fixed length. */
export const fixedLength: Readonly<Partial<Record<Argument, number>>> = {
  none: 0,
  u1: 1,
  u2: 2,
  u4: 4,
  i4: 4,
  u8: 8,
  f8: 8,
};

/** Bytes of the length before an argument. */
export const lengthBytes: Readonly<Partial<Record<Argument, 1 | 4 | 8>>> = { bytes1: 1, bytes4: 4, bytes8: 8 };
