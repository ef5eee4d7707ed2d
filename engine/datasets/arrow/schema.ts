import type { SecondParts } from '../plain-values.ts';
import type { FlatTable } from './flatbuffer.ts';

/** How a column's values lie in memory (Apache Arrow's columnar format, `Schema.fbs`). */
export type ArrowType =
  | { readonly kind: 'null' | 'bool' | 'struct' | 'map' }
  | { readonly kind: 'int'; readonly bits: number; readonly signed: boolean }
  | { readonly kind: 'float'; readonly bits: number }
  | { readonly kind: 'decimal'; readonly scale: number; readonly bytes: number }
  | { readonly kind: 'date'; readonly milliseconds: boolean }
  | { readonly kind: 'time'; readonly parts: SecondParts; readonly bits: number }
  | { readonly kind: 'timestamp'; readonly parts: SecondParts; readonly utc: boolean }
  | { readonly kind: 'text' | 'bytes' | 'list'; readonly large: boolean }
  | { readonly kind: 'fixed-bytes'; readonly width: number }
  | { readonly kind: 'fixed-list'; readonly size: number };

export interface ArrowField {
  readonly name: string;
  readonly type: ArrowType;
  readonly children: readonly ArrowField[];
}

const deepest = 32;
const parts: readonly SecondParts[] = [0, 3, 6, 9];

/** The columns of a schema. Throws for a type that cannot be read, with its column. */
export function readFields(tables: readonly FlatTable[], depth = 0): ArrowField[] {
  if (depth > deepest) throw new Error('its columns are nested too deeply');
  return tables.map(table => {
    const name = table.text(0) ?? '';
    if (table.table(4) !== undefined) throw new Error(`the column "${name}" is dictionary-encoded`);
    const type = readType(table.int8(2, 0), table.table(3), name);
    const children = readFields(table.tables(5), depth + 1);
    const wanted = childrenOf(type);
    if (wanted !== undefined && children.length !== wanted) throw new Error(`the column "${name}" is not described`);
    if (type.kind === 'map' && children[0]?.children.length !== 2)
      throw new Error(`the map "${name}" is not described`);
    return { name, type, children };
  });
}

function childrenOf({ kind }: ArrowType): number | undefined {
  if (kind === 'struct') return undefined;
  return kind === 'list' || kind === 'fixed-list' || kind === 'map' ? 1 : 0;
}

function readType(code: number, table: FlatTable | undefined, name: string): ArrowType {
  const int16 = (field: number, otherwise: number): number => table?.int16(field, otherwise) ?? otherwise;
  const int32 = (field: number, otherwise: number): number => table?.int32(field, otherwise) ?? otherwise;
  switch (code) {
    case 1:
      return { kind: 'null' };
    case 2:
      return { kind: 'int', bits: oneOf(int32(0, 0), [8, 16, 32, 64], name), signed: table?.int8(1, 0) === 1 };
    case 3:
      return { kind: 'float', bits: oneOf([16, 32, 64][int16(0, 0)] ?? 0, [16, 32, 64], name) };
    case 4:
    case 19:
      return { kind: 'bytes', large: code === 19 };
    case 5:
    case 20:
      return { kind: 'text', large: code === 20 };
    case 6:
      return { kind: 'bool' };
    case 7:
      return { kind: 'decimal', scale: int32(1, 0), bytes: oneOf(int32(2, 128), [32, 64, 128, 256], name) / 8 };
    case 8:
      return { kind: 'date', milliseconds: int16(0, 1) === 1 };
    case 9:
      return { kind: 'time', parts: parts[int16(0, 1)] ?? 0, bits: oneOf(int32(1, 32), [32, 64], name) };
    case 10:
      return { kind: 'timestamp', parts: parts[int16(0, 0)] ?? 0, utc: table?.text(1) !== undefined };
    case 12:
    case 21:
      return { kind: 'list', large: code === 21 };
    case 13:
      return { kind: 'struct' };
    case 15:
      return { kind: 'fixed-bytes', width: positive(int32(0, 0), name) };
    case 16:
      return { kind: 'fixed-list', size: positive(int32(0, 0), name) };
    case 17:
      return { kind: 'map' };
    default:
      throw new Error(`the column "${name}" has a type that cannot be read (Arrow type ${String(code)})`);
  }
}

function oneOf(value: number, allowed: readonly number[], name: string): number {
  if (!allowed.includes(value)) throw new Error(`the column "${name}" has values of ${String(value)} bits`);
  return value;
}

function positive(value: number, name: string): number {
  if (value < 1) throw new Error(`the column "${name}" has values without a size`);
  return value;
}
