import { connect } from 'node:net';

/** All that comes back for these bytes until the gateway hangs up. */
export function raw(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    let text = '';
    socket.on('data', (data) => {
      text += data.toString('latin1');
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
  });
}

/** The body of the last answer in it. */
export const problemIn = (text: string) => JSON.parse(text.slice(text.lastIndexOf('\r\n\r\n') + 4));
