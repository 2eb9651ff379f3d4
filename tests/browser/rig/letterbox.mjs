// A mail server that keeps what it gets: notices by e-mail are sent to it over real SMTP.

import { SMTPServer } from 'smtp-server';

/** Listens on a free port. `letters` grows; `waitFor` resolves when a letter for somebody has come. */
export async function openLetterbox({ refuse = () => false } = {}) {
  const letters = [];
  const waiting = new Set();
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo: ({ address }, _session, done) => done(refuse(address) ? new Error('no such person here') : undefined),
    onData: (stream, session, done) => {
      keep(stream, session.envelope).then((letter) => {
        letters.push(letter);
        for (const look of waiting) look();
        done();
      }, done);
    },
  });
  await new Promise((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  return {
    port: server.server.address().port,
    letters,
    waitFor: (address, within_ms = 10_000) => waitFor(letters, waiting, address, within_ms),
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

async function keep(stream, { mailFrom, rcptTo }) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return { from: mailFrom.address, to: rcptTo.map(({ address }) => address), text: Buffer.concat(chunks).toString('utf8') };
}

function waitFor(letters, waiting, address, within_ms) {
  const find = () => letters.find(({ to }) => to.includes(address));
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => settle(() => reject(new Error(`no letter for ${address}; letters for: ${letters.map(({ to }) => to).join(', ')}`))), within_ms);
    const settle = (how) => {
      clearTimeout(timer);
      waiting.delete(look);
      how();
    };
    const look = () => {
      const letter = find();
      if (letter) settle(() => resolve(letter));
    };
    waiting.add(look);
    look();
  });
}
