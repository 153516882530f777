import { useNavigate } from '@tanstack/react-router';
import { ListFilter } from 'lucide-react';
import { paths } from '../app/paths.ts';
import { channels } from '../data/channels.ts';
import type { Filter } from '../data/filter.ts';
import { useAgents, useTags } from '../data/use-directory.ts';
import { useTexts } from '../texts/texts.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { Menu, MenuItem, MenuLabel, MenuLine } from '../ui/menu.tsx';

export function FilterMenu({ filter }: { filter: Filter }) {
  const t = useTexts();
  const navigate = useNavigate();
  const agents = useAgents();
  const tags = useTags();
  const narrowed = Boolean(filter.channel ?? filter.agent ?? filter.tag);
  const set = (change: Partial<Filter>) => void navigate({ to: paths.inbox, search: { ...filter, ...change } });
  const toggled = <T,>(present: T | undefined, chosen: T) => (present === chosen ? undefined : chosen);
  return (
    <Menu trigger={<IconButton icon={ListFilter} label={t.list.filter} pressed={narrowed} />}>
      {narrowed && (
        <>
          <MenuItem onSelect={() => set({ channel: undefined, agent: undefined, tag: undefined })}>{t.list.clear}</MenuItem>
          <MenuLine />
        </>
      )}
      <MenuLabel>{t.list.channel}</MenuLabel>
      {channels.map((channel) => (
        <MenuItem key={channel} checked={filter.channel === channel} onSelect={() => set({ channel: toggled(filter.channel, channel) })}>
          {t.channels[channel]}
        </MenuItem>
      ))}
      {agents.length > 0 && <MenuLabel>{t.list.agent}</MenuLabel>}
      {agents.map(({ agent_id, display_name }) => (
        <MenuItem key={agent_id} checked={filter.agent === agent_id} onSelect={() => set({ agent: toggled(filter.agent, agent_id) })}>
          {display_name}
        </MenuItem>
      ))}
      {tags.length > 0 && <MenuLabel>{t.list.tag}</MenuLabel>}
      {tags.map((tag) => (
        <MenuItem key={tag} checked={filter.tag === tag} onSelect={() => set({ tag: toggled(filter.tag, tag) })}>
          {tag}
        </MenuItem>
      ))}
    </Menu>
  );
}
