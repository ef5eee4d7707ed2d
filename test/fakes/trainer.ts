import type { Trainer } from '../../engine/ports/trainer.ts';

const unavailable = (): Promise<never> => Promise.reject(new Error('There is no trainer here.'));

/** Of tests that train and ask no model of Transformers. */
export const noTrainer: Trainer = {
  inspect: unavailable,
  permit: unavailable,
  create: unavailable,
  remove: unavailable,
  room: unavailable,
  train: unavailable,
  answer: unavailable,
};
