/** Where the browser keeps what must outlive a reload; where it refuses (private windows, blocked site data), this page's memory. */
export type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

export function openStore(find: () => Storage): Store {
  const memory = new Map<string, string>();
  const inMemory: Store = {
    getItem: (key) => memory.get(key) ?? null,
    setItem: (key, value) => void memory.set(key, value),
    removeItem: (key) => void memory.delete(key),
  };
  try {
    const storage = find();
    storage.setItem('baton.probe', '');
    storage.removeItem('baton.probe');
    return storage;
  } catch {
    return inMemory;
  }
}
