import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** Times in words grow old on an open page. */
const clockMs = 60_000;
const scrollPauseMs = 200;
/** From here an open control stands beside the list; in a narrower pane, under its row. */
const wide = '(min-width: 1000px)';

/** What goes on around a page: the time, its width, whether it is being printed, and where it was scrolled to. */
export class Surroundings implements ReactiveController {
  now = Date.now();
  isPrinting = false;
  readonly #host: ReactiveControllerHost;
  readonly #onScrolled: (top: number) => void;
  readonly #width = matchMedia(wide);
  #clock: ReturnType<typeof setInterval> | undefined;
  #scrolling: ReturnType<typeof setTimeout> | undefined;

  constructor(host: ReactiveControllerHost, onScrolled: (top: number) => void) {
    this.#host = host;
    this.#onScrolled = onScrolled;
    host.addController(this);
  }

  get isWide(): boolean {
    return this.#width.matches;
  }

  hostConnected(): void {
    this.now = Date.now();
    this.#clock = setInterval(() => {
      this.now = Date.now();
      this.#host.requestUpdate();
    }, clockMs);
    this.#width.addEventListener('change', this.#onWidth);
    addEventListener('scroll', this.#onScroll, { passive: true });
    addEventListener('beforeprint', this.#onPrint);
    addEventListener('afterprint', this.#onPrint);
  }

  hostDisconnected(): void {
    clearInterval(this.#clock);
    clearTimeout(this.#scrolling);
    this.#width.removeEventListener('change', this.#onWidth);
    removeEventListener('scroll', this.#onScroll);
    removeEventListener('beforeprint', this.#onPrint);
    removeEventListener('afterprint', this.#onPrint);
  }

  readonly #onWidth = (): void => this.#host.requestUpdate();

  readonly #onPrint = ({ type }: Event): void => {
    this.isPrinting = type === 'beforeprint';
    this.#host.requestUpdate();
  };

  readonly #onScroll = (): void => {
    clearTimeout(this.#scrolling);
    this.#scrolling = setTimeout(() => this.#onScrolled(Math.round(scrollY)), scrollPauseMs);
  };
}
