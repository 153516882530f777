import { useState } from 'react';
import { MenuButton } from '../app/menu-button.tsx';
import type { Filter } from '../data/filter.ts';
import { useConversations } from '../data/use-conversations.ts';
import { useTexts } from '../texts/texts.tsx';
import { FilterMenu } from './filter-menu.tsx';
import { ListBody } from './list-body.tsx';
import { SearchBox } from './search-box.tsx';
import { SearchResults } from './search-results.tsx';
import { useListKeys } from './use-list-keys.ts';

interface Props {
  filter: Filter;
  openId: string | undefined;
  onOpen: (id: string) => void;
}

export function ConversationList({ filter, openId, onOpen }: Props) {
  const t = useTexts();
  const [search, setSearch] = useState('');
  const list = useConversations(filter);
  useListKeys({ rows: list.rows, openId, onOpen });
  return (
    <>
      <header className="flex flex-col gap-2 border-b border-line px-3 pt-3 pb-2.5">
        <div className="flex h-8 items-center gap-1.5">
          <MenuButton />
          <h1 className="min-w-0 flex-1 truncate pl-1 text-[15px] font-semibold">{t.views[filter.view]}</h1>
          <FilterMenu filter={filter} />
        </div>
        <SearchBox value={search} onChange={setSearch} />
      </header>
      {search.trim() === '' ? (
        <ListBody list={list} filter={filter} openId={openId} onOpen={onOpen} />
      ) : (
        <SearchResults query={search.trim()} openId={openId} onOpen={onOpen} />
      )}
    </>
  );
}
