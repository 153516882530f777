import type { ReactNode } from 'react';
import { nameOf, readableAddress } from '../../data/names.ts';
import type { Conversation } from '../../data/types.ts';
import { useAgents } from '../../data/use-directory.ts';
import { useTexts } from '../../texts/texts.tsx';
import { useTimes } from '../../texts/use-times.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Fact } from './fact.tsx';
import { ModeHistory } from './mode-history.tsx';
import { Tags } from './tags.tsx';

/** Who the customer is, and what became of the conversation. */
export function Details({ conversation }: { conversation: Conversation }) {
  const t = useTexts();
  const times = useTimes();
  const agent = useAgents().find(({ agent_id }) => agent_id === conversation.agent_id);
  const contact = conversation.contact;
  const attributes = Object.entries(contact?.attributes ?? {});
  return (
    <div className="flex flex-col gap-5 p-5">
      <div className="flex flex-col items-center gap-1.5 text-center">
        <Avatar name={contact?.name ?? null} seed={conversation.from_number} size={52} />
        <p className="text-[15px] font-semibold break-words">{nameOf(conversation)}</p>
        <p className="text-xs text-faint">{t.channels[conversation.channel]}</p>
      </div>
      <Section title={t.details.contact}>
        <Fact name={t.details.address} value={readableAddress(conversation.from_number)} />
        {contact?.email && <Fact name={t.details.email} value={contact.email} />}
        <Fact name={t.details.ourAddress} value={readableAddress(conversation.to_number)} />
        <Fact name={t.details.agent} value={agent?.display_name ?? conversation.agent_id} />
        <Fact name={t.details.started} value={times.full(conversation.created_at)} />
        <Fact name={t.details.messages} value={String(conversation.message_count)} />
      </Section>
      {attributes.length > 0 && (
        <Section title={t.details.attributes}>
          {attributes.map(([name, value]) => (
            <Fact key={name} name={name} value={typeof value === 'string' ? value : JSON.stringify(value)} />
          ))}
        </Section>
      )}
      <Section title={t.details.tags}>
        <Tags conversation={conversation} />
      </Section>
      <Section title={t.details.history}>
        <ModeHistory id={conversation.conversation_id} />
      </Section>
    </div>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="flex flex-col gap-2">
      <h3 className="text-xs font-semibold text-faint">{title}</h3>
      {children}
    </section>
  );
}
