import type { Unit } from '../../schemas/generated/messages.ts';

/** The figure a result is known by. */
export interface ResultHeadline {
  readonly value: number;
  readonly unit: Unit;
  readonly label: string;
}

interface Figure {
  readonly metric: string;
  readonly label: string;
  readonly unit: Unit;
  readonly direction: string;
  readonly value: number;
  readonly n: number;
}

type Found = { readonly n: number | undefined; readonly headline: ResultHeadline | undefined };
type Fields = Readonly<Record<string, unknown>>;

/** The best figure of a run's output, with the samples behind it: its leading metric's, or of a tuning run what chose the checkpoint. */
export function headlineOf(output: Fields): Found {
  const report = asFields(output['report']);
  if (report !== undefined) {
    const figures = asList(report['variants']).flatMap(variant => figuresOf(asFields(variant)?.['metrics']));
    return bestOf(figures, leadingOf(report, figures));
  }
  const tuning = asFields(output['tuning']);
  const selection = asFields(tuning?.['selection']);
  const aspects = asList(tuning?.['aspects']).map(asFields);
  const chosen = aspects.find(aspect => aspect?.['aspect'] === selection?.['aspect']) ?? aspects[0];
  const figures = figuresOf(chosen?.['metrics']);
  const metric = figures.find(figure => figure.metric === selection?.['metric'])?.metric;
  const best = bestOf(figures, metric ?? figures[0]?.metric);
  const name = chosen?.['aspect'];
  if (best.headline === undefined || aspects.length < 2 || typeof name !== 'string') return best;
  // Of several aspects it matters which one is meant.
  return {
    ...best,
    headline: { ...best.headline, label: `${best.headline.label}, ${name.slice(0, 40).replaceAll('-', ' ')}` },
  };
}

function leadingOf(report: Fields, figures: readonly Figure[]): string | undefined {
  const known = figures.find(({ metric }) => metric === report['leading']);
  return (known ?? figures[0])?.metric;
}

function bestOf(figures: readonly Figure[], metric: string | undefined): Found {
  const all = figures.filter(figure => figure.metric === metric);
  const [first, ...rest] = all;
  if (first === undefined) return { n: undefined, headline: undefined };
  const isLower = first.direction === 'lower';
  const best = rest.reduce((a, b) => (isLower === b.value < a.value && a.value !== b.value ? b : a), first);
  return { n: best.n, headline: { value: best.value, unit: best.unit, label: best.label } };
}

function figuresOf(metrics: unknown): Figure[] {
  return asList(metrics).flatMap(entry => {
    const fields = asFields(entry);
    const { metric, label, unit, direction, value, n } = fields ?? {};
    if (typeof metric !== 'string' || typeof label !== 'string' || typeof value !== 'number') return [];
    return [
      { metric, label: label.slice(0, 100), unit: unit as Unit, direction: String(direction), value, n: Number(n) },
    ];
  });
}

function asFields(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
