import { WorkbenchError } from '../../base/errors.ts';

/** What an error of Azure Blob Storage means for whoever wrote `workbench.yaml`. */
export function explainAzure(name: string, status: number, code: string | undefined, said: string): WorkbenchError {
  const detail = [`HTTP ${String(status)}`, code, said].filter(part => part !== undefined && part !== '').join(', ');
  const refuse = (message: string, remedy: string) =>
    new WorkbenchError('storage-refused', `${message} (${detail}).`, { remedy });
  switch (code) {
    case 'AuthenticationFailed':
    case 'NoAuthenticationInformation':
      return refuse(
        `The shared access signature for ${name} is not accepted`,
        'It may have expired, or belong to another container: make a new one.',
      );
    case 'AuthorizationPermissionMismatch':
    case 'AuthorizationResourceTypeMismatch':
    case 'AuthorizationServiceMismatch':
    case 'AuthorizationFailure':
      return refuse(
        `The shared access signature for ${name} may not do this`,
        'It needs to read, create, write, delete and list in the container, from this network.',
      );
    case 'ContainerNotFound':
    case 'ResourceNotFound':
      return refuse(`There is no such container as ${name}`, 'Check its address in workbench.yaml.');
    case 'ContainerBeingDeleted':
    case 'AccountIsDisabled':
      return refuse(`Azure does not let ${name} be used`, 'See the storage account in the portal.');
  }
  if (status >= 300 && status < 400)
    return refuse(`What answers for ${name} redirects`, 'Give the container’s final address.');
  if (status >= 500 || status === 429)
    return new WorkbenchError('storage-unreachable', `The service behind ${name} failed again and again (${detail}).`, {
      remedy: 'Try again later.',
    });
  return refuse(`The service behind ${name} refused`, 'Check the container and its signature in workbench.yaml.');
}
