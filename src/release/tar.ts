/** One member of an archive. No owner, no names, no time: the same files give the same bytes. */
export interface TarMember {
  readonly path: string;
  readonly mode: number;
  readonly size: number;
  /** Where it points, for a symlink. */
  readonly target?: string;
}

const BLOCK = 512;
/** 2000-01-01T00:00:00Z: a file of the year 1970 makes some servers and caches suspicious. */
const TIME = 946_684_800;
/** Bytes of the name and of the target field. */
const NAME = 100;
/** The size field takes 11 octal digits. */
const OCTAL_LIMIT = 8 ** 11;

export const TAR_END = Buffer.alloc(2 * BLOCK);

/**
 * The blocks before a member's content. Long names go into GNU `L` and `K` entries: GNU tar, bsdtar and every busybox
 * understand those, pax headers not every one.
 */
export function tarHeader({ path, mode, size, target }: TarMember): Buffer {
  const name = Buffer.from(path);
  const link = Buffer.from(target ?? '');
  return Buffer.concat([
    link.length > NAME ? longEntry('K', link) : Buffer.alloc(0),
    name.length > NAME ? longEntry('L', name) : Buffer.alloc(0),
    header({ name, link, mode, size, type: target === undefined ? '0' : '2' }),
  ]);
}

/** The zeros after a content of `size` bytes. */
export function tarPadding(size: number): Buffer {
  return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
}

function longEntry(type: 'K' | 'L', text: Buffer): Buffer {
  const content = Buffer.concat([text, Buffer.alloc(1)]);
  const name = Buffer.from('././@LongLink');
  return Buffer.concat([
    header({ name, link: Buffer.alloc(0), mode: 0o644, size: content.length, type }),
    content,
    tarPadding(content.length),
  ]);
}

interface Header {
  readonly name: Buffer;
  readonly link: Buffer;
  readonly mode: number;
  readonly size: number;
  readonly type: string;
}

function header({ name, link, mode, size, type }: Header): Buffer {
  const block = Buffer.alloc(BLOCK);
  name.copy(block, 0, 0, NAME);
  octal(block, { at: 100, digits: 7, value: mode });
  octal(block, { at: 108, digits: 7, value: 0 });
  octal(block, { at: 116, digits: 7, value: 0 });
  if (size < OCTAL_LIMIT) octal(block, { at: 124, digits: 11, value: size });
  else binary(block, size);
  octal(block, { at: 136, digits: 11, value: TIME });
  block.fill(' ', 148, 156);
  block.write(type, 156, 'latin1');
  link.copy(block, 157, 0, NAME);
  block.write('ustar  \0', 257, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

function octal(block: Buffer, { at, digits, value }: { at: number; digits: number; value: number }): void {
  block.write(value.toString(8).padStart(digits, '0'), at, 'latin1');
}

/** GNU's way to write a size of 8 GiB and more: a set first bit, then the number, high byte first. */
function binary(block: Buffer, size: number): void {
  block[124] = 0x80;
  block.writeBigUInt64BE(BigInt(size), 128);
}
