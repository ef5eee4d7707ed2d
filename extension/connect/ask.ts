import type { StepPlace } from './flow.ts';

/** One thing to choose. Labels and details are plain text, whoever wrote them. */
export interface Choice<T> {
  readonly label: string;
  /** Name of a codicon in front of the label. */
  readonly icon?: string;
  readonly description?: string;
  readonly detail?: string;
  /** A heading above it; choices that share one stand together. */
  readonly group?: string;
  /** Undefined: it is there to be read, and choosing it does nothing. */
  readonly value?: T;
  /** The one that is chosen already. */
  readonly isChosen?: boolean;
  /** Shown whatever is typed. */
  readonly isAlwaysShown?: boolean;
}

export interface PickQuestion<T> {
  readonly title: string;
  readonly place: StepPlace;
  readonly placeholder: string;
  readonly choices: readonly Choice<T>[];
  /** More that take a moment to find. They replace `choices`; the question can be answered before. */
  load?(signal: AbortSignal): Promise<readonly Choice<T>[]>;
  /** A choice for what is typed, where anything may be. */
  typed?(text: string): Choice<T> | undefined;
}

export interface InputQuestion {
  readonly title: string;
  readonly place: StepPlace;
  readonly prompt: string;
  readonly placeholder?: string;
  readonly value?: string;
  readonly isSecret?: boolean;
  /** What is wrong, or worth a warning; a warning can be passed over. */
  check(text: string): InputRemark | undefined;
}

export interface InputRemark {
  readonly message: string;
  readonly isWarning?: boolean;
}

/** How a flow asks. Undefined: the person gave up. */
export interface Asker {
  pick<T>(question: PickQuestion<T>): Promise<{ readonly value: T } | 'back' | undefined>;
  input(question: InputQuestion): Promise<{ readonly value: string } | 'back' | undefined>;
  /** A file of the workspace or elsewhere. */
  file(title: string): Promise<string | undefined>;
}
