/** Long enough for charts and tables to be drawn. */
const holdMs = 2_000;
const moves = ['wheel', 'touchmove', 'pointerdown', 'keydown'] as const;

/** Brings an element to the top, and holds it there while the page still grows around it; lets go as soon as the reader moves. */
export function holdInView(element: HTMLElement): void {
  const held = new AbortController();
  const sizes = new ResizeObserver(() => element.scrollIntoView());
  const timer = setTimeout(() => held.abort(), holdMs);
  for (const move of moves) addEventListener(move, () => held.abort(), { signal: held.signal, passive: true });
  held.signal.addEventListener('abort', () => {
    clearTimeout(timer);
    sizes.disconnect();
  });
  sizes.observe(document.body);
}
