interface Waiting {
  readonly alone: boolean;
  enter(): void;
}

/** Lets many in together, or one alone, in the order they came. */
export class Turnstile {
  #inside = 0;
  #isAlone = false;
  #queue: Waiting[] = [];

  /** Those inside and those that wait. */
  get size(): number {
    return this.#inside + this.#queue.length;
  }

  /** Resolves once it may go on; `alone` waits until nobody is inside, and keeps others out until it leaves. */
  enter(alone: boolean): Promise<void> {
    return new Promise(resolve => {
      this.#queue.push({ alone, enter: resolve });
      this.#admit();
    });
  }

  leave(): void {
    this.#inside -= 1;
    this.#isAlone = false;
    this.#admit();
  }

  #admit(): void {
    while (this.#queue[0] !== undefined && !this.#isAlone) {
      const next = this.#queue[0];
      if (next.alone && this.#inside > 0) return;
      this.#queue.shift();
      this.#inside += 1;
      this.#isAlone = next.alone;
      next.enter();
    }
  }
}
