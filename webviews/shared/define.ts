/**
 * Defines a custom element unless its name is taken. A notebook output frame is shared by every renderer in it, and a
 * renderer may be loaded more than once: defining a name twice would throw and leave the output empty.
 */
export function defineElement(name: string, element: CustomElementConstructor): void {
  if (customElements.get(name) === undefined) customElements.define(name, element);
}
