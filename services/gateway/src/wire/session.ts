import type { Session, SessionEntry } from '../schemas/session.ts';
import type { LiveSession, SessionRow } from '../store/sessions.ts';
import { userJson } from './access.ts';
import { iso } from './time.ts';

export function sessionJson(session: LiveSession, more: { csrfToken: string; workspaceName: string | undefined }): Session {
  return {
    session_id: session.sessionId,
    user: userJson(session.user),
    workspace: { workspace_id: session.workspaceId, name: more.workspaceName ?? null },
    role: session.user.role,
    csrf_token: more.csrfToken,
    expires_at: iso(session.expiresAt),
  };
}

/** `currentId`: the session that asks, where one does. */
export function sessionEntryJson(row: SessionRow, currentId: string | undefined): SessionEntry {
  return {
    session_id: row.session_id,
    user_id: row.user_id,
    method: row.method,
    ip: row.ip,
    user_agent: row.user_agent,
    is_current: row.session_id === currentId,
    created_at: iso(row.created_at),
    last_used_at: iso(row.last_used_at),
    expires_at: iso(row.expires_at),
  };
}
