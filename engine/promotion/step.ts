/** A step on a version's way to production, taken by whoever git says works in `folder`. */
export interface PromotionStep {
  readonly model: string;
  /** A version or an alias. */
  readonly version: string;
  readonly comment?: string;
  /** Absolute path of the workspace folder. */
  readonly folder: string;
}
