import * as vscode from 'vscode';
import { filesOfUriList } from './import-words.ts';
import type { RunsNode } from './runs-nodes.ts';

const uriList = 'text/uri-list';

/** Results files of other tools can be dropped on the Runs view, from the Explorer or from outside. */
export const importDrop: vscode.TreeDragAndDropController<RunsNode> = {
  dropMimeTypes: [uriList],
  dragMimeTypes: [],
  async handleDrop(_target, data, token) {
    const list = await data.get(uriList)?.asString();
    const files = filesOfUriList(list ?? '').map(text => vscode.Uri.parse(text));
    if (token.isCancellationRequested || files.length === 0) return;
    await vscode.commands.executeCommand('aiwb.importResults', files[0], files);
  },
};
