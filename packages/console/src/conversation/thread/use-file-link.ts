import { useQuery } from '@tanstack/react-query';
import { keys } from '../../data/keys.ts';
import { useApi } from '../../session/session.tsx';

const seconds = 3600;

/** An address at which this page may show a file of a message, for an hour. */
export function useFileLink(messageId: string, index: number): string | undefined {
  const api = useApi();
  const { data } = useQuery({
    queryKey: keys.file(messageId, index),
    queryFn: () =>
      api.createAttachmentLink({ path: { message_id: messageId, index: String(index) }, body: { expires_in_seconds: seconds } }),
    staleTime: (seconds - 60) * 1000,
  });
  if (!data) return undefined;
  // Under whichever name this page was opened: the policy lets in its own host alone.
  const { pathname, search } = new URL(data.url);
  return `${pathname}${search}`;
}
