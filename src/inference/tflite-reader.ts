import { ByteBuffer } from 'flatbuffers';

/**
 * Tables of a FlatBuffers file, read by field id, with every offset checked: a damaged file ends in a
 * {@link DamagedTable}, never in a wild read. Layout: https://flatbuffers.dev/internals/.
 */

/** The file points outside itself, or says something that cannot be. */
export class DamagedTable extends Error {
  override readonly name = 'DamagedTable';
}

/** One table of the file. Absent fields give the schema's default, as FlatBuffers prescribes. */
export interface Table {
  readonly int8: (id: number, absent?: number) => number;
  readonly int32: (id: number, absent?: number) => number;
  readonly uint32: (id: number, absent?: number) => number;
  readonly float32: (id: number, absent?: number) => number;
  readonly string: (id: number) => string;
  /** A sub-table, if there. */
  readonly table: (id: number) => Table | undefined;
  readonly tables: (id: number) => readonly Table[];
  readonly int32s: (id: number) => readonly number[];
  /** 64-bit integers as numbers. */
  readonly int64s: (id: number) => readonly number[];
  readonly float32s: (id: number) => readonly number[];
  /** Bytes of the file itself, not copied. */
  readonly bytes: (id: number) => Uint8Array;
}

/** The two vtable entries before the first field: its own size and the table's. */
const VTABLE_HEADER = 4;

/** More entries than any real list of tensors, operators or scales has: a damaged length is refused before it is read. */
const MAX_ENTRIES = 1_000_000;

/** The file with its bounds. */
interface Bounded {
  readonly file: Uint8Array;
  readonly buffer: ByteBuffer;
  /** The offset itself, when so many bytes lie there. */
  readonly checked: (offset: number, bytes: number) => number;
  /** Follows the offset stored at `at`. */
  readonly indirect: (at: number) => number;
  /** First entry and number of entries of the vector whose offset is stored at `at`. */
  readonly vector: (at: number, bytesEach: number) => { readonly start: number; readonly length: number };
}

const bounded = (file: Uint8Array): Bounded => {
  const buffer = new ByteBuffer(file);
  const checked = (offset: number, bytes: number): number => {
    if (offset < 0 || offset + bytes > file.length) throw new DamagedTable(`offset ${offset} lies outside the file`);
    return offset;
  };
  const indirect = (at: number): number => checked(checked(at, 4) + buffer.readUint32(at), 4);
  const vector = (at: number, bytesEach: number): { start: number; length: number } => {
    const head = indirect(at);
    const length = buffer.readUint32(head);
    if (bytesEach > 1 && length > MAX_ENTRIES) throw new DamagedTable(`a list has ${length} entries`);
    return { start: checked(head + 4, length * bytesEach), length };
  };
  return { file, buffer, checked, indirect, vector };
};

/** Where field `id` of the table at `position` lies; undefined when the writer left it out. */
type FindField = (id: number, bytes: number) => number | undefined;

const fieldsAt = ({ buffer, checked }: Bounded, position: number): FindField => {
  const vtable = checked(checked(position, 4) - buffer.readInt32(position), VTABLE_HEADER);
  const vtableBytes = buffer.readUint16(vtable);
  checked(vtable, vtableBytes);
  return (id, bytes) => {
    const entry = VTABLE_HEADER + 2 * id;
    const offset = entry + 2 <= vtableBytes ? buffer.readUint16(vtable + entry) : 0;
    return offset === 0 ? undefined : checked(position + offset, bytes);
  };
};

const tableAt = (from: Bounded, position: number): Table => {
  const { file, buffer, indirect, vector } = from;
  const find = fieldsAt(from, position);
  const scalar = (bytes: number, read: (at: number) => number) => (id: number, absent = 0): number => {
    const at = find(id, bytes);
    return at === undefined ? absent : read(at);
  };
  const each = <T>(bytes: number, read: (at: number) => T) => (id: number): readonly T[] => {
    const at = find(id, 4);
    const { start, length } = at === undefined ? { start: 0, length: 0 } : vector(at, bytes);
    return Array.from({ length }, (_, i) => read(start + i * bytes));
  };
  const bytes = (id: number): Uint8Array => {
    const at = find(id, 4);
    const { start, length } = at === undefined ? { start: 0, length: 0 } : vector(at, 1);
    return file.subarray(start, start + length);
  };
  return {
    int8: scalar(1, (at) => buffer.readInt8(at)),
    int32: scalar(4, (at) => buffer.readInt32(at)),
    uint32: scalar(4, (at) => buffer.readUint32(at)),
    float32: scalar(4, (at) => buffer.readFloat32(at)),
    string: (id) => new TextDecoder().decode(bytes(id)),
    table: (id) => {
      const at = find(id, 4);
      return at === undefined ? undefined : tableAt(from, indirect(at));
    },
    tables: each(4, (at) => tableAt(from, indirect(at))),
    int32s: each(4, (at) => buffer.readInt32(at)),
    int64s: each(8, (at) => Number(buffer.readInt64(at))),
    float32s: each(4, (at) => buffer.readFloat32(at)),
    bytes,
  };
};

/** The root table of a file whose four-letter identifier is `identifier`. Throws {@link DamagedTable}. */
export const rootTable = (file: Uint8Array, identifier: string): Table => {
  const from = bounded(file);
  from.checked(0, 8);
  if (!from.buffer.__has_identifier(identifier)) throw new DamagedTable(`the identifier ${identifier} is missing`);
  return tableAt(from, from.indirect(0));
};
