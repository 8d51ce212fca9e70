/**
 * Work that several ask for at the same time is done once: whoever comes while it is under way shares its outcome, a failure
 * too. Nothing is kept beyond that.
 */
export function sharing<T>(): (owner: object, key: string, work: () => Promise<T>) => Promise<T> {
  const owners = new WeakMap<object, Map<string, Promise<T>>>();
  return (owner, key, work) => {
    const underWay = owners.get(owner) ?? new Map<string, Promise<T>>();
    owners.set(owner, underWay);
    const shared = underWay.get(key) ?? work().finally(() => underWay.delete(key));
    underWay.set(key, shared);
    return shared;
  };
}
