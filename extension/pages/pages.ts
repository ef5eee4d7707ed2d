import * as vscode from 'vscode';
import type {
  AssessmentComparison,
  FocusSamples,
  HostToPage,
  HostToPromptPage,
  HostToScorecardPage,
  HostToTuningPage,
  HostToVersionPage,
  PageToHost,
  PromptPageToHost,
  ScorecardPageToHost,
  TuningPageToHost,
  VersionPageToHost,
} from '../../schemas/generated/messages.ts';
import type { Nothing } from '../base/emitter.ts';
import type { Log } from '../base/log.ts';
import type { Engine } from '../engine/engine.ts';
import type { Engines } from '../engine/engines.ts';
import { openEvidence } from '../registry/open-evidence.ts';
import { nameOfPlace, type RegistryBook } from '../registry/registry-book.ts';
import type { RunBook } from '../runs/run-book.ts';
import {
  runPromptCommand,
  runReportCommand,
  runScorecardCommand,
  runTuningCommand,
  runVersionCommand,
} from './page-commands.ts';
import { createPagePanels, type PageKind } from './page-panels.ts';
import { createVersionSession, versionsTitle, type VersionsSubject } from './registry-pages.ts';
import { createPromptSession, createReportSession, createTuningSession } from './run-pages.ts';
import { createScorecardSession, type AssessmentSubject } from './scorecard-session.ts';
import { readAssessment, readRunIds, readVersions } from './subjects.ts';
import { takeChart } from './take-chart.ts';

type Runs = readonly string[];

/** The pages that open in panels. */
export interface Pages extends vscode.Disposable {
  /** The page of a run, or the comparison of several of one kind. */
  showRuns(runIds: Runs, options?: ShowRunsOptions): void;
  /** The page of a version, or several side by side. */
  showVersions(subject: VersionsSubject): void;
  /** @param comparison what to set beside it */
  showAssessment(subject: AssessmentSubject, comparison?: AssessmentComparison): void;
}

export interface ShowRunsOptions {
  /** Opens the page beside the active editor, which keeps the focus. */
  readonly beside?: boolean;
  /** Rows to lead the reader to; tuning runs and trials of prompts have none. */
  readonly focus?: FocusSamples;
}

export interface PagesParts {
  readonly extensionUri: vscode.Uri;
  readonly engines: Engines;
  readonly book: RunBook;
  readonly registry: RegistryBook;
  readonly log: Log;
  /** Tells a failed command as a notification: the page goes on showing what it shows. */
  tell(error: unknown): void;
}

export function createPages(parts: PagesParts): Pages {
  const reports = createPagePanels(reportPages(parts), parts);
  const tunings = createPagePanels(tuningPages(parts), parts);
  const prompts = createPagePanels(promptPages(parts), parts);
  const versions = createPagePanels(versionPages(parts), parts);
  const scorecards = createPagePanels(scorecardPages(parts), parts);
  const all: vscode.Disposable[] = [reports, tunings, prompts, versions, scorecards];
  return {
    showRuns(runIds, { beside = false, focus } = {}) {
      const [first] = runIds;
      const kind = first === undefined ? undefined : parts.book.get(first)?.run.kind;
      if (kind === 'tune') tunings.show(runIds, { beside });
      else if (kind === 'prompt') for (const runId of runIds) prompts.show([runId], { beside });
      else reports.show(runIds, { beside, ...(focus === undefined ? {} : { message: focus }) });
    },
    showVersions: subject => versions.show(subject),
    showAssessment: (subject, comparison) =>
      scorecards.show(subject, comparison === undefined ? {} : { message: { type: 'comparison', comparison } }),
    dispose() {
      for (const panels of all) panels.dispose();
    },
  };
}

/** What all kinds of run pages share. */
function runPages({ book }: PagesParts) {
  return {
    keyOf: (runIds: Runs) => [...runIds].sort().join(' '),
    titleOf(runIds: Runs): string {
      const [first] = runIds;
      const name = first === undefined ? undefined : book.get(first)?.run.name;
      if (name === undefined) return vscode.l10n.t('Run');
      return runIds.length > 1 ? vscode.l10n.t('Compare {0}', name) : name;
    },
    readSubject: readRunIds,
  };
}

function reportPages(parts: PagesParts): PageKind<Runs, PageToHost, HostToPage> {
  return {
    ...runPages(parts),
    viewType: 'aiwb.report',
    bundle: {
      name: 'report',
      loadValidator: async () => (await import('../../schemas/generated/validators.js')).validatePageToHost,
    },
    iconOf: runIds => (runIds.length > 1 ? 'compare-changes' : 'beaker'),
    openSession: (runIds, wire) =>
      createReportSession({
        ...wire,
        runIds,
        book: parts.book,
        engineAt: folder => parts.engines.at(folder),
        command: message => runReportCommand(message, runIds).catch(parts.tell),
        takeChart: message => takeChart(message).catch(parts.tell),
      }),
  };
}

