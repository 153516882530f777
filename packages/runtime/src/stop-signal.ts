/**
 * Resolves when the process should stop: SIGINT, SIGTERM, or the death of the parent named by BATON_PARENT_PID
 * (a launcher killed with SIGKILL cannot tell its children).
 */
export function stopSignal(): Promise<string> {
  return new Promise((resolve) => {
    const stop = (reason: string) => {
      clearInterval(watch);
      resolve(reason);
    };
    const parent = Number(process.env['BATON_PARENT_PID'] ?? 0);
    const watch = setInterval(() => {
      // An orphan is adopted by another process, so the parent's id changes; no id is ever probed that could have been reused.
      if (parent > 0 && process.ppid !== parent) stop('parent gone');
    }, 500);
    if (parent === 0) clearInterval(watch);
    process.once('SIGINT', () => stop('SIGINT'));
    process.once('SIGTERM', () => stop('SIGTERM'));
  });
}
