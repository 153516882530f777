import { Smartphone, UserPlus, X } from 'lucide-react';
import { useState } from 'react';
import { readableAddress } from '../data/names.ts';
import { useSimulatorAccounts } from '../data/use-directory.ts';
import { useTexts } from '../texts/texts.tsx';
import { Empty } from '../ui/empty.tsx';
import { inputLook } from '../ui/field.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { useStored } from '../ui/use-stored.ts';
import { newNumber } from './ingest.ts';
import { PhoneScreen } from './phone-screen.tsx';

/** One or more customers' phones beside the inbox: to see what they see. */
export function PhonePanel({ onClose }: { onClose: () => void }) {
  const t = useTexts();
  const accounts = useSimulatorAccounts();
  const [numbers, setNumbers] = useStoredNumbers();
  const [number, setNumber] = useState(numbers[0]!);
  const [accountId, setAccountId] = useState<string>();
  const account = accounts.find(({ channel_account_id }) => channel_account_id === accountId) ?? accounts[0];
  const add = () => {
    const next = newNumber();
    setNumbers([next, ...numbers].slice(0, 8));
    setNumber(next);
  };
  return (
    <div className="flex h-full flex-col bg-side">
      <header className="flex h-14 items-center gap-2 px-4">
        <h2 className="flex-1 text-[15px] font-semibold">{t.phone.title}</h2>
        <IconButton icon={X} label={t.app.close} onClick={onClose} className="-mr-2" />
      </header>
      {account ? (
        <>
          <div className="flex flex-col gap-2 px-4 pb-3">
            <div className="flex gap-2">
              <select aria-label={t.phone.number} value={number} onChange={(event) => setNumber(event.target.value)} className={inputLook}>
                {numbers.map((one) => (
                  <option key={one} value={one}>
                    {readableAddress(one)}
                  </option>
                ))}
              </select>
              <IconButton icon={UserPlus} label={t.phone.newNumber} onClick={add} />
            </div>
            <select
              aria-label={t.phone.account}
              value={account.channel_account_id}
              onChange={(event) => setAccountId(event.target.value)}
              className={inputLook}
            >
              {accounts.map(({ channel_account_id, channel, address }) => (
                <option key={channel_account_id} value={channel_account_id}>
                  {t.phone.account} {t.channels[channel]} {readableAddress(address)}
                </option>
              ))}
            </select>
          </div>
          <PhoneScreen
            key={`${account.channel_account_id} ${number}`}
            phone={{ url: account.webhook_url, channel: account.channel, to: account.address, number }}
          />
        </>
      ) : (
        <Empty icon={Smartphone} title={t.phone.title} hint={t.phone.none} />
      )}
    </div>
  );
}

/** The customers that this browser plays. */
function useStoredNumbers(): [string[], (numbers: string[]) => void] {
  const [first] = useState(newNumber);
  const [text, setText] = useStored('baton.phone-numbers', first);
  return [text.split(','), (numbers) => setText(numbers.join(','))];
}
