// A name server on loopback that answers every question for an address with the one it is told.
import { createSocket } from 'node:dgram';

/** Gives its port, and `point(address)` to change what names lead to. */
export async function names(address) {
  let current = address;
  const socket = createSocket('udp4');
  socket.on('message', (asked, from) => {
    // The question follows the head of twelve bytes and ends with type and class, four bytes.
    let end = 12;
    while (asked[end] !== 0) end += asked[end] + 1;
    end += 5;
    const isAddress = asked.readUInt16BE(end - 4) === 1;
    const head = Buffer.from(asked.subarray(0, 12));
    head.writeUInt16BE(0x8180, 2);
    head.writeUInt16BE(isAddress ? 1 : 0, 6);
    head.writeUInt32BE(0, 8);
    const answer = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...current.split('.').map(Number)]);
    socket.send(Buffer.concat([head, asked.subarray(12, end), ...(isAddress ? [answer] : [])]), from.port, from.address);
  });
  await new Promise((done) => socket.bind(0, '127.0.0.1', done));
  return {
    port: socket.address().port,
    point: (to) => {
      current = to;
    },
    close: () => socket.close(),
  };
}
