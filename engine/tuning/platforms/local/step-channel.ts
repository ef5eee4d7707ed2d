/** Texts that one side tells and the other takes when it comes to it. */
export class StepChannel implements AsyncIterable<string> {
  #waiting: string[] = [];
  #isEnded = false;
  #wake: () => void = () => undefined;

  push(text: string): void {
    this.#waiting.push(text);
    this.#wake();
  }

  end(): void {
    this.#isEnded = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<string> {
    for (;;) {
      const taken = this.#waiting;
      this.#waiting = [];
      yield* taken;
      if (this.#waiting.length > 0) continue;
      if (this.#isEnded) return;
      await new Promise<void>(resolve => {
        this.#wake = resolve;
      });
    }
  }
}
