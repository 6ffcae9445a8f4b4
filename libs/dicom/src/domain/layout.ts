/** How the elements of one place are written. */
export interface Layout {
  readonly explicitVr: boolean;
  readonly littleEndian: boolean;
}

export function uint16(value: number, { littleEndian }: Layout): Buffer {
  const bytes = Buffer.alloc(2);
  if (littleEndian) bytes.writeUInt16LE(value);
  else bytes.writeUInt16BE(value);
  return bytes;
}

export function uint32(value: number, { littleEndian }: Layout): Buffer {
  const bytes = Buffer.alloc(4);
  if (littleEndian) bytes.writeUInt32LE(value);
  else bytes.writeUInt32BE(value);
  return bytes;
}
