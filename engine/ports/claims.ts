/** An output of a notebook: what a run is to leave in one. */
export interface OutputKey {
  readonly runId: string;
  /** Absolute path of the notebook. */
  readonly notebook: string;
}

/**
 * Which window writes a run's end into a notebook that several windows have open: the one that holds the claim. A claim runs out by itself
 * unless it is taken again, so that a window that died keeps nobody waiting for long.
 */
export interface OutputClaims {
  /** Takes or renews the claim. False while it is another's. */
  take(key: OutputKey, holder: string): Promise<boolean>;
  /** Gives the claim up: at once, or `after` milliseconds, while others come to see what was written. Nothing happens to another's claim. */
  release(key: OutputKey, holder: string, after: number): Promise<void>;
}
