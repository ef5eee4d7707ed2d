import type { TakeChart } from '../../schemas/generated/messages.ts';

/** A chart, or its data, on its way out of the page. */
export type TakenChart = Omit<TakeChart, 'type'>;

/** Whoever takes charts out of the page: VS Code, which has a clipboard, editors and files. */
export interface ChartDesk {
  take(chart: TakenChart): void;
}

const eventName = 'find-chart-desk';

/** The desk that a chart's surroundings offer; undefined where nobody does, as in a self-contained file. */
export function findChartDesk(chart: EventTarget): ChartDesk | undefined {
  const detail: { desk?: ChartDesk } = {};
  chart.dispatchEvent(new CustomEvent(eventName, { detail, bubbles: true, composed: true }));
  return detail.desk;
}

/** Offers a desk to every chart inside `around`; the returned function ends that. */
export function offerChartDesk(around: EventTarget, desk: ChartDesk): () => void {
  const offer = (event: Event): void => {
    event.stopPropagation();
    (event as CustomEvent<{ desk?: ChartDesk }>).detail.desk = desk;
  };
  around.addEventListener(eventName, offer);
  return () => around.removeEventListener(eventName, offer);
}
