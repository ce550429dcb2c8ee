/** Looks again and again until `look` answers with something. The time limit only ends a hopeless wait. */
export async function until<T>(look: () => T | Promise<T>, limitMs = 15_000): Promise<NonNullable<T>> {
  for (const end = Date.now() + limitMs; ;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
