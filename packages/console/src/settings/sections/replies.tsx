import { useApi } from '../../session/session.tsx';
import { useTexts } from '../../texts/texts.tsx';
import { Field, inputLook } from '../../ui/field.tsx';
import { CreateDialog } from '../create-dialog.tsx';
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
            cell: ({ canned_reply_id }) => (
              <RowAction label={s.delete} confirm={s.deleteText} run={() => api.deleteCannedReply({ path: { canned_reply_id } })} />
            ),
          },
        ]}
      />
    </Section>
  );
}

function NewReply() {
  const t = useTexts();
  const api = useApi();
  const s = t.settings;
  const create = async (data: FormData) => {
    const [title, shortcut, text] = ['title', 'shortcut', 'text'].map((name) => String(data.get(name)));
    await api.createCannedReply({ body: { title: title!, shortcut: shortcut!, text: text! } });
    return undefined;
  };
  return (
    <CreateDialog title={s.newReply} create={create}>
      <Field label={s.name}>{(given) => <input {...given} name="title" required maxLength={200} className={inputLook} />}</Field>
      <Field label={s.shortcut}>{(given) => <input {...given} name="shortcut" required maxLength={50} className={inputLook} />}</Field>
      <Field label={s.text}>{(given) => <textarea {...given} name="text" required rows={4} className={inputLook} />}</Field>
    </CreateDialog>
  );
}
