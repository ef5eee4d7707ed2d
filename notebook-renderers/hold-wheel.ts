/**
 * Keeps a turn of the wheel that scrolls something inside an output from scrolling the notebook as well. VS Code looks for such a thing
 * itself, but from outside, where it does not see into shadow roots.
 */
export function holdWheel(event: WheelEvent): void {
  const { deltaY, currentTarget } = event;
  for (const node of event.composedPath()) {
    if (node === currentTarget) return;
    if (node instanceof HTMLElement && scrolls(node, deltaY)) {
      event.stopPropagation();
      return;
    }
  }
}

function scrolls(element: HTMLElement, deltaY: number): boolean {
  const { scrollTop, scrollHeight, clientHeight } = element;
  const room = deltaY < 0 ? scrollTop : scrollHeight - clientHeight - scrollTop;
  if (deltaY === 0 || room < 2) return false;
  const { overflowY } = getComputedStyle(element);
  return overflowY === 'auto' || overflowY === 'scroll';
}
