import path from 'node:path';
import * as vscode from 'vscode';
import type { ExportNotebook } from '../../schemas/generated/messages.ts';
import { FailureError } from '../base/failure.ts';
import { registerCommand, type CommandContext } from './context.ts';
import { exportAs, type FormatChoice } from './export.ts';

type Format = ExportNotebook['format'];

export function registerNotebookCommands(context: CommandContext): vscode.Disposable[] {
  return [registerCommand(context, 'aiwb.exportNotebook', (given: unknown) => exportNotebook(context, given))];
}

function formats(): FormatChoice<Format>[] {
  const { t } = vscode.l10n;
  return [
    {
      format: 'html',
      extension: 'html',
      label: 'HTML',
      detail: t('The notebook with its outputs as one self-contained page'),
    },
    {
      format: 'markdown',
      extension: 'md',
      label: 'Markdown',
      detail: t('The notebook with its outputs as text, its images in a folder beside it'),
    },
  ];
}

async function exportNotebook({ engines }: CommandContext, given: unknown): Promise<void> {
  const notebook = findNotebook(given);
  const engine = engines.of(notebook.uri);
  const file = notebook.uri.scheme === 'file' ? notebook.uri.fsPath : path.join(engine.folder, notebook.uri.path);
  const text = notebook.isDirty || notebook.isUntitled ? await writeText(notebook) : undefined;
  const name = path.basename(file).replace(/\.ipynb$/i, '');
  await exportAs<Format>(
    {
      folder: path.dirname(file),
      name,
      id: name,
      write: (format, target, signal) =>
        engine.request(
          'notebooks/export',
          { path: file, format, target, ...(text === undefined ? {} : { text }) },
          signal,
        ),
    },
    formats(),
  );
}

/** The notebook whose toolbar was clicked, or the one in front. */
function findNotebook(given: unknown): vscode.NotebookDocument {
  const clicked = (given as { readonly notebookEditor?: { readonly notebookUri?: unknown } } | undefined)
    ?.notebookEditor?.notebookUri;
  const uri = String(clicked);
  const found =
    vscode.workspace.notebookDocuments.find(notebook => notebook.uri.toString() === uri) ??
    vscode.window.activeNotebookEditor?.notebook;
  if (found?.notebookType === 'jupyter-notebook') return found;
  throw new FailureError({
    code: 'usage',
    message: vscode.l10n.t('No notebook is open.'),
    remedy: vscode.l10n.t('Open an .ipynb file first.'),
  });
}

/** What VS Code's own support of notebooks offers to other extensions. */
interface NotebookFormat {
  exportNotebook(data: vscode.NotebookData): Promise<string>;
}

/** The file's text as saving would write it. */
async function writeText(notebook: vscode.NotebookDocument): Promise<string> {
  const data = new vscode.NotebookData(
    notebook.getCells().map(({ kind, document, outputs, metadata, executionSummary }) => {
      const cell = new vscode.NotebookCellData(kind, document.getText(), document.languageId);
      cell.outputs = [...outputs];
      cell.metadata = metadata;
      if (executionSummary !== undefined) cell.executionSummary = executionSummary;
      return cell;
    }),
  );
  data.metadata = notebook.metadata;
  const format = await vscode.extensions.getExtension<NotebookFormat>('vscode.ipynb')?.activate();
  if (format === undefined) {
    throw new FailureError({
      code: 'usage',
      message: vscode.l10n.t('The notebook has changes that are not saved.'),
      remedy: vscode.l10n.t('Save it, then export it.'),
    });
  }
  return format.exportNotebook(data);
}
