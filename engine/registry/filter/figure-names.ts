/** Figures whose name is, or ends in, what was written: `accuracy` finds `core_accuracy`. The full name alone wins. Case is ignored. */
export function figuresCalled(written: string, names: Iterable<string>): string[] {
  const wanted = written.toLowerCase();
  const ending: string[] = [];
  for (const name of names) {
    const lower = name.toLowerCase();
    if (lower === wanted) return [name];
    if (lower.endsWith(wanted) && /[_.-]$/.test(lower.slice(0, -wanted.length))) ending.push(name);
  }
  return [...new Set(ending)];
}

/** The one figure that is meant, or none where there is none or several are. */
export function findFigure(written: string, names: Iterable<string>): string | undefined {
  const called = figuresCalled(written, names);
  return called.length === 1 ? called[0] : undefined;
}
