import type { Command } from 'commander';
import type { Run } from './commands/governed.ts';

/** Commands that one module holds. */
interface CommandGroup {
  /** By name: what follows the name in the list of commands, and what the command does. A command without the latter is not shown. */
  readonly commands: Readonly<Record<string, readonly [usage: string, description?: string]>>;
  /** Loads the module, and only then what it needs. */
  readonly load: () => Promise<(program: Command, run: Run) => void>;
}

/**
 * What `aiwb` can do, in the order of its help. The list stands by itself, so that telling it, or the version, loads no command: their
 * modules reach most of the engine.
 */
export const commandGroups: readonly CommandGroup[] = [
  {
    commands: { validate: ['[options] <file...>', "Check the workbench's files, and what they refer to"] },
    load: async () => (await import('./commands/validate.ts')).addValidate,
  },
  {
    commands: { run: ['[options] [file]', 'Run a benchmark and print the comparison'] },
    load: async () => (await import('./commands/run.ts')).addRun,
  },
  {
    commands: { tune: ['[options] [file]', 'Run a tuning job and print its figures on the test rows'] },
    load: async () => (await import('./commands/tune.ts')).addTune,
  },
  {
    commands: {
      prompt: ['[options] [file]', 'Try a prompt against one or more models and print their answers side by side'],
    },
    load: async () => (await import('./commands/prompt.ts')).addPrompt,
  },
  {
    commands: { runs: ['', 'List, show, compare, export, cancel and archive runs'] },
    load: async () => (await import('./commands/runs.ts')).addRuns,
  },
  {
    commands: { notebook: ['', 'Execute, export and read notebooks without an editor'] },
    load: async () => (await import('./commands/notebook.ts')).addNotebook,
  },
  {
    commands: {
      import: ['[options] <file...>', 'Bring results of lm-eval, GuideLLM, promptfoo or Inspect in as runs'],
    },
    load: async () => (await import('./commands/import.ts')).addImport,
  },
  {
    commands: {
      convert: ['[options] <file>', 'Make a .bench.yaml of a promptfoo configuration or an lm-eval task file'],
    },
    load: async () => (await import('./commands/convert.ts')).addConvert,
  },
  {
    commands: {
      assess: [
        '[options] [version]',
        'Hold a model version against its policies and keep the record; exit code 1 when the gate is not passed',
      ],
    },
    load: async () => (await import('./commands/assess.ts')).addAssess,
  },
  {
    commands: { scorecard: ['', 'Look after scorecard files and proof bundles'] },
    load: async () => (await import('./commands/scorecard.ts')).addScorecard,
  },
  {
    commands: { assessments: ['', 'Assessments that were made: see, compare and make them again'] },
    load: async () => (await import('./commands/assessments.ts')).addAssessments,
  },
  {
    commands: { connections: ['', 'The models that benchmarks can ask'] },
    load: async () => (await import('./commands/connections.ts')).addConnections,
  },
  {
    commands: { registry: ['', 'Register, compare, approve and promote model versions'] },
    load: async () => (await import('./commands/registry.ts')).addRegistry,
  },
  {
    commands: {
      keys: ['', 'Your key for signing what you do: assessments, attestations, waivers, approvals, promotions'],
    },
    load: async () => (await import('./commands/keys.ts')).addKeys,
  },
  {
    commands: { policy: ['', 'Start, test, seal and approve policies'] },
    load: async () => (await import('./commands/policy.ts')).addPolicy,
  },
  {
    commands: {
      evidence: ['', 'What scanners found and documents say about a version, for policies to look at'],
    },
    load: async () => (await import('./commands/evidence.ts')).addEvidence,
  },
  {
    commands: { frameworks: ['', 'What policies can map their controls to'] },
    load: async () => (await import('./commands/frameworks.ts')).addFrameworks,
  },
  {
    commands: {
      attest: [
        '[options] <version> <control>',
        'Make the statement a control asks for; not by author or trainer. It counts from the next assessment on',
      ],
      waiver: ['', 'Let the gate pass over a control for a time'],
    },
    load: async () => (await import('./commands/governance.ts')).addGovernance,
  },
  {
    commands: { documents: ['', 'Documents that policies come from and that document checks are answered with'] },
    load: async () => (await import('./commands/documents.ts')).addDocuments,
  },
  {
    commands: { audit: ['', 'The log of everything that was decided'] },
    load: async () => (await import('./commands/audit.ts')).addAudit,
  },
  {
    commands: {
      due: [
        '[options]',
        'What waits for a person: attestations, waivers, approvals, evidence that expires, policies to review',
      ],
    },
    load: async () => (await import('./commands/due.ts')).addDue,
  },
  {
    commands: { store: ['', 'Look after the store that keeps runs and samples'] },
    load: async () => (await import('./commands/store.ts')).addStore,
  },
  {
    commands: {
      mcp: ['[options]', 'Server for agents (Model Context Protocol): list, check, estimate, run, and read results'],
    },
    load: async () => (await import('./commands/mcp.ts')).addMcp,
  },
  {
    commands: {
      serve: ['[options]', 'Engine process for an editor, JSON-RPC over the standard streams'],
      lsp: ['[options]', 'Language server for any editor, over the standard streams'],
      'run-worker': ['<run>'],
    },
    load: async () => (await import('./commands/hosts.ts')).addHosts,
  },
];
