import type { DirectoryBackend } from '@baton/contracts/directory.ts';
import type { Backend } from '@baton/contracts/gen/baton/conversation/v1/directory_service.ts';
import { BatonError, invalidField } from '@baton/errors/baton-error.ts';
import type { SecretBox } from '@baton/runtime/secret-box.ts';
import { backendFaults } from '../../domain/directory/backend-rules.ts';
import type { AgentRow } from '../../domain/rows.ts';
import { backendFields, sealedFor } from './agent.ts';
import { takeBackend } from './backend.ts';

/** The backend that a replay asks, its secret sealed for the replay alone. `agent`: whose own secret counts where none is given, by the rules of a changed agent. */
export function replayBackend(
  wire: Backend | undefined,
  o: { replayId: string; agent: AgentRow | undefined; secrets: SecretBox },
): DirectoryBackend {
  if (!wire) throw invalidField('/backend', 'is missing');
  const { agent, secrets } = o;
  const context = `replay:${o.replayId}`;
  const own = agent ? { settings: agent.backend, secret: agent.backend_secret } : null;
  const { settings, secret } = takeBackend(own, wire, { context, path: '/backend', secrets });
  const faults = backendFaults(backendFields(settings, secret), '/backend');
  if (settings.kind === 'none') faults.push({ path: '/backend/kind', message: 'must be one that answers' });
  if (faults.length > 0)
    throw new BatonError('validation_error', faults.map((f) => `${f.path}: ${f.message}`).join('; '), { problems: faults });
  const isOwn = agent && secret && wire.secret === '';
  return { ...settings, secret: isOwn ? secrets.seal(secrets.open(secret, sealedFor(agent)), context) : secret };
}
