import { svg, html, type TemplateResult } from 'lit';

/** Sixteen-pixel line icons drawn for these pages; they take the colour of the text beside them. */
const shapes = {
  pass: svg`<circle cx="8" cy="8" r="6.5"/><path d="m5 8.2 2.1 2.1L11 6"/>`,
  error: svg`<circle cx="8" cy="8" r="6.5"/><path d="m5.7 5.7 4.6 4.6m0-4.6-4.6 4.6"/>`,
  warning: svg`<path d="M8 2 1.6 13.5h12.8z"/><path d="M8 6.2v3.6m0 1.4v1"/>`,
  info: svg`<circle cx="8" cy="8" r="6.5"/><path d="M8 7.3v3.9m0-6.4v1"/>`,
  slash: svg`<circle cx="8" cy="8" r="6.5"/><path d="m3.5 12.5 9-9"/>`,
  clock: svg`<circle cx="8" cy="8" r="6.5"/><path d="M8 4.2V8l2.6 1.8"/>`,
  spinner: svg`<path d="M8 1.5a6.5 6.5 0 1 0 6.5 6.5"/>`,
  check: svg`<path d="m3 8.4 3.2 3.2L13 4.6"/>`,
  cross: svg`<path d="m4 4 8 8m0-8-8 8"/>`,
  arrowUp: svg`<path d="M8 13V3m-4 4 4-4 4 4"/>`,
  arrowDown: svg`<path d="M8 3v10m4-4-4 4-4-4"/>`,
  star: svg`<path d="m8 1.8 1.9 4 4.3.6-3.1 3 .8 4.3L8 11.6l-3.9 2.1.8-4.3-3.1-3 4.3-.6z"/>`,
  equal: svg`<path d="M3.5 6h9m-9 4h9"/>`,
  half: svg`<circle cx="8" cy="8" r="6.5"/><path d="M8 1.5a6.5 6.5 0 0 1 0 13z" fill="currentColor"/>`,
  absent: svg`<circle cx="8" cy="8" r="6.5" stroke-dasharray="2.4 2.7"/>`,
  question: svg`<circle cx="8" cy="8" r="6.5"/><path d="M6.1 6.3C6.3 4 9.9 4.1 9.9 6.3 9.9 7.7 8 7.6 8 9.2m0 1.5v.8"/>`,
  review: svg`<path d="M1.5 8C4.5 3 11.5 3 14.5 8 11.5 13 4.5 13 1.5 8z"/><circle cx="8" cy="8" r="2.1"/>`,
  compare: svg`<path d="M4 4.5v5.5a2 2 0 0 0 2 2h3m-1.8-2 2 2-2 2M12 11.5V6a2 2 0 0 0-2-2H7m1.8 2-2-2 2-2"/>`,
  refresh: svg`<path d="M13.5 8A5.5 5.5 0 1 1 11.7 4M13.5 1.8V5h-3.2"/>`,
  copy: svg`<path d="M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3"/>`,
  dot: svg`<circle cx="8" cy="8" r="1.6" fill="currentColor"/>`,
  lock: svg`<path d="M3.5 7.5h9v6h-9zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5"/>`,
  chevronRight: svg`<path d="m6 3.5 4.5 4.5L6 12.5"/>`,
  chevronUp: svg`<path d="m3.5 10 4.5-4.5L12.5 10"/>`,
  chevronDown: svg`<path d="m3.5 6 4.5 4.5L12.5 6"/>`,
} as const;

export type IconName = keyof typeof shapes;

/** Always beside words that say the same, so hidden from screen readers. */
export function icon(name: IconName): TemplateResult {
  return html`<svg class="icon icon-${name}" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
    ${shapes[name]}
  </svg>`;
}
