import type { ClassifierKind } from './classifier.ts';
import { keywordKind } from './keyword.ts';
import { knnKind } from './knn.ts';
import { linearKind } from './linear.ts';
import { majorityKind } from './majority.ts';

/** The embedded models, from the plainest to the strongest. */
export const classifierKinds: ReadonlyMap<ClassifierKind['id'], ClassifierKind> = new Map(
  [majorityKind, keywordKind, knnKind, linearKind].map(kind => [kind.id, kind]),
);
