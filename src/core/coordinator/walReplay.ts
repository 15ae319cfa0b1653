/**
 * The file format of SQLite's write-ahead log, as far as reading one takes it:
 * https://www.sqlite.org/fileformat2.html#the_write_ahead_log
 */

const walHeaderBytes = 32;
const frameHeaderBytes = 24;
/** The magic number's last bit says in which order the checksums take their words. */
const magic = 0x377f0682;

/** The log's header; undefined where there is none that is valid. */
interface WalHeader {
  readonly pageSize: number;
  readonly salts: readonly [number, number];
  readonly littleEndian: boolean;
  readonly checksum: Checksum;
}
type Checksum = readonly [number, number];

/**
 * A database's image as of the last transaction that the log holds completely. A log without a valid
 * header, or of another database, adds nothing.
 */
export function replayWal(main: Buffer, wal: Buffer): Buffer {
  const header = readHeader(wal);
  if (!header || (main.length >= 100 && pageSizeOf(main) !== header.pageSize)) {
    return main;
  }
  const { pageSize } = header;
  const pages = new Map<number, number>();
  let uncommitted: [page: number, at: number][] = [];
  let pageCount = 0;
  let checksum = header.checksum;
  const frameBytes = frameHeaderBytes + pageSize;
  for (let at = walHeaderBytes; at + frameBytes <= wal.length; at += frameBytes) {
    const isOurs =
      wal.readUInt32BE(at + 8) === header.salts[0] && wal.readUInt32BE(at + 12) === header.salts[1];
    if (!isOurs) {
      break;
    }
    checksum = addTo(checksum, wal, at, 8, header.littleEndian);
    checksum = addTo(checksum, wal, at + frameHeaderBytes, pageSize, header.littleEndian);
    if (checksum[0] !== wal.readUInt32BE(at + 16) || checksum[1] !== wal.readUInt32BE(at + 20)) {
      break;
    }
    uncommitted.push([wal.readUInt32BE(at), at + frameHeaderBytes]);
    const committedCount = wal.readUInt32BE(at + 4);
    if (committedCount > 0) {
      for (const [page, offset] of uncommitted) {
        pages.set(page, offset);
      }
      uncommitted = [];
      pageCount = committedCount;
    }
  }
  return pageCount === 0 ? main : overlay(main, wal, pages, pageCount, pageSize);
}

/** The page size that a database's first page names. */
export function pageSizeOf(main: Buffer): number {
  const size = main.readUInt16BE(16);
  return size === 1 ? 65_536 : size;
}

function overlay(
  main: Buffer,
  wal: Buffer,
  pages: ReadonlyMap<number, number>,
  pageCount: number,
  pageSize: number,
): Buffer {
  const image = Buffer.alloc(pageCount * pageSize);
  main.copy(image, 0, 0, Math.min(main.length, image.length));
  for (const [page, offset] of pages) {
    if (page <= pageCount) {
      wal.copy(image, (page - 1) * pageSize, offset, offset + pageSize);
    }
  }
  return image;
}

function readHeader(wal: Buffer): WalHeader | undefined {
  if (wal.length < walHeaderBytes || (wal.readUInt32BE(0) & ~1) !== (magic & ~1)) {
    return undefined;
  }
  const littleEndian = (wal.readUInt32BE(0) & 1) === 0;
  const checksum = addTo([0, 0], wal, 0, 24, littleEndian);
  const pageSize = wal.readUInt32BE(8);
  const isPower = pageSize >= 512 && pageSize <= 65_536 && (pageSize & (pageSize - 1)) === 0;
  return isPower && checksum[0] === wal.readUInt32BE(24) && checksum[1] === wal.readUInt32BE(28)
    ? { pageSize, salts: [wal.readUInt32BE(16), wal.readUInt32BE(20)], littleEndian, checksum }
    : undefined;
}

/** Goes on with SQLite's running checksum over these bytes. */
function addTo(
  [first, second]: Checksum,
  bytes: Buffer,
  from: number,
  length: number,
  littleEndian: boolean,
): Checksum {
  const view = new DataView(bytes.buffer, bytes.byteOffset + from, length);
  let one = first;
  let two = second;
  for (let at = 0; at < length; at += 8) {
    one = (one + view.getUint32(at, littleEndian) + two) >>> 0;
    two = (two + view.getUint32(at + 4, littleEndian) + one) >>> 0;
  }
  return [one, two];
}
