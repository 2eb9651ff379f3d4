// A network between a phone and Muster that misbehaves on demand: gone, deaf (nothing is answered, nothing breaks off), or
// losing replies after the server has done its work. The server behind it can be another one later (a restored one), at the same address.

import { createServer, request } from 'node:http';

/** `target`: the address of the server behind. */
export async function openFront(target) {
  const front = { target, isDown: false, isDeaf: false, refuses: null, losesEvery: 0, change: null, lost: 0, posts: 0 };
  const sockets = new Set();
  const server = createServer((asked, answer) => pass(front, asked, answer));
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    if (front.isDown) socket.destroy();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  front.address = `http://127.0.0.1:${server.address().port}`;
  front.setDown = (isDown) => {
    front.isDown = isDown;
    if (isDown) sockets.forEach((socket) => socket.destroy());
  };
  front.close = () => {
    sockets.forEach((socket) => socket.destroy());
    server.close();
  };
  return front;
}

async function pass(front, asked, answer) {
  if (front.isDeaf) return;
  if (front.isDown || (front.refuses && front.refuses.test(asked.url))) return asked.socket.destroy();
  const isEntries = asked.method === 'POST' && asked.url.endsWith('/outbox');
  const body = await whole(asked);
  const sent = isEntries && front.change?.asked ? Buffer.from(front.change.asked(body.toString())) : body;
  const { host, port } = new URL(front.target);
  const headers = { ...asked.headers, 'content-length': sent.length, ...(isEntries && { 'accept-encoding': 'identity' }) };
  if (!sent.length) delete headers['content-length'];
  const onward = request({ host: host.split(':')[0], port, method: asked.method, path: asked.url, headers }, async (found) => {
    if (!isEntries) {
      answer.writeHead(found.statusCode, found.rawHeaders);
      // A stream is open before it has said anything.
      answer.flushHeaders();
      found.pipe(answer);
      return;
    }
    const reply = await whole(found);
    front.posts += 1;
    if (front.losesEvery && front.posts % front.losesEvery === 0) {
      front.lost += 1;
      return asked.socket.destroy();
    }
    const text = front.change?.reply ? front.change.reply(reply.toString()) : reply;
    answer.writeHead(found.statusCode, { 'content-type': found.headers['content-type'] ?? 'text/plain' });
    answer.end(text);
  });
  onward.on('error', () => asked.socket.destroy());
  answer.on('close', () => onward.destroy());
  onward.end(sent);
}

async function whole(stream) {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}