function tuningPages(parts: PagesParts): PageKind<Runs, TuningPageToHost, HostToTuningPage> {
  return {
    ...runPages(parts),
    viewType: 'aiwb.tuning',
    bundle: {
      name: 'tuning',
      loadValidator: async () => (await import('../../schemas/generated/validators.js')).validateTuningPageToHost,
    },
    iconOf: runIds => (runIds.length > 1 ? 'compare-changes' : 'mortar-board'),
    openSession: (runIds, wire) =>
      createTuningSession({
        ...wire,
        runIds,
        book: parts.book,
        engineAt: folder => parts.engines.at(folder),
        command: message => runTuningCommand(message, runIds, parts.registry).catch(parts.tell),
        takeChart: message => takeChart(message).catch(parts.tell),
      }),
  };
}

function promptPages(parts: PagesParts): PageKind<Runs, PromptPageToHost, HostToPromptPage> {
  return {
    ...runPages(parts),
    viewType: 'aiwb.prompt',
    bundle: {
      name: 'prompt',
      loadValidator: async () => (await import('../../schemas/generated/validators.js')).validatePromptPageToHost,
    },
    iconOf: () => 'comment-discussion',
    openSession: (runIds, wire) =>
      createPromptSession({
        ...wire,
        runIds,
        book: parts.book,
        engineAt: folder => parts.engines.at(folder),
        command: message => runPromptCommand(message, runIds[0] ?? '').catch(parts.tell),
      }),
  };
}

function versionPages(parts: PagesParts): PageKind<VersionsSubject, VersionPageToHost, HostToVersionPage> {
  return {
    viewType: 'aiwb.version',
    bundle: {
      name: 'version',
      loadValidator: async () => (await import('../../schemas/generated/validators.js')).validateVersionPageToHost,
    },
    keyOf: ({ versions }) => versions.map(nameOfPlace).sort().join(' '),
    titleOf: ({ versions }) => versionsTitle(versions),
    iconOf: ({ versions }) => (versions.length > 1 ? 'compare-changes' : 'package'),
    readSubject: readVersions,
    openSession: (subject, wire) =>
      createVersionSession({
        ...wire,
        subject,
        engines: folder => enginesFor(parts, folder),
        onRegistryChanged: parts.registry.onContentChanged,
        command: message => runVersionCommand(message, subject.folder, parts.registry).catch(parts.tell),
        openEvidence: evidence => openEvidence(evidence, foldersOf(parts, subject.folder)).catch(parts.tell),
      }),
  };
}

function scorecardPages(parts: PagesParts): PageKind<AssessmentSubject, ScorecardPageToHost, HostToScorecardPage> {
  return {
    viewType: 'aiwb.assessment',
    bundle: {
      name: 'scorecard',
      loadValidator: async () => (await import('../../schemas/generated/validators.js')).validateScorecardPageToHost,
    },
    keyOf: ({ assessmentId }) => assessmentId,
    titleOf: () => vscode.l10n.t('Scorecard'),
    iconOf: () => 'checklist',
    readSubject: readAssessment,
    openSession: (subject, wire) =>
      createScorecardSession({
        ...wire,
        subject,
        engines: folder => enginesFor(parts, folder),
        onRegistryChanged: parts.registry.onContentChanged,
        onRunsChanged: listener => onRunStates(parts.book, listener),
        command: message => runScorecardCommand(message).catch(parts.tell),
        openEvidence: evidence => openEvidence(evidence, foldersOf(parts, subject.folder)).catch(parts.tell),
      }),
  };
}

/** Evidence comes and goes with runs that start and end, not with each of their samples. */
function onRunStates(book: RunBook, listener: (value: Nothing) => unknown): vscode.Disposable {
  const runs = book.onRunsChanged(changed => {
    if (changed.some(({ entry, before }) => before?.state !== entry.run.state)) listener(undefined);
  });
  return new vscode.Disposable(() => runs.dispose());
}

/** The folder's own engine, or all where a page came back without its folder. */
function enginesFor({ engines }: PagesParts, folder: string | undefined): Engine[] {
  if (folder === undefined) return engines.all();
  const engine = engines.at(folder);
  return engine === undefined ? [] : [engine];
}

function foldersOf(parts: PagesParts, folder: string | undefined): string[] {
  return enginesFor(parts, folder).map(engine => engine.folder);
}
