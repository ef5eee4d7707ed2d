/**
 * P values adjusted for being several: Holm's (1979) step-down method. Each may be judged on its own at the usual level, and the chance
 * of any false finding among them stays below that level. Same order as given; 1 at most.
 */
export function adjustHolm(pValues: readonly number[]): number[] {
  const order = pValues.map((_, position) => position).sort((a, b) => pValues[a]! - pValues[b]!);
  const adjusted = new Array<number>(pValues.length).fill(1);
  let largest = 0;
  order.forEach((position, rank) => {
    largest = Math.max(largest, Math.min(1, pValues[position]! * (pValues.length - rank)));
    adjusted[position] = largest;
  });
  return adjusted;
}
