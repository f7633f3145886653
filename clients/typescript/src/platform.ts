// What browsers tell: that there is a network again, that the app is looked at again.

interface Page {
  addEventListener?: (type: string, listener: () => void) => void;
  removeEventListener?: (type: string, listener: () => void) => void;
}

/** Calls `wake` when the platform has good news. Returns what ends it. */
export function listenToPlatform(wake: () => void): () => void {
  const { document } = globalThis as { document?: Page & { visibilityState?: string } };
  const page = globalThis as Page;
  const onVisible = () => {
    if (document?.visibilityState === 'visible') wake();
  };
  page.addEventListener?.('online', wake);
  document?.addEventListener?.('visibilitychange', onVisible);
  return () => {
    page.removeEventListener?.('online', wake);
    document?.removeEventListener?.('visibilitychange', onVisible);
  };
}
