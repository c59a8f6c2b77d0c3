/** One event of a `text/event-stream`. */
export interface ServerEvent {
  id: string | null;
  event: string;
  data: string;
}

/** Reads server-sent events from pieces of text that end anywhere. */
export class SseParser {
  private rest = '';
  private started = false;
  private event = '';
  private id: string | null = null;
  private data: string[] = [];

  /** The events that the piece completes. */
  push(piece: string): ServerEvent[] {
    this.rest += piece;
    if (!this.started && this.rest.length > 0) {
      this.started = true;
      this.rest = this.rest.replace(/^\uFEFF/, '');
    }
    const found: ServerEvent[] = [];
    for (let line = this.line(); line !== null; line = this.line()) {
      const event = this.take(line);
      if (event) found.push(event);
    }
    return found;
  }

  /** Lines end with LF, CR or CR LF; a CR at the very end may still get its LF. */
  private line(): string | null {
    const end = this.rest.search(/[\r\n]/);
    if (end < 0 || (this.rest[end] === '\r' && end === this.rest.length - 1)) return null;
    const line = this.rest.slice(0, end);
    const width = this.rest.startsWith('\r\n', end) ? 2 : 1;
    this.rest = this.rest.slice(end + width);
    return line;
  }

  private take(line: string): ServerEvent | null {
    if (line === '') return this.finish();
    const colon = line.indexOf(':');
    if (colon === 0) return null;
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'event') this.event = value;
    else if (name === 'data') this.data.push(value);
    else if (name === 'id') this.id = value;
    return null;
  }

  private finish(): ServerEvent | null {
    const { event, id, data } = this;
    this.event = '';
    this.id = null;
    this.data = [];
    return data.length > 0 ? { id, event: event || 'message', data: data.join('\n') } : null;
  }
}
