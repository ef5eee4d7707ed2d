import type { Fields, Shape } from './rules.ts';

/** How a request must look, and what answers it. */
export type Route = readonly [Shape, (fields: Fields) => unknown];
