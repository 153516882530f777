import { Socket } from 'node:net';

/**
 * Aborted at the first SIGINT, SIGTERM or SIGHUP, or when the process that started this one is gone. A second signal ends this process at
 * once, and the guard then ends the rest.
 *
 * @param bootstrapFd an open stream whose other end the starting process holds; it closes however that process ends
 */
export function whenToStop(bootstrapFd: number | undefined, say: (line: string) => void): AbortSignal {
  const control = new AbortController();
  const stop = (signal: NodeJS.Signals): void => {
    if (control.signal.aborted) {
      say('not waiting any longer');
      process.kill(process.pid, 'SIGKILL');
    }
    control.abort(abortError(signal));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  if (bootstrapFd !== undefined) watchStarter(bootstrapFd, () => control.abort(abortError('the process that started Baton ended')));
  return control.signal;
}

function watchStarter(fd: number, gone: () => void): void {
  const socket = new Socket({ fd, readable: true, writable: false });
  socket.on('error', gone);
  socket.on('close', gone);
  socket.resume();
  socket.unref();
}

function abortError(reason: string): DOMException {
  return new DOMException(reason, 'AbortError');
}
