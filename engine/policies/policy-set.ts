import type { Applicability, Check, Control, Policy } from '../../schemas/generated/files.ts';
import type { ControlSeverity, FrameworkMapping } from '../../schemas/generated/messages.ts';
import type { DiagnosticCode, DocumentPath, RelatedPlace } from '../documents/diagnostic.ts';
import type { ParsedDocument } from '../documents/parse.ts';
import type { Framework } from '../frameworks/frameworks.ts';
import type { FrameworkLibrary } from '../frameworks/library.ts';
import type { Digest } from '../ports/digest.ts';

/** A policy file without errors of its own, as far as checking it asks. */
export interface PolicySource {
  /** Absolute path. */
  readonly path: string;
  /** The same relative to the workspace folder, with forward slashes. */
  readonly file: string;
  readonly policy: Policy;
  readonly parsed: ParsedDocument<'policy'>;
}

/** The same with what an assessment records of it. */
export interface PolicyDocument extends PolicySource {
  readonly text: string;
  /** SHA-256 of `text`. */
  readonly digest: string;
}

/** A control that lacks nothing. */
export interface CompleteControl extends Control {
  readonly title: string;
  readonly severity: ControlSeverity;
  readonly checks: Check[];
}

/** A control as it counts after every policy had its say. */
export interface EffectiveControl {
  readonly control: CompleteControl;
  /** Id of the policy that first asked for it. */
  readonly policy: string;
  /** Ids of the policies that made it stricter. */
  readonly tightenedBy: readonly string[];
  readonly weight: number;
  /** All must hold: that of the policy that first asked for it, and the control's own. */
  readonly appliesTo: readonly Applicability[];
  /** The control's mappings with the version of each framework that counts and what the id is called. */
  readonly mappings: readonly FrameworkMapping[];
}

/** One policy's gate. All gates of a set must open. */
export interface EffectiveGate {
  readonly policy: string;
  readonly failOn: readonly ControlSeverity[];
  /** 0 to 100, as are the shares below. */
  readonly minScore?: number;
  readonly minEvidenceCoverage?: number;
  readonly maxWaived?: number;
}

/** Policies and all they extend, put together. */
export interface PolicySet {
  /** Widest level first, what is extended before what extends it, each once. */
  readonly policies: readonly PolicyDocument[];
  readonly controls: readonly EffectiveControl[];
  /** One for each policy that states one; critical and high controls fail it where none does. */
  readonly gates: readonly EffectiveGate[];
  /** What the policies declare, as their mappings were read by it. */
  readonly frameworks: readonly Framework[];
  /** SHA-256 over the policies' digests in order. */
  readonly digest: string;
}

/** A policy file of the workspace as far as its id can be read. */
export interface PolicyListing {
  readonly id: string;
  readonly version: string | undefined;
  readonly path: string;
  readonly file: string;
  /** It has errors of its own and cannot be extended. */
  readonly isBroken: boolean;
}

/** Finds policies by id. */
export interface PolicyFinder<D extends PolicySource = PolicySource> {
  /** All valid documents of the workspace with this id. */
  find(id: string, signal: AbortSignal): Promise<readonly D[]>;
  /** Every policy file of the workspace whose id can be read, broken ones included. */
  list(signal: AbortSignal): Promise<readonly PolicyListing[]>;
  /** What the policies' mappings can refer to. */
  frameworks(signal: AbortSignal): Promise<FrameworkLibrary>;
}

/** Finds policies for an assessment. */
export interface PolicyLibrary extends PolicyFinder<PolicyDocument> {
  /** What documents and sets are digested with. */
  readonly digest: Digest;
}

/** One rule a policy breaks, with its place in the file. */
export interface PolicyFinding {
  /** The policy that breaks it. */
  readonly policy: PolicySource;
  /** Absolute path of its file. */
  readonly document: string;
  readonly path: DocumentPath;
  /** What is underlined; default `value`. */
  readonly part?: 'key' | 'value';
  readonly code: DiagnosticCode;
  readonly message: string;
  readonly replacement?: string;
  /** Other places that belong to it, seen from the policy. */
  readonly related?: readonly RelatedPlace[];
}

export type PolicyResolution =
  | { readonly set: PolicySet; readonly findings: readonly [] }
  | { readonly set: undefined; readonly findings: readonly PolicyFinding[] };
