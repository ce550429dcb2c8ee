/** What waits until a person wants it to be tried again. */
export function createRetries() {
  const waiting = new Set<() => void>();
  return {
    /** Until then, or until the signal is aborted. */
    retried: async (signal: AbortSignal): Promise<void> => {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      const wake = () => resolve(undefined);
      waiting.add(wake);
      signal.addEventListener('abort', wake, { once: true });
      await promise;
      waiting.delete(wake);
      signal.removeEventListener('abort', wake);
    },
    retry: () => [...waiting].forEach((wake) => wake()),
  };
}
