/** How far a file is. */
export interface Progress {
  records: number;
  /** Null when nobody counted them. */
  total: number | null;
  /** About how many, where nobody counted them. */
  about: number | null;
}

interface Head extends Progress {
  bytes: number;
}

const LINE_END = 10;

/** Puts a file together from pieces, each behind a line of JSON, that arrive cut anywhere. */
export class PieceReader {
  private readonly file: BlobPart[] = [];
  private line: number[] = [];
  private left = 0;

  constructor(private readonly onProgress: (progress: Progress) => void) {}

  push(bytes: Uint8Array<ArrayBuffer>) {
    let at = 0;
    while (at < bytes.length) at = this.left > 0 ? this.take(bytes, at) : this.read(bytes, at);
  }

  /** The file; a piece that did not come to its end is an error. */
  end(type: string): Blob {
    if (this.left > 0 || this.line.length > 0) throw new Error('the file ends within a piece');
    return new Blob(this.file, { type });
  }

  private take(bytes: Uint8Array<ArrayBuffer>, at: number): number {
    const end = Math.min(bytes.length, at + this.left);
    this.file.push(bytes.slice(at, end));
    this.left -= end - at;
    return end;
  }

  private read(bytes: Uint8Array<ArrayBuffer>, at: number): number {
    const found = bytes.indexOf(LINE_END, at);
    const end = found < 0 ? bytes.length : found;
    this.line.push(...bytes.subarray(at, end));
    if (found < 0) return end;
    const {
      records,
      total,
      about,
      bytes: size,
    } = JSON.parse(new TextDecoder().decode(new Uint8Array(this.line))) as Head;
    this.line = [];
    this.left = size;
    this.onProgress({ records, total, about });
    return end + 1;
  }
}
