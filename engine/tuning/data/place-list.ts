import type { FoundRows } from '../../../schemas/generated/messages.ts';

const shownPlaces = 20;

/** Counts rows and keeps where the first of them are. */
export class PlaceList {
  readonly #places: string[] = [];
  rows = 0;

  add(place: string): void {
    this.rows += 1;
    if (this.#places.length < shownPlaces) this.#places.push(place);
  }

  finish(): FoundRows {
    return { rows: this.rows, places: [...this.#places] };
  }
}
