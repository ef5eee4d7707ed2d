import type { RowFault } from './row-faults.ts';

/** Control characters but for tab and line ends; C1 controls but for the old "next line". */
const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f]/;

/** A model that hears half a minute of sound says no more than this (Whisper: 448 tokens). */
const longestTranscript = 2_000;

/** What no tokenizer takes as text; absent for a text that is fine. */
export function findTextFault(text: string): RowFault | undefined {
  const found = controls.exec(text);
  if (found !== null) {
    const code = found[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    return {
      kind: 'control-character',
      what: `a text holds control characters, such as U+${code}`,
      remedy: 'Remove them: they are left over from another format.',
    };
  }
  if (text.isWellFormed()) return undefined;
  return {
    kind: 'broken-text',
    what: 'a text holds half a character (a lone surrogate)',
    remedy: 'Write the text out again from where it comes from; it was cut inside a character.',
  };
}

export function findTranscriptFault(transcript: string): RowFault | undefined {
  if (transcript.length <= longestTranscript) return undefined;
  return {
    kind: 'long-transcript',
    what: `the transcript has ${String(transcript.length)} characters, and ${String(longestTranscript)} are the most that are said in one piece of sound`,
    remedy: 'Cut sound and transcript into pieces of at most 30 seconds.',
  };
}
