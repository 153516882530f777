import type { Row } from '@baton/sdk/operations.ts';
import { useApi } from '../../session/session.tsx';
import { useTexts } from '../../texts/texts.tsx';
import { CreateDialog } from '../create-dialog.tsx';
import { EditDialog } from '../edit-dialog.tsx';
import { LongText, TextField } from '../fields.tsx';
import { RowAction } from '../row-action.tsx';
import { Section } from '../section.tsx';
import { Table } from '../table.tsx';
import { useRows } from '../use-rows.ts';

export function Replies() {
  const t = useTexts();
  const api = useApi();
  const s = t.settings;
  const query = useRows('listCannedReplies', 'canned_replies');
  return (
    <Section title={s.sections.replies[0]} hint={s.sections.replies[1]} query={query} actions={<NewReply />}>
      <Table
        label={s.sections.replies[0]}
        rows={query.rows}
        idOf={({ canned_reply_id }) => canned_reply_id}
        empty={s.none}
        columns={[
          { title: s.name, cell: ({ title }) => <span className="font-medium">{title}</span> },
          { title: s.shortcut, cell: ({ shortcut }) => <code className="font-mono text-xs">{shortcut}</code> },
          { title: s.text, cell: ({ text }) => <span className="line-clamp-2 max-w-md">{text}</span>, wideOnly: true },
          {
            title: s.actions,
            cell: (reply) => (
              <span className="flex gap-1.5">
                <EditReply reply={reply} />
                <RowAction
                  label={s.delete}
                  confirm={s.deleteText}
                  run={() => api.deleteCannedReply({ path: { canned_reply_id: reply.canned_reply_id } })}
                />
              </span>
            ),
          },
        ]}
      />
    </Section>
  );
}

type Reply = Row<'listCannedReplies'>;

const bodyOf = (data: FormData) => {
  const of = (name: string) => String(data.get(name)).trim();
  return { title: of('title'), shortcut: of('shortcut'), text: of('text') };
};

function NewReply() {
  const t = useTexts();
  const api = useApi();
  const create = async (data: FormData) => {
    await api.createCannedReply({ body: bodyOf(data) });
    return undefined;
  };
  return (
    <CreateDialog title={t.settings.newReply} create={create}>
      <ReplyFields />
    </CreateDialog>
  );
}

function EditReply({ reply }: { reply: Reply }) {
  const api = useApi();
  const save = async (data: FormData) => {
    await api.updateCannedReply({ path: { canned_reply_id: reply.canned_reply_id }, body: bodyOf(data) });
    return undefined;
  };
  return (
    <EditDialog name={reply.title} save={save}>
      <ReplyFields reply={reply} />
    </EditDialog>
  );
}

function ReplyFields({ reply }: { reply?: Reply }) {
  const s = useTexts().settings;
  return (
    <>
      <TextField label={s.name} name="title" required value={reply?.title ?? ''} />
      <TextField label={s.shortcut} name="shortcut" required value={reply?.shortcut ?? ''} hint={s.shortcutHint} />
      <LongText label={s.text} name="text" rows={4} required value={reply?.text ?? ''} />
    </>
  );
}
