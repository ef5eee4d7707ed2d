/**
 * Asks what is there now. Where that was replaced before it answered, what has replaced it is asked: whoever waits hears of an answer, and never
 * of the replacement.
 */
export async function askCurrent<L, T>(current: () => L, question: (now: L) => Promise<T>): Promise<T> {
  for (;;) {
    const now = current();
    try {
      return await question(now);
    } catch (error) {
      if (current() === now) throw error;
    }
  }
}
