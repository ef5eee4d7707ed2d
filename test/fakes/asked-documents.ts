import type { DocumentReaderModel } from '../../engine/source-documents/reader-model.ts';
import type { Question } from '../../engine/models/model.ts';
import type { SourceDocument, SourceText } from '../../schemas/generated/messages.ts';
import { identity } from './evidence.ts';
import type { Assessable } from './assessable.ts';

/** A policy with one document check and one that names role and documents. */
export const documentPolicy = `id: docs
version: 1.0.0
level: team
controls:
  - id: VAL
    title: It was validated
    severity: high
    checks: [{id: VAL.groups, type: document, question: "Does the report name the groups the model was tested on?"}]
  - id: SIG
    title: It was signed off
    severity: high
    checks: [{id: SIG.off, type: document, question: "Was it signed off?", documents: ["sign*.md"], role: model-risk reviewer, freshness: P30D}]
`;

export const reportText = `# Validation report

The model was tested on tickets written by native speakers, by learners and by people who dictate.
No group did worse than 3 points below the others.
`;

/** Stores a Markdown document of version 1 of the model `triage`; returns its digest. */
export async function addText(world: Assessable, name: string, text: string, version = '1'): Promise<string> {
  const bytes = new TextEncoder().encode(text);
  const { blobs } = world.ports.store;
  const { digest } = await blobs.put(bytes);
  const read: SourceText = { digest, name, text, pages: [], headings: [] };
  const { digest: textDigest } = await blobs.put(new TextEncoder().encode(JSON.stringify(read)));
  world.clock.advance(1);
  const at = world.clock.now();
  const payload: SourceDocument = {
    digest,
    name,
    mediaType: 'text/markdown',
    size: bytes.byteLength,
    addedAt: at,
    addedBy: identity('engineer'),
    state: 'read',
    characters: text.length,
    textDigest,
    notes: [],
    model: 'triage',
    version,
  };
  const id = `document-${name}-${String(at)}`;
  await world.ports.store.ledger.append({
    id,
    kind: 'source-document',
    model: 'triage',
    version,
    at,
    actor: payload.addedBy,
    payload,
  });
  return digest;
}

export interface ScriptedReader extends DocumentReaderModel {
  readonly asked: Question[];
}

/** A model that gives these replies, one a request, and then the last again. */
export function scriptReader(...replies: readonly (string | object)[]): ScriptedReader {
  const asked: Question[] = [];
  return {
    asked,
    timeout: 1000,
    model: {
      name: 'gpt',
      parameters: {},
      costOf: () => 0.01,
      model: {
        name: 'gpt',
        digest: 'd'.repeat(64),
        answer: question => {
          const reply = replies[Math.min(asked.length, replies.length - 1)] ?? '';
          asked.push(question);
          return Promise.resolve({ output: typeof reply === 'string' ? reply : JSON.stringify(reply), attempts: 1 });
        },
        close: () => Promise.resolve(),
      },
    },
  };
}
