// A site on loopback whose one page waits until it is let go, and a proxy that forwards to it.
import { request as ask, createServer } from 'node:http';

export async function slowSite() {
  const waiting = [];
  let open = false;
  const answer = (response) => response.end('<title>Late</title><h1>At last</h1>');
  const server = createServer((request, response) => {
    if (request.url === '/robots.txt') {
      response.statusCode = 404;
      return response.end();
    }
    response.setHeader('content-type', 'text/html');
    return open ? answer(response) : waiting.push(response);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    release: () => {
      open = true;
      for (const response of waiting.splice(0)) answer(response);
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A site that turns everybody away, and one thing that works. */
export async function strictSite() {
  const server = createServer((request, response) => {
    response.statusCode = { '/robots.txt': 404, '/well': 200 }[request.url] ?? 429;
    response.end();
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Forwards requests of plain HTTP, as the cheapest of proxies do. */
export async function forwardProxy() {
  const server = createServer((request, response) => {
    const { method, headers } = request;
    const onward = ask(request.url, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.writeHead(502).end());
    request.pipe(onward);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return {
    address: `http://127.0.0.1:${server.address().port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
