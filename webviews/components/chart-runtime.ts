import { View, Warn, parse } from 'vega';
import { expressionInterpreter } from 'vega-interpreter';
import { compile, type TopLevelSpec } from 'vega-lite';

export interface DrawnChart {
  /** The chart as an SVG file's text. */
  toSvg(): Promise<string>;
  /** The chart as a PNG file, twice as fine as on the page, on a ground of this colour. */
  toPng(background: string): Promise<Blob>;
  remove(): void;
}

/**
 * Draws a Vega-Lite chart as SVG into `container`. Expressions are interpreted, never compiled to code, so the page's
 * content security policy needs no `unsafe-eval`. Nothing is ever loaded: data lies in the specification.
 */
export async function drawChart(container: HTMLElement, spec: TopLevelSpec, width: number): Promise<DrawnChart> {
  const compiled = compile({ ...spec, width }).spec;
  const view = new View(parse(compiled, undefined, { ast: true }), {
    expr: expressionInterpreter,
    renderer: 'svg',
    container,
    hover: true,
    logLevel: Warn,
    loader: refusingLoader,
  });
  await view.runAsync();
  return {
    toSvg: () => view.toSVG(),
    toPng: async background => await onGround(await view.toCanvas(2), background),
    remove() {
      view.finalize();
      container.replaceChildren();
    },
  };
}

async function onGround(drawn: HTMLCanvasElement, background: string): Promise<Blob> {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [drawn.width, drawn.height];
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('This browser draws no pictures.');
  context.fillStyle = background;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(drawn, 0, 0);
  return await new Promise((resolve, reject) => {
    canvas.toBlob(
      blob => (blob === null ? reject(new Error('The picture could not be made.')) : resolve(blob)),
      'image/png',
    );
  });
}

function refuse(): Promise<never> {
  return Promise.reject(new Error('Charts load nothing.'));
}

const refusingLoader = { load: refuse, sanitize: refuse, http: refuse, file: refuse };
