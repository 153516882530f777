import type { Message } from '../../data/types.ts';
import { FileView } from './file-view.tsx';
import { useFileLink } from './use-file-link.ts';

type Attachment = Message['attachments'][number];

/** The files of a message, read through Baton: most providers give them to the account alone, and none needs to know who looks. */
export function Attachments({ message }: { message: Pick<Message, 'message_id' | 'attachments'> }) {
  if (message.attachments.length === 0) return null;
  return (
    <div className="mb-1 flex flex-col gap-1.5">
      {message.attachments.map((file, index) => (
        <LinkedFile key={file.url} messageId={message.message_id} index={index} file={file} />
      ))}
    </div>
  );
}

function LinkedFile({ messageId, index, file }: { messageId: string; index: number; file: Attachment }) {
  return <FileView file={file} url={useFileLink(messageId, index)} />;
}
